"""Azure Video Translation: a translation, then an iteration, each started under an id of ours.

https://learn.microsoft.com/azure/ai-services/speech-service/video-translation-overview
"""

from collections.abc import Mapping, Sequence, Set
from contextlib import suppress
from typing import Any, ClassVar, Self

from shared.errors import Canceled, Denied, NotFound, Refused, StorageTrouble, Taken, Throttled, Unreachable
from shared.jobs.step import Step, Work
from shared.languages import dubbing_locale
from shared.providers.answers import kept, request_id, text
from shared.providers.base import Provider
from shared.providers.codes import failure
from shared.providers.http import Clients, Service
from shared.providers.options import Fields
from shared.providers.outcome import Failed, Finished, Found, Next, Operation, Outcome
from shared.providers.settings import ProviderSettings
from shared.providers.task import Media, Pair, Scratch, Task
from shared.providers.video_access import SIGNED, Access, AzureVideoSettings, sign_in
from shared.providers.video_client import SERVICE, VideoClient
from shared.providers.video_limits import INPUT_FIELD, too_much
from shared.providers.video_locales import PERSONAL_VOICE, PHONEME_LEXICON, SOURCES, TARGETS, refusal
from shared.providers.video_options import (
    FIELDS,
    ITERATION,
    LATEST,
    LEXICON_ID,
    PREVIEW,
    absences,
    contradictions,
    fields_of,
    has_lexicon,
    of_iteration,
    of_translation,
)
from shared.providers.video_results import expires, results_of
from shared.providers.video_scripts import KINDS, checked, lexicon_of, subtitles_of

#: How the service says that work has ended, or goes on; an unknown word means that it goes on.
SUCCEEDED, FAILED, CANCELED = "Succeeded", "Failed", "Canceled"
ENDED_BADLY, AT_WORK = (FAILED, CANCELED), frozenset({"NotStarted", "Running"})
#: Remembered from the first step on: the further forms of subtitles that the brief names.
FORMATS = "formats"
#: What no answer says: which resources may do this at all.
HINT = (
    " Video translation needs a Speech resource of tier S0 in one of its regions, and PersonalVoice an admission "
    "(https://aka.ms/customneural)."
)
BUSY = (
    "Nothing: it is tried again. The service makes one iteration of a translation at a time, and an earlier iteration, "
    "which was perhaps canceled here, is still at work there."
)
NO_LEXICON_FILE = (
    "cannot be read by the service's identity, for it knows no such form, and this app is told to sign no address "
    f"(SOURCE_ACCESS is identity); put it into Audio Content Creation, and give {ITERATION}.{LEXICON_ID}"
)


