"""Translations, their iterations and operations: what the Video Translation double knows, and how it shows it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import BaseModel

from sandbox.doubles.media import Media
from sandbox.doubles.misbehaviour import Fates
from sandbox.doubles.speech_rules import LATEST, PREVIEW, IterationInput, TranslationInput, TranslationRequest
from sandbox.doubles.speech_script import Script

NOT_STARTED, RUNNING, SUCCEEDED, FAILED, CANCELED = "NotStarted", "Running", "Succeeded", "Failed", "Canceled"
ENDED = (SUCCEEDED, FAILED, CANCELED)
RETENTION = timedelta(days=31)

type Sign = Callable[[str, bool], str]


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Operation:
    """A long-running operation, under the id that its client chose."""

    id: str
    status: str = NOT_STARTED

    def shown(self) -> dict[str, Any]:
        """The Operation of the API: no percent, no error."""
        return {"id": self.id, "status": self.status}


@dataclass
class _Resource:
    id: str
    operation: Operation
    fates: Fates
    description: str | None
    status: str = NOT_STARTED
    failure_reason: str | None = None
    created: datetime = field(default_factory=_now)
    last_action: datetime = field(default_factory=_now)

    def move(self, status: str, reason: str | None = None) -> None:
        """Enter a state, now."""
        self.status, self.failure_reason, self.last_action = status, reason, _now()

    def _common(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "description": self.description,
            "status": self.status,
            "failureReason": self.failure_reason,
            "createdDateTime": _stamp(self.created),
            "lastActionDateTime": _stamp(self.last_action),
        }


@dataclass
class Iteration(_Resource):
    """One pass over the film. `files` maps a field of the result to the name of its blob or its pushed address."""

    input: IterationInput = field(default_factory=IterationInput)
    files: dict[str, str] = field(default_factory=dict)
    script: Script = ()

    def shown(self, sign: Sign) -> dict[str, Any]:
        """The Iteration of the API, with freshly signed addresses once there are results."""
        expired = "expired_results" in self.fates
        result = {name: sign(place, expired) for name, place in self.files.items()}
        return _given(self._common() | {"input": _dumped(self.input), "result": result or None})

    def listed(self) -> dict[str, Any]:
        """The same in a list: without results, as in the published examples."""
        return _given(self._common() | {"input": _dumped(self.input)})


@dataclass(kw_only=True)
class Translation(_Resource):
    """One film and one target language. `media` is there once the source was read."""

    request: TranslationRequest
    media: Media | None = None
    iterations: dict[str, Iteration] = field(default_factory=dict)

    @property
    def input(self) -> TranslationInput:
        """What was asked for."""
        return self.request.input

    @property
    def latest(self) -> Iteration | None:
        """The iteration that was created last."""
        return next(reversed(self.iterations.values()), None)

    @property
    def latest_succeeded(self) -> Iteration | None:
        """The last iteration that has results."""
        done = (each for each in reversed(self.iterations.values()) if each.status == SUCCEEDED)
        return next(done, None)

    def shown(self, version: str, sign: Sign) -> dict[str, Any]:
        """The Translation of the API.

        It has `status` and `lastActionDateTime`, which the schema has not but documented answers have, and echoes
        the input without the media's address, as those do (facts, section 2.2).
        """
        iterations = {"latestIteration": self.latest, "latestSucceededIteration": self.latest_succeeded}
        shown = {name: each.shown(sign) if each else None for name, each in iterations.items()}
        return _given(self.listed(version) | shown)

    def listed(self, version: str) -> dict[str, Any]:
        """The same without its iterations."""
        request = self.request
        shown = self._common() | {"displayName": request.display_name, "input": _echoed(request.input, version)}
        if version == LATEST:
            shown["firstIterationInput"] = _dumped(request.first_iteration_input)
            shown["expiresDateTime"] = _stamp(self._expires())
        return _given(shown)

    def _expires(self) -> datetime:
        return max([self.last_action, *(each.last_action for each in self.iterations.values())]) + RETENTION


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _dumped(model: BaseModel | None) -> dict[str, Any] | None:
    return None if model is None else model.model_dump(mode="json", by_alias=True, exclude_none=True)


def _echoed(given: TranslationInput, version: str) -> dict[str, Any]:
    # The preview's schema requires the address; later answers are seen without it.
    hidden = set[str]() if version == PREVIEW else {"video_file_url", "audio_file_url"}
    return given.model_dump(mode="json", by_alias=True, exclude_none=True, exclude=hidden)


def _given(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
