"""Azure Video Translation: a translation, then an iteration, each started under an id of ours.

https://learn.microsoft.com/azure/ai-services/speech-service/video-translation-overview
https://learn.microsoft.com/rest/api/aiservices/videotranslation/translation-operations
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, FiniteFloat, model_validator

from shared.errors import NotFound, Taken
from shared.jobs.translation import Step, Work
from shared.languages import dubbing_locale
from shared.providers.answers import Answer, kept, part, text
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
from shared.providers.options import Fields
from shared.providers.results import named
from shared.providers.settings import Address, ProviderSettings, Secret

VERSIONS = ("2026-03-01", "2025-05-20", "2024-05-20-preview")
LARGEST = 5 * 1024**3  # bytes; said late by the service, after hours of copying
INPUT_FIELD = {".mp4": "videoFileUrl", ".mp3": "audioFileUrl", ".wav": "audioFileUrl"}

Count = Annotated[int, Field(ge=1, description="a whole number, at least 1")]
FontSize = Annotated[int, Field(ge=5, le=30, description="a whole number from 5 to 30")]
Margin = Annotated[int, Field(ge=0, le=200, description="a whole number from 0 to 200")]
Volume = Annotated[FiniteFloat, Field(gt=0, le=1, description="a number above 0 and up to 1")]
Colour = Annotated[str, Field(pattern=r"^#?(?:[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})$", description="a colour such as #FFAA00")]

#: Fields of TranslationInput and IterationInput that a brief may give, by the api-version that brought them.
TRANSLATION_FIELDS: Mapping[str, Mapping[str, Any]] = {
    "2024-05-20-preview": {
        "voiceKind": Literal["PlatformVoice", "PersonalVoice"],
        "speakerCount": Count,
        "subtitleMaxCharCountPerSegment": Count,
        "exportSubtitleInVideo": bool,
    },
    "2025-05-20": {"enableLipSync": bool},
    "2026-03-01": {},
}
ITERATION_FIELDS: Mapping[str, Mapping[str, Any]] = {
    "2024-05-20-preview": {
        "speakerCount": Count,
        "subtitleMaxCharCountPerSegment": Count,
        "exportSubtitleInVideo": bool,
    },
    "2025-05-20": {
        "enableVideoSpeedAdjustment": bool,
        "enableOcrCorrectionFromSubtitle": bool,
        "exportTargetLocaleAdvancedSubtitleFile": bool,
        "subtitlePrimaryColor": Colour,
        "subtitleOutlineColor": Colour,
        "subtitleFontSize": FontSize,
        "enableEmotionalPlatformVoice": Literal["Auto", "Enable", "Disable"],
    },
    "2026-03-01": {
        "adjustWebvttAlignment": bool,
        "exportAdjustedPromptAudioInWebvtt": bool,
        "subtitleVerticalMargin": Margin,
        "adjustBackgroundVolumeMultiplier": Volume,
        "use24kPromptAudio": bool,
    },
}
OWNED = frozenset(
    {"sourceLocale", "targetLocale", "videoFileUrl", "audioFileUrl", "autoCreateFirstIteration", "inputFileSourceKind"}
    | {"inputFileAzureStorageBlobManagedIdentityClientId", "webvttFile"}
    | {"ttsCustomLexiconFileUrl", "ttsCustomLexiconFileIdInAudioContentCreation"}
    | {"pushResultToAzureStorageBlobDirUrl", "pushResultToAzureStorageBlobManagedIdentityClientId"}
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
ITERATION = "iteration"


class AzureVideoSettings(ProviderSettings):
    """The app settings of Azure Video Translation."""

    SPEECH_ENDPOINT: Address | None = None
    SPEECH_API_VERSION: Literal["2026-03-01", "2025-05-20", "2024-05-20-preview"] = "2026-03-01"
    SPEECH_KEY: Secret | None = None
    SOURCE_ACCESS: Literal["sas", "identity"] = "sas"
    RESULT_ACCESS: Literal["fetch"] = "fetch"

    @model_validator(mode="after")
    def _identity_needs_a_version(self) -> Self:
        if self.SOURCE_ACCESS == "identity" and self.SPEECH_API_VERSION != "2026-03-01":
            raise ValueError("SOURCE_ACCESS: identity needs SPEECH_API_VERSION 2026-03-01")
        return self


class AzureVideo(Provider):
    """Dubs mp4, mp3 and wav."""

    name: ClassVar[str] = "azure-video"
    needs: ClassVar[str] = "SPEECH_ENDPOINT"
    settings: ClassVar[type[ProviderSettings]] = AzureVideoSettings
    route: ClassVar[Mapping[str, int]] = {"video": 1, "audio": 2}

    def __init__(self, service: Service | None, version: str = VERSIONS[0], *, by_identity: bool = False) -> None:
        """`by_identity`: the Speech resource reads sources by its own managed identity; needs the latest version."""
        super().__init__(service)
        self._version, self._by_identity = version, by_identity
        known = VERSIONS[VERSIONS.index(version) :]
        iteration = Fields(_known(ITERATION_FIELDS, known), OWNED)
        self._fields = Fields(_known(TRANSLATION_FIELDS, known) | {ITERATION: iteration}, OWNED)

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
        if media.size > LARGEST:
            return f"it takes at most 5 GB, and the file has {media.size} bytes"
        if self._version == VERSIONS[-1] and (not pair.source or media.extension != ".mp4"):
            return f"api-version {self._version} wants an .mp4 and its source language"
        return None

    async def start(self, task: Task) -> Operation | Finished:
        """PUT the translation or its iteration under our own ids, so that it can be found again.

        The ids are nobody else's: what is there already is this very step, which somebody was slow to start.
        """
        body = self._iteration(task) if task.step.number else await self._translation(task)
        operation = _operation(task)
        with suppress(Taken):
            await self._call("PUT", _path(operation), json=body, headers={"Operation-Id": operation}, repeatable=False)
        return {"id": operation}

    async def find(self, work: Work, scratch: Scratch) -> Operation | Found:
        """Our own ids tell: either the operation or what it made is there, or nothing ever was."""
        operation = _operation(work)
        for path in (f"/operations/{operation}", _path(operation)):
            try:
                await self._get(path)
            except NotFound:
                continue
            return {"id": operation}
        return Found.NOTHING

    async def check(self, work: Work, scratch: Scratch) -> Outcome:
        """GET the operation; once it ends, the resource itself, which alone knows results and reasons."""
        operation_id = work.operation["id"]
        try:
            operation = await self._get(f"/operations/{operation_id}")
        except NotFound:
            operation = {}  # operations may be forgotten before the translations that they made
        if operation and operation.get("status") not in (SUCCEEDED, *ENDED_BADLY):
            return self._running(operation.get("status"), AT_WORK)
        return self._outcome(work, await self._get(_path(operation_id)), operation.get("status"))

    def _outcome(self, work: Work, resource: Mapping[str, Any], operation_status: object) -> Outcome:
        status = resource.get("status") or operation_status
        if status in ENDED_BADLY:
            reason = text(resource, "failureReason") or "the service gives no reason"
            error = failure(self._service.name, None, f"Azure Video Translation: {status}: {reason}")
            return Failed(error, kept(resource))
        if status != SUCCEEDED:
            return self._running(status, AT_WORK)
        if not work.step.number:
            return Next(Step(name=ITERATION, number=1))
        found = named(part(resource, "result"), RESULT_SUFFIXES, MEDIA, copied=True)
        return Finished(found.results, warnings=found.warnings, answer=kept(resource))

    async def forget(self, work: Work) -> None:
        """DELETE the translation with all its iterations."""
        try:
            await self._call("DELETE", _translation_path(work.operation["id"]))
        except NotFound:
            return

    async def _translation(self, task: Task) -> dict[str, Any]:
        given = {name: value for name, value in task.options.items() if name != ITERATION}
        languages = {"targetLocale": self.called(task.pair.target)}
        if task.pair.source:
            languages["sourceLocale"] = self.called(task.pair.source)
        return {
            "displayName": task.media.name.rpartition("/")[2][:100],
            "input": {"voiceKind": "PlatformVoice"} | given | languages | await self._file(task.media),
        }

    async def _file(self, media: Media) -> dict[str, str]:
        field = INPUT_FIELD[media.extension]
        if self._by_identity:
            return {field: media.address, "inputFileSourceKind": "AzureStorageBlobManagedIdentity"}
        return {field: await media.url()}

    def _iteration(self, task: Task) -> dict[str, Any]:
        return {"input": dict(task.options.get(ITERATION, {}))}

    async def _get(self, path: str) -> dict[str, Any]:
        """The resource; NotFound also where the service answers 204, as it may for what does not exist."""
        response = await self._call("GET", path)
        if response.status_code == HTTPStatus.NO_CONTENT:
            raise NotFound(f"Azure Video Translation holds nothing at {path}")
        return self._service.json(response)

    async def _call(self, method: str, path: str, **request: Any) -> Answer:
        return await self._service.call(
            method, f"/videotranslation{path}", params={"api-version": self._version}, **request
        )


def suffix(step: Step) -> str:
    """How ids of a step end: `t`, or `i01` and so on; the service wants three characters of an iteration's id."""
    return f"i{step.number:02}" if step.number else "t"


def _operation(work: Work) -> str:
    """The id of the operation that starts a step: the translation's id and the step."""
    return f"{work.id}.{suffix(work.step)}"


def _path(operation_id: str) -> str:
    """What the operation makes: a translation or an iteration. A later attempt may ask for an earlier one's."""
    step = operation_id.rpartition(".")[2]
    translation = _translation_path(operation_id)
    return translation if step == suffix(Step()) else f"{translation}/iterations/{step}"


def _translation_path(operation_id: str) -> str:
    return f"/translations/{operation_id.rpartition('.')[0]}"


def _known(fields: Mapping[str, Mapping[str, Any]], versions: Sequence[str]) -> dict[str, Any]:
    return {name: kind for version in versions for name, kind in fields[version].items()}