class AzureVideo(Provider):
    """Dubs mp4, mp3 and wav."""

    name: ClassVar[str] = "azure-video"
    needs: ClassVar[str] = "SPEECH_ENDPOINT"
    settings: ClassVar[type[ProviderSettings]] = AzureVideoSettings
    fields: ClassVar[Fields] = FIELDS
    route: ClassVar[Mapping[str, int]] = {"video": 1, "audio": 2}
    edits: ClassVar[Set[str]] = frozenset(KINDS)

    def __init__(self, service: Service | None, version: str = LATEST, access: Access = SIGNED) -> None:
        super().__init__(service)
        self._version, self._access = version, access
        self._fields = fields_of(version)

    @classmethod
    def build(cls, settings: AzureVideoSettings, clients: Clients) -> Self:
        """See Provider."""
        service = None
        if settings.SPEECH_ENDPOINT:
            service = clients.service("Speech", settings.SPEECH_ENDPOINT, sign_in(settings, clients))
        return cls(service, settings.SPEECH_API_VERSION, settings.access)

    def mistakes(self, options: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
        """See Provider."""
        found = list(self._fields.mistakes(options))
        if isinstance(options, Mapping):
            found += contradictions(options)
            if self._access.by_identity and options.get("lexicon"):
                found.append(("lexicon", NO_LEXICON_FILE))
        return found

    def merged_mistakes(self, options: Mapping[str, Any], kind: str) -> Sequence[tuple[str, str]]:
        """See Provider."""
        return [*contradictions(options), *absences(options)]

    def language(self, tag: str) -> str:
        """See Provider."""
        return dubbing_locale(tag)

    def unfit(self, media: Media, pair: Pair, options: Mapping[str, Any]) -> str | None:
        """See Provider."""
        if media.extension not in INPUT_FIELD:
            return f"it takes {', '.join(sorted(INPUT_FIELD))}, not {media.extension}"
        too_large = too_much(self._version, media.extension, media.size, media.facts)
        return too_large or self._cannot_say(pair, options)

    def _cannot_say(self, pair: Pair, options: Mapping[str, Any]) -> str | None:
        """Why the languages cannot be dubbed as they are asked for; None where they can."""
        if pair.source is None and self._version == PREVIEW:
            return f"api-version {self._version} must be told the source language"
        target = self.called(pair.target)
        source = refusal(self.called(pair.source), SOURCES, "cannot be dubbed from") if pair.source else None
        reason = source or refusal(target, TARGETS, "cannot be dubbed into")
        if reason is None and options.get("voiceKind") == "PersonalVoice":
            reason = refusal(target, PERSONAL_VOICE, "cannot be dubbed into with a PersonalVoice")
        if reason is None and has_lexicon(options):
            reason = refusal(target, PHONEME_LEXICON, "cannot be dubbed into with a lexicon")
        return reason

    def edited(self, name: str, data: bytes, kind: str, pair: Pair) -> bytes:
        """See Provider."""
        return checked(name, data, kind, pair.target, self.called(pair.target))

    async def prepare(self, task: Task) -> None:
        """See Provider."""
        await self._iteration(task)

    async def start(self, task: Task) -> Operation | Finished:
        """PUT the translation or its iteration under our own ids, so that it can be found again.

        The ids are nobody else's: what is there already is this very step, which somebody was slow to start. Throttled
        where an earlier iteration is still at work.
        """
        operation, translation, step = _operation(task), _translation_of(_operation(task)), suffix(task.step)
        remembered: Operation = {"id": operation, FORMATS: list(task.options.get("subtitleFormats") or ())}
        try:
            iteration = await self._iteration(task)  # before the first step, too: a person's files are checked there
            if task.step.number:
                answer = await self._client.create_iteration(translation, step, operation, iteration)
            else:
                answer = await self._client.create_translation(translation, operation, await self._translation(task))
        except Taken as error:
            await self._refuse_absent(operation, error)
            return remembered
        except StorageTrouble as error:
            raise Unreachable(error.reason, error.advice) from error
        except (Denied, Refused) as error:
            error.advice += HINT
            raise
        request = request_id(answer)
        return remembered | ({"request": request} if request else {})

    async def _refuse_absent(self, operation: str, error: Taken) -> None:
        """Throttled unless it is there: an iteration is refused alike while an earlier one of it is at work."""
        if not await self._is_there(operation):
            raise Throttled(error.reason, BUSY) from error

    async def find(self, work: Work, scratch: Scratch) -> Operation | Found:
        """Our own ids tell: either the operation or what it made is there, or nothing ever was."""
        operation = _operation(work)
        found = {"id": operation, FORMATS: work.operation.get(FORMATS, [])}
        return found if await self._is_there(operation) else Found.NOTHING

    async def _is_there(self, operation: str) -> bool:
        for look in (self._client.operation, self._made_by):
            with suppress(NotFound):
                await look(operation)
                return True
        return False

    async def check(self, work: Work, scratch: Scratch) -> Outcome:
        """GET the operation; once it ends, the resource itself, which alone knows results and reasons."""
        operation_id = str(work.operation["id"])
        try:
            operation = await self._client.operation(operation_id)
        except NotFound:
            operation = {}  # operations may be forgotten before the translations that they made
        if operation and operation.get("status") not in (SUCCEEDED, *ENDED_BADLY):
            return self._running(operation.get("status"), AT_WORK)
        resource = await self._made_by(operation_id)
        status = resource.get("status") or operation.get("status")
        if status in ENDED_BADLY:
            return _failed(self._service.name, str(status), operation_id, resource)
        if status != SUCCEEDED:
            return self._running(status, AT_WORK)
        if not work.step.number:
            return Next(Step(name=ITERATION, number=1))
        return await self._finished(work, resource, scratch)

    async def _finished(self, work: Work, iteration: Mapping[str, Any], scratch: Scratch) -> Finished:
        operation = str(work.operation["id"])
        found = results_of(iteration, scratch, operation, work.operation.get(FORMATS, ()))
        translation = await self._client.translation(_translation_of(operation)) if self._version == LATEST else {}
        details = {
            "translation": _translation_of(operation),
            "operation": operation,
            "request": work.operation.get("request"),
            "expiresDateTime": expires(translation) or expires(iteration),
        }
        told = {name: value for name, value in details.items() if value is not None}
        return Finished(found.results, warnings=found.warnings, answer=kept(iteration), details=told)

    async def forget(self, work: Work) -> None:
        """DELETE the translation with all its iterations."""
        await self._client.delete_translation(work.id)

    async def _translation(self, task: Task) -> dict[str, Any]:
        beside, given = of_translation(task.options)
        languages = {"targetLocale": self.called(task.pair.target)}
        if task.pair.source:
            languages["sourceLocale"] = self.called(task.pair.source)
        return {
            "displayName": task.media.name.rpartition("/")[2][:100],
            **beside,
            "input": {"voiceKind": "PlatformVoice"} | given | languages | await self._file(task.media),
        }

    async def _file(self, media: Media) -> dict[str, str]:
        field, access = INPUT_FIELD[media.extension], self._access
        if not access.by_identity:
            return {field: await media.url()}
        kind = {"inputFileSourceKind": "AzureStorageBlobManagedIdentity"}
        whose = {"inputFileAzureStorageBlobManagedIdentityClientId": access.client_id} if access.client_id else {}
        return {field: media.address} | kind | whose

    async def _iteration(self, task: Task) -> dict[str, Any]:
        beside, given = of_iteration(task.options)
        locale = self.called(task.pair.target)
        lexicon = await lexicon_of(task)
        subtitles = await subtitles_of(task, locale, by_identity=self._access.by_identity)
        if lexicon:
            given["ttsCustomLexiconFileUrl"] = lexicon
        if subtitles:
            given["webvttFile"] = subtitles
            if self._version == LATEST:  # earlier ones never move a person's own times
                given.setdefault("adjustWebvttAlignment", False)
        return beside | {"input": given | self._pushed_to(task)}

    def _pushed_to(self, task: Task) -> dict[str, str]:
        """Where the service is to write its results; it may write in that place alone."""
        if not self._access.pushes:
            return {}
        whose = self._access.client_id
        place = {"pushResultToAzureStorageBlobDirUrl": task.scratch.address(_operation(task))}
        return place | ({"pushResultToAzureStorageBlobManagedIdentityClientId": whose} if whose else {})

    async def _made_by(self, operation: str) -> dict[str, Any]:
        """What the operation makes: a translation or an iteration. A later attempt may ask for an earlier one's."""
        translation, step = _translation_of(operation), operation.rpartition(".")[2]
        if step == suffix(Step()):
            return await self._client.translation(translation)
        return await self._client.iteration(translation, step)

    @property
    def _client(self) -> VideoClient:
        return VideoClient(self._service, self._version)


def _failed(service: str, status: str, operation: str, resource: Mapping[str, Any]) -> Failed:
    """The end in the service's words, with the id by which its support finds the work."""
    reason = f"{SERVICE}: {status}: {text(resource, 'failureReason') or 'the service gives no reason'} ({operation})"
    error = Canceled(reason) if status == CANCELED else failure(service, None, reason)
    return Failed(error, kept(resource))


def suffix(step: Step) -> str:
    """How ids of a step end: `t`, or `i01` and so on; the service wants three characters of an iteration's id."""
    return f"i{step.number:02}" if step.number else "t"


def _operation(work: Work) -> str:
    """The id of the operation that starts a step: the translation's id and the step."""
    return f"{work.id}.{suffix(work.step)}"


def _translation_of(operation_id: str) -> str:
    return operation_id.rpartition(".")[0]
