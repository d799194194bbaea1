"""Vozo Translate & Dub: one task for each target, whose start cannot be repeated, and which calls back.

https://www.vozo.ai/docs/api_reference/endpoints/translate_dub/create
https://www.vozo.ai/docs/api_reference/endpoints/translate_dub/get
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import Field

from shared import telemetry
from shared.errors import (
    AnswerLost,
    Denied,
    NotFound,
    ProviderError,
    Refused,
    ResultUnavailable,
    SourceUnfit,
    Throttled,
    Unreachable,
)
from shared.jobs.job import Work
from shared.languages import short_locale
from shared.providers.base import Failed, Finished, Media, Operation, Outcome, Provider, Result, Task
from shared.providers.options import Fields

TRANSLATE = "/v1/media/translate"
#: What the documentation names for a reference file, and the usual audio kinds.
EXTENSIONS = frozenset({".mp4", ".mov", ".webm", ".avi", ".wmv", ".mp3", ".wav", ".m4a"})
Share = Annotated[float, Field(ge=0, le=1)]

FIELDS = Fields(
    {
        "export_type": Literal["auto", "video", "audio", "all"],
        "user_prompt": str,
        "speaker_number": Fields({"min": int, "max": int}),
        "ocr_text_box": Fields({"x": Share, "y": Share, "width": Share, "height": Share}),
        "project_mode": Literal["none", "editable"],
        "glossary_ids": list[str],
    },
    frozenset({"media_type", "media_url", "source_language", "target_language", "callback_url", "subtitle_url"})
    | {"subtitle_usage_type"},
)

#: What the codes of refused requests mean; every other code is a refusal that will be repeated.
REQUEST_ERRORS: Mapping[str, type[ProviderError]] = {
    "1000": AnswerLost,  # an internal error: the task may have been made all the same
    "1304": Throttled,  # as many tasks at once as the key may have
    "7": Denied,
    "1302": Denied,
    "1305": Denied,
    "1503": Denied,
}
CALLBACK_CHALLENGE_FAILED = "1301"
#: Codes of failed tasks that tell of the file itself.
SOURCE_ERRORS = frozenset({"10001", "10002"})
#: How the service says that a task has ended, or goes on; an unknown word means that it goes on.
DONE, FAILED = "done", "failed"
AT_WORK = frozenset({"queuing", "preprocessing", "transcribing", "translating", "dubbing", "rendering"})
RESULT_SUFFIXES = {"video_url": "mp4", "audio_url": "mp3", "subtitle_url": "srt"}


class Vozo(Provider):
    """Dubs video and audio."""

    name: ClassVar[str] = "vozo"
    needs: ClassVar[str] = "VOZO_API_KEY"

    def mistakes(self, options: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
        """See Provider."""
        return list(FIELDS.mistakes(options))

    def language(self, tag: str) -> str:
        """See Provider."""
        return short_locale(tag)

    def unfit(self, media: Media, source: str | None) -> str | None:
        """See Provider."""
        if media.extension not in EXTENSIONS:
            return f"it takes {', '.join(sorted(EXTENSIONS))}, not {media.extension}"
        return None

    async def start(self, task: Task) -> Operation | Finished:
        """POST the task; a second time without the callback where Vozo cannot reach it."""
        body = await self._body(task)
        try:
            return await self._create(body)
        except ProviderError as error:
            if error.said != CALLBACK_CHALLENGE_FAILED:
                raise
        return await self._create(body | {"callback_url": None})

    async def check(self, work: Work) -> Outcome:
        """GET the task."""
        task_id = work.operation["task_id"]
        answer = await self._ask(task_id)
        if answer.get("status") == FAILED:
            return Failed(_task_error(answer), answer)
        if answer.get("status") != DONE:
            return self._running(answer.get("status"), AT_WORK)
        results = _results(answer.get("result") or {})
        if not results:
            raise ResultUnavailable(f"Vozo says that task {task_id} is done, but names no result")
        return Finished(results, answer=answer)

    async def adopt(self, work: Work, hint: Mapping[str, Any]) -> Operation | None:
        """The task that a callback names, if Vozo knows it under our key."""
        task_id = hint.get("task_id")
        if not isinstance(task_id, str) or not re.fullmatch(r"[\w-]{1,128}", task_id):
            return None
        try:
            await self._ask(task_id)
        except (NotFound, Refused):
            return None
        return {"task_id": task_id}

    async def _body(self, task: Task) -> dict[str, Any]:
        return {"export_type": "auto"} | dict(task.options) | {
            "media_type": task.media.kind,
            "media_url": await task.media.url(),
            "source_language": self.language(task.source) if task.source else "auto",
            "target_language": self.language(task.target),
            "callback_url": task.callback_url,
        }  # fmt: skip

    async def _create(self, body: Mapping[str, Any]) -> Operation:
        given = {name: value for name, value in body.items() if value is not None}
        answer = await self._call("POST", TRANSLATE, json=given, repeatable=False)
        if not answer.get("task_id"):
            raise AnswerLost("Vozo answered the start without a task_id")
        return {"task_id": str(answer["task_id"])}

    async def _ask(self, task_id: str) -> dict[str, Any]:
        return await self._call("GET", f"{TRANSLATE}/{task_id}")

    async def _call(self, method: str, path: str, *, repeatable: bool = True, **request: Any) -> dict[str, Any]:
        lost = Unreachable if repeatable else AnswerLost
        try:
            response = await self._service.call(method, path, repeatable=repeatable, **request)
        except (Refused, Denied) as error:
            raise _request_error(error, lost) from error
        answer = self._service.json(response, lost)
        answer = answer["data"] if isinstance(answer.get("data"), dict) else answer
        if "code" in answer and "status" not in answer and "task_id" not in answer:
            said = str(answer["code"])
            raise _request_error(Refused(f"Vozo answered {said}: {answer.get('message')}", said=said), lost)
        return answer


def _request_error(error: ProviderError, lost: type[ProviderError]) -> ProviderError:
    kind = REQUEST_ERRORS.get(error.said or "", type(error))
    if kind is Throttled:
        telemetry.throttled()
    return (lost if kind is AnswerLost else kind)(error.reason, wait=error.wait, said=error.said)


def _task_error(answer: Mapping[str, Any]) -> ProviderError:
    code = str(answer.get("err_code") or answer.get("code") or "no code")
    words = f"Vozo: failed: {code}: {answer.get('err_message') or answer.get('message') or 'no reason given'}"
    return (SourceUnfit if code in SOURCE_ERRORS else Refused)(words, said=code)


def _results(result: Mapping[str, Any]) -> list[Result]:
    found = [(field, result[field]) for field in RESULT_SUFFIXES if result.get(field)]
    media = [field for field, _ in found if field != "subtitle_url"]
    return [Result(_suffix(field, url), url, essential=field in media) for field, url in found] if media else []


def _suffix(field: str, url: str) -> str:
    extension = PurePosixPath(urlsplit(url).path).suffix.lower().removeprefix(".")
    return extension if re.fullmatch(r"[a-z0-9]{2,4}", extension) else RESULT_SUFFIXES[field]
