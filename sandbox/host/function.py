"""A function as the worker describes it."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.host.errors import StartupError
from sandbox.host.protocol import Message
from sandbox.host.retries import RetryPolicy, retry_policy

TRIGGERS = frozenset({"blobTrigger", "httpTrigger", "queueTrigger", "timerTrigger"})


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


def _resolved(function: str, value: Any) -> Any:
    """Replace each %SETTING% of a binding's text by the app setting."""
    if not isinstance(value, str):
        return value

    return re.sub(r"%([^%]+)%", lambda match: require_setting(function, match[1]), value)
