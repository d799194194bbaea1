"""Vozo Translate & Dub: one task for each target, whose start cannot be repeated, and which calls back.

https://www.vozo.ai/docs/api_reference/endpoints/translate_dub/create
https://www.vozo.ai/docs/api_reference/endpoints/translate_dub/get
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

from shared.errors import AnswerLost, NotFound, PersonNeeded, ProviderError, Refused, StorageTrouble, Unreachable
from shared.jobs.step import Work
from shared.languages import short_locale
from shared.providers.answers import kept, part, text
from shared.providers.base import Provider
from shared.providers.codes import failure, refusal
from shared.providers.http import Clients, HeaderAuth, Service
from shared.providers.options import Fields
from shared.providers.outcome import Failed, Finished, Operation, Outcome
from shared.providers.results import named
from shared.providers.settings import Address, ProviderSettings, Secret
from shared.providers.task import Media, Pair, Scratch, Task
from shared.providers.vozo_account import Account
from shared.providers.vozo_options import FIELDS, FOR_VIDEOS, absences, contradictions, given_for
from shared.providers.vozo_subtitles import LONGEST, subtitles_of

TRANSLATE = "/v1/media/translate"
#: What the documentation names for a reference file, and the usual audio kinds.
EXTENSIONS = frozenset({".mp4", ".mov", ".webm", ".avi", ".wmv", ".mp3", ".wav", ".m4a"})
CALLBACK_CHALLENGE_FAILED = "1301"
#: What an answer that is no error may say under `code`.
NO_ERROR = frozenset({"0", "200"})
#: The ids that go into an address of theirs; nothing in them leads to another.
TASK_ID = re.compile(r"\w[\w.:-]{0,127}", re.ASCII)
#: How the service says that a task has ended, or goes on; an unknown word means that it goes on.
DONE, FAILED = "done", "failed"
AT_WORK = frozenset({"queuing", "preprocessing", "transcribing", "translating", "dubbing", "rendering"})
RESULT_SUFFIXES = {"video_url": "mp4", "audio_url": "mp3", "subtitle_url": "srt"}
MEDIA = ("video_url", "audio_url")


class VozoSettings(ProviderSettings):
    """The app settings of Vozo."""

    VOZO_ENDPOINT: Address = "https://api.vozo.ai"
    VOZO_API_KEY: Secret | None = None


class Vozo(Provider):
    """Dubs video and audio."""

    name: ClassVar[str] = "vozo"
    needs: ClassVar[str] = "VOZO_API_KEY"
    settings: ClassVar[type[ProviderSettings]] = VozoSettings
    fields: ClassVar[Fields] = FIELDS
    route: ClassVar[Mapping[str, int]] = {"video": 2, "audio": 1}
    most_in_flight: ClassVar[int | None] = 8  # what an API key has at once

    def __init__(self, service: Service | None, account: Account | None = None) -> None:
        """`account` keeps starts back while a person is needed."""
        super().__init__(service)
        self._account = account or Account()

    @classmethod
    def build(cls, settings: VozoSettings, clients: Clients) -> Self:
        """See Provider."""
        if not settings.VOZO_API_KEY:
            return cls(None)
        auth = HeaderAuth("Authorization", f"Bearer {settings.VOZO_API_KEY}")
        return cls(clients.service("Vozo", settings.VOZO_ENDPOINT, auth))

    def mistakes(self, options: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
        """See Provider."""
        return list(FIELDS.mistakes(options)) or list(contradictions(options))

    def merged_mistakes(self, options: Mapping[str, Any], kind: str) -> Sequence[tuple[str, str]]:
        """See Provider."""
        asked = {name: value for name, value in options.items() if kind != "audio" or name not in FOR_VIDEOS}
        return [*contradictions(asked), *absences(asked)]

    def language(self, tag: str) -> str:
        """See Provider."""
        return short_locale(tag)

    def unfit(self, media: Media, pair: Pair, options: Mapping[str, Any]) -> str | None:
        """See Provider."""
        if media.extension not in EXTENSIONS:
            return f"it takes {', '.join(sorted(EXTENSIONS))}, not {media.extension}"
        duration = media.facts.duration
        if duration is not None and duration > LONGEST:
            return f"it takes at most 2 hours, and the file lasts {duration:.0f} seconds"
        return None

    def doubts(self, media: Media, pair: Pair, options: Mapping[str, Any]) -> Sequence[str]:
        """See Provider."""
        return given_for(media.kind, options)[1]

    async def prepare(self, task: Task) -> None:
        """See Provider."""
        await subtitles_of(task)
        self._account.look()

    async def start(self, task: Task) -> Operation | Finished:
        """POST the task, unless the account needs a person first."""
        try:
            body = await self._body(task)
        except StorageTrouble as error:
            raise Unreachable(error.reason, error.advice) from error
        self._account.check()
        try:
            operation = await self._create_somehow(body)
        except PersonNeeded as error:
            self._account.refuse(error)
            raise
        self._account.accept()
        return operation

    async def _create_somehow(self, body: Mapping[str, Any]) -> Operation:
        """A second time without the callback where Vozo cannot reach it."""
        try:
            return await self._create(body)
        except ProviderError as error:
            if error.said != CALLBACK_CHALLENGE_FAILED:
                raise
        return await self._create({**body, "callback_url": None})

    async def check(self, work: Work, scratch: Scratch) -> Outcome:
        """GET the task."""
        task_id = str(work.operation["task_id"])
        answer = await self._ask(task_id)
        if answer.get("status") == FAILED:
            return Failed(_task_error(self._service.name, answer, task_id), kept(answer))
        if answer.get("status") != DONE:
            return self._running(answer.get("status"), AT_WORK)
        found = named(part(answer, "result"), RESULT_SUFFIXES, MEDIA)
        return Finished(found.results, warnings=found.warnings, answer=kept(answer), details={"task": task_id})

    async def adopt(self, work: Work, hint: Mapping[str, Any]) -> Operation | None:
        """The task that a callback names, if Vozo knows it under our key."""
        task_id = hint.get("task_id")
        if not isinstance(task_id, str) or not TASK_ID.fullmatch(task_id):
            return None
        try:
            answer = await self._ask(task_id)
        except (NotFound, Refused):
            return None
        return {"task_id": task_id} if text(answer, "status") else None

    def named_by_service(self, operation: Operation) -> str | None:
        """See Provider."""
        return str(operation["task_id"])

    async def _body(self, task: Task) -> dict[str, Any]:
        given, _ = given_for(task.media.kind, task.options)
        return given | await subtitles_of(task) | {
            "media_type": task.media.kind,
            "media_url": await task.media.url(),
            "source_language": self.called(task.pair.source) if task.pair.source else "auto",
            "target_language": self.called(task.pair.target),
            "callback_url": task.callback_url,
        }  # fmt: skip

    async def _create(self, body: Mapping[str, Any]) -> Operation:
        given = {name: value for name, value in body.items() if value is not None}
        answer = await self._call("POST", TRANSLATE, json=given, repeatable=False)
        task_id = text(answer, "task_id")
        if not task_id or not TASK_ID.fullmatch(task_id):
            raise AnswerLost("Vozo answered the start without a usable task_id")
        return {"task_id": task_id}

    async def _ask(self, task_id: str) -> Mapping[str, Any]:
        return await self._call("GET", f"{TRANSLATE}/{task_id}")

    async def _call(self, method: str, path: str, *, repeatable: bool = True, **request: Any) -> Mapping[str, Any]:
        """What Vozo answers, out of the envelope that it may come in. An error may come with status 200."""
        lost = Unreachable if repeatable else AnswerLost
        response = await self._service.call(method, path, repeatable=repeatable, **request)
        answer = self._service.json(response, lost)
        for body in (part(answer, "data"), answer):
            if "task_id" in body or "status" in body:
                return body
        said = text(answer, "code")
        if said is None or said in NO_ERROR:
            return answer
        reason = f"Vozo answered {said}: {text(answer, 'message') or 'nothing more'}"
        raise refusal(self._service.name, response.status_code, [said], reason, lost=lost, wait=None)


def _task_error(service: str, answer: Mapping[str, Any], task_id: str) -> ProviderError:
    """The end in the service's words, with the id by which its support finds the work."""
    said = text(answer, "err_code", "code")
    words = text(answer, "err_message", "message") or "no reason given"
    return failure(service, said, f"Vozo: failed: {said or 'no code'}: {words} (task {task_id})")
