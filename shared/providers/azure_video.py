"""Azure Video Translation: a translation, then an iteration, each started under an id of ours.

https://learn.microsoft.com/azure/ai-services/speech-service/video-translation-overview
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, ClassVar, Literal, Self

from pydantic import model_validator

from shared.errors import NotFound, Taken
from shared.jobs.translation import Step, Work
from shared.languages import dubbing_locale
from shared.providers.answers import kept, part, request_id, text
from shared.providers.base import (
    Failed,
    Finished,
    Found,
    Media,
    Next,
    Operation,
    Outcome,
    Pair,
    Provider,
    Scratch,
    Task,
)
from shared.providers.codes import failure
from shared.providers.http import COGNITIVE_SERVICES, Clients, HeaderAuth, Service
from shared.providers.results import named
from shared.providers.settings import Address, ProviderSettings, Secret
from shared.providers.video_client import SERVICE, VideoClient
from shared.providers.video_limits import INPUT_FIELD, too_much
from shared.providers.video_locales import PERSONAL_VOICE, PHONEME_LEXICON, SOURCES, TARGETS, refusal
from shared.providers.video_options import (
    ITERATION,
    LATEST,
    LEXICON_ID,
    PREVIEW,
    fields_of,
    of_iteration,
    of_translation,
)

#: The files of an iteration's result, the translated media first: it alone is essential.
RESULT_SUFFIXES: Mapping[str, str] = {
    "translatedVideoFileUrl": "mp4",
    "translatedAudioFileUrl": "mp3",
    "targetLocaleSubtitleWebvttFileUrl": "vtt",
    "sourceLocaleSubtitleWebvttFileUrl": "source.vtt",
    "metadataJsonWebvttFileUrl": "metadata.vtt",
    "targetLocaleAdvancedSubtitleFileUrl": "ass",
    "reportFileUrl": "report.json",
}
MEDIA = ("translatedVideoFileUrl", "translatedAudioFileUrl")

#: How the service says that work has ended, or goes on; an unknown word means that it goes on.
SUCCEEDED, ENDED_BADLY, AT_WORK = "Succeeded", ("Failed", "Canceled"), frozenset({"NotStarted", "Running"})


class AzureVideoSettings(ProviderSettings):
    """The app settings of Azure Video Translation."""

    SPEECH_ENDPOINT: Address | None = None
    SPEECH_API_VERSION: Literal["2026-03-01", "2025-05-20", "2024-05-20-preview"] = "2026-03-01"
    SPEECH_KEY: Secret | None = None
    SOURCE_ACCESS: Literal["sas", "identity"] = "sas"
    RESULT_ACCESS: Literal["fetch"] = "fetch"

    @model_validator(mode="after")
    def _identity_needs_a_version(self) -> Self:
        if self.SOURCE_ACCESS == "identity" and self.SPEECH_API_VERSION != LATEST:
            raise ValueError(f"SOURCE_ACCESS: identity needs SPEECH_API_VERSION {LATEST}")
        return self


class AzureVideo(Provider):
    """Dubs mp4, mp3 and wav."""

    name: ClassVar[str] = "azure-video"
    needs: ClassVar[str] = "SPEECH_ENDPOINT"
    settings: ClassVar[type[ProviderSettings]] = AzureVideoSettings
    route: ClassVar[Mapping[str, int]] = {"video": 1, "audio": 2}

    def __init__(self, service: Service | None, version: str = LATEST, *, by_identity: bool = False) -> None:
        """`by_identity`: the Speech resource reads sources by its own managed identity; needs the latest version."""
        super().__init__(service)
        self._version, self._by_identity = version, by_identity
        self._fields = fields_of(version)

    @classmethod
    def build(cls, settings: AzureVideoSettings, clients: Clients) -> Self:
        """See Provider."""
        key, service = settings.SPEECH_KEY, None
        if settings.SPEECH_ENDPOINT:
            auth = HeaderAuth("Ocp-Apim-Subscription-Key", key) if key else clients.entra(COGNITIVE_SERVICES)
            service = clients.service("Speech", settings.SPEECH_ENDPOINT, auth)
        return cls(service, settings.SPEECH_API_VERSION, by_identity=settings.SOURCE_ACCESS == "identity")

    def mistakes(self, options: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
        """See Provider."""
        return list(self._fields.mistakes(options))

    def language(self, tag: str) -> str:
        """See Provider."""
        return dubbing_locale(tag)

    def unfit(self, media: Media, pair: Pair, options: Mapping[str, Any]) -> str | None:
        """See Provider."""
        if media.extension not in INPUT_FIELD:
            return f"it takes {', '.join(sorted(INPUT_FIELD))}, not {media.extension}"
        return too_much(self._version, media.extension, media.size, media.facts) or self._cannot_say(pair, options)

    def _cannot_say(self, pair: Pair, options: Mapping[str, Any]) -> str | None:
        """Why the languages cannot be dubbed as they are asked for; None where they can."""
        if pair.source is None and self._version == PREVIEW:
            return f"api-version {self._version} must be told the source language"
        target = self.called(pair.target)
        source = refusal(self.called(pair.source), SOURCES, "cannot be dubbed from") if pair.source else None
        reason = source or refusal(target, TARGETS, "cannot be dubbed into")
        if reason is None and options.get("voiceKind") == "PersonalVoice":
            reason = refusal(target, PERSONAL_VOICE, "cannot be dubbed into with a PersonalVoice")
        if reason is None and of_iteration(options)[1].get(LEXICON_ID):
            reason = refusal(target, PHONEME_LEXICON, "cannot be dubbed into with a lexicon")
        return reason

    async def start(self, task: Task) -> Operation | Finished:
        """PUT the translation or its iteration under our own ids, so that it can be found again.

        The ids are nobody else's: what is there already is this very step, which somebody was slow to start.
        """
        operation = _operation(task)
        with suppress(Taken):
            if task.step.number:
                body, iteration = self._iteration(task), suffix(task.step)
                answer = await self._client.create_iteration(_translation_of(operation), iteration, operation, body)
            else:
                body = await self._translation(task)
                answer = await self._client.create_translation(_translation_of(operation), operation, body)
            request = request_id(answer)
            return {"id": operation} | ({"request": request} if request else {})
        return {"id": operation}

    async def find(self, work: Work, scratch: Scratch) -> Operation | Found:
        """Our own ids tell: either the operation or what it made is there, or nothing ever was."""
        operation = _operation(work)
        for look in (self._client.operation, self._made_by):
            with suppress(NotFound):
                await look(operation)
                return {"id": operation}
        return Found.NOTHING

    async def check(self, work: Work, scratch: Scratch) -> Outcome:
        """GET the operation; once it ends, the resource itself, which alone knows results and reasons."""
        operation_id = str(work.operation["id"])
        try:
            operation = await self._client.operation(operation_id)
        except NotFound:
            operation = {}  # operations may be forgotten before the translations that they made
        if operation and operation.get("status") not in (SUCCEEDED, *ENDED_BADLY):
            return self._running(operation.get("status"), AT_WORK)
        return self._outcome(work, await self._made_by(operation_id), operation.get("status"))

    def _outcome(self, work: Work, resource: Mapping[str, Any], operation_status: object) -> Outcome:
        status = resource.get("status") or operation_status
        if status in ENDED_BADLY:
            reason = text(resource, "failureReason") or "the service gives no reason"
            error = failure(self._service.name, None, f"{SERVICE}: {status}: {reason}")
            return Failed(error, kept(resource))
        if status != SUCCEEDED:
            return self._running(status, AT_WORK)
        if not work.step.number:
            return Next(Step(name=ITERATION, number=1))
        found = named(part(resource, "result"), RESULT_SUFFIXES, MEDIA, copied=True)
        return Finished(found.results, warnings=found.warnings, answer=kept(resource))

    async def forget(self, work: Work) -> None:
        """DELETE the translation with all its iterations."""
        await self._client.delete_translation(_translation_of(str(work.operation["id"])))

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
        field = INPUT_FIELD[media.extension]
        if self._by_identity:
            return {field: media.address, "inputFileSourceKind": "AzureStorageBlobManagedIdentity"}
        return {field: await media.url()}

    def _iteration(self, task: Task) -> dict[str, Any]:
        beside, given = of_iteration(task.options)
        return beside | {"input": given}

    async def _made_by(self, operation: str) -> dict[str, Any]:
        """What the operation makes: a translation or an iteration. A later attempt may ask for an earlier one's."""
        translation, step = _translation_of(operation), operation.rpartition(".")[2]
        if step == suffix(Step()):
            return await self._client.translation(translation)
        return await self._client.iteration(translation, step)

    @property
    def _client(self) -> VideoClient:
        return VideoClient(self._service, self._version)


def suffix(step: Step) -> str:
    """How ids of a step end: `t`, or `i01` and so on; the service wants three characters of an iteration's id."""
    return f"i{step.number:02}" if step.number else "t"


def _operation(work: Work) -> str:
    """The id of the operation that starts a step: the translation's id and the step."""
    return f"{work.id}.{suffix(work.step)}"


def _translation_of(operation_id: str) -> str:
    return operation_id.rpartition(".")[0]
