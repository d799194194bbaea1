"""A function as the worker describes it, and what can go wrong with one."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.host.protocol import Message, TypedData, text

#: How the line in the log begins that tells why a function failed.
FAILURE = "Exception: "
TRIGGERS = frozenset({"blobTrigger", "httpTrigger", "queueTrigger", "timerTrigger"})


class StartupError(Exception):
    """The app, or one function of it, cannot be hosted; the message says which setting or binding is at fault."""


class FunctionError(Exception):
    """A function raised, or ran longer than `functionTimeout`; the message is the worker's."""


@dataclass(frozen=True)
class RetryPolicy:
    """How often a failed run is repeated, and after how many seconds. A negative `count` has no end.

    https://learn.microsoft.com/azure/azure-functions/functions-bindings-error-pages
    """

    count: int
    shortest: float
    longest: float

    def allows(self, retry: int) -> bool:
        """Whether the retry with this number, from 1, may be made."""
        return self.count < 0 or retry <= self.count

    def delay(self, retry: int) -> float:
        """Seconds before the retry with this number, from 1."""
        doublings = min(retry - 1, 32)
        return min(self.longest, self.shortest * 2.0**doublings)


@dataclass(frozen=True)
class Function:
    """One function: its id in the worker, its name, its trigger's binding and its retry policy."""

    id: str
    name: str
    trigger: Mapping[str, Any]
    retry: RetryPolicy | None = None

    @property
    def type(self) -> str:
        """The trigger's type, such as `blobTrigger`."""
        return str(self.trigger["type"])

    @property
    def takes_client(self) -> bool:
        """Whether the function wants an SDK client instead of the content."""
        return bool(self.trigger.get("properties", {}).get("SupportsDeferredBinding"))


def describe(metadata: Message) -> Function:
    """Make a Function of the worker's metadata; raise StartupError for a binding that the host has not."""
    bindings = [json.loads(binding) for binding in metadata.raw_bindings]
    triggers = [binding for binding in bindings if binding["type"].endswith("Trigger")]
    others = {binding["type"] for binding in bindings} - {trigger["type"] for trigger in triggers} - {"http"}
    if len(triggers) != 1 or triggers[0]["type"] not in TRIGGERS or others:
        known = ", ".join(sorted(TRIGGERS))
        raise StartupError(f"{metadata.name}: the local host wants one trigger of {known}, and no other binding")
    trigger = {key: _resolved(metadata.name, value) for key, value in triggers[0].items()}
    return Function(metadata.function_id, metadata.name, trigger, retry_policy(metadata.retry_options))


def require_setting(function: str, name: str) -> str:
    """Read an app setting that a function needs; raise StartupError when it is missing."""
    if name not in os.environ:
        raise StartupError(f"{function}: the app setting {name} is missing")
    return os.environ[name]


def retry_policy(options: Message | None) -> RetryPolicy | None:
    """Read the worker's retry options."""
    if options is None:
        return None
    if options.retry_strategy == "fixed_delay":
        seconds = options.delay_interval.total_seconds()
        return RetryPolicy(options.max_retry_count, seconds, seconds)
    shortest, longest = options.minimum_interval, options.maximum_interval
    return RetryPolicy(options.max_retry_count, shortest.total_seconds(), longest.total_seconds())


def captures(pattern: str, path: str) -> dict[str, TypedData]:
    """Name the parts of a path by the braces of a pattern such as `inbox/{name}`; nothing where they do not fit."""
    pieces = re.split(r"\{(\w+)\}", pattern)
    literals, names = pieces[::2], pieces[1::2]
    expression = "".join(f"{re.escape(literal)}(.+)" for literal in literals[:-1]) + re.escape(literals[-1])
    match = re.fullmatch(expression, path, re.DOTALL)
    return {name: text(value) for name, value in zip(names, match.groups(), strict=True)} if match else {}


def _resolved(function: str, value: Any) -> Any:
    """Replace each %SETTING% of a binding's text by the app setting."""
    if not isinstance(value, str):
        return value

    return re.sub(r"%([^%]+)%", lambda match: require_setting(function, match[1]), value)
