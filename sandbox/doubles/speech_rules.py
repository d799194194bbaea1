"""What Video Translation accepts: its bodies and ids, and in which api-version each field came.

Follows the OpenAPI of Speech/VideoTranslation 2024-05-20-preview, 2025-05-20 and 2026-03-01, whose texts hold the
rules that a schema cannot (one of two media, one of two lexicons, a WebVTT file from the second iteration on).
A null is taken as "not given", since Microsoft's own Python sample sends its unset fields so.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal
from urllib.parse import urlsplit
from uuid import UUID

import langcodes
from aiohttp import web
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

PREVIEW, FIRST_GA, LATEST = "2024-05-20-preview", "2025-05-20", "2026-03-01"
VERSIONS = (PREVIEW, FIRST_GA, LATEST)
RESOURCE_ID = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]{1,62}[a-zA-Z0-9]")
LOCALE = r"^[A-Za-z]{2,4}([_-][A-Za-z]{4})?([_-]([A-Za-z]{2}|[0-9]{3}))?$"
COLOUR = r"^#?(?:[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})$"


class Refused(Exception):
    """The request is refused, in the words of the service's ErrorResponse."""

    def __init__(self, status: int, code: str, message: str, target: str | None = None) -> None:
        """Hold what the answer needs."""
        super().__init__(message)
        self.status, self.code, self.message, self.target = status, code, message, target

    def answer(self) -> web.Response:
        """The refusal as the service sends it.

        A faulty body is explained in `details` and `innererror` only, which is the odder of the forms that
        clients report (facts on ErrorResponse, section 2.2).
        """
        error: dict[str, object] = {"code": self.code, "message": self.message}
        if self.target is not None:
            detail = {"code": "InvalidParameterValue", "message": self.message, "target": self.target}
            error |= {"message": "The request is invalid.", "target": self.target, "details": [detail]}
            error["innererror"] = {"code": "InvalidParameterValue", "message": self.message}
        headers = {"x-ms-error-code": self.code}
        return web.json_response({"error": error}, status=self.status, headers=headers)


@dataclass(frozen=True)
class Since:
    """Marks a field with the api-version that brought it."""

    version: str


def _supported(locale: str) -> str:
    if not langcodes.tag_is_valid(locale):
        raise ValueError(f"The locale {locale} is not supported.")
    return locale


def _https(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.netloc:
        raise ValueError("An absolute https address is needed.")
    return url


type Locale = Annotated[str, Field(pattern=LOCALE, min_length=5, max_length=16), AfterValidator(_supported)]
type Address = Annotated[str, AfterValidator(_https)]
type Colour = Annotated[str, Field(pattern=COLOUR, min_length=6, max_length=9)]
type Count = Annotated[int, Field(ge=1, lt=2**31)]


class Body(BaseModel):
    """A request body: camelCase names, no unknown ones, no conversions."""

    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel)


class WebvttFile(Body):
    """Cues that a person corrected."""

    url: Address
    kind: Literal["SourceLocaleSubtitle", "TargetLocaleSubtitle", "MetadataJson"]


class IterationInput(Body):
    """Options of one iteration."""

    webvtt_file: WebvttFile | None = None
    speaker_count: Count | None = None
    subtitle_max_char_count_per_segment: Count | None = None
    export_subtitle_in_video: bool | None = None
    tts_custom_lexicon_file_url: Annotated[Address | None, Since(FIRST_GA)] = None
    tts_custom_lexicon_file_id_in_audio_content_creation: Annotated[UUID | None, Since(FIRST_GA)] = None
    enable_video_speed_adjustment: Annotated[bool | None, Since(FIRST_GA)] = None
    enable_ocr_correction_from_subtitle: Annotated[bool | None, Since(FIRST_GA)] = None
    export_target_locale_advanced_subtitle_file: Annotated[bool | None, Since(FIRST_GA)] = None
    subtitle_primary_color: Annotated[Colour | None, Since(FIRST_GA)] = None
    subtitle_outline_color: Annotated[Colour | None, Since(FIRST_GA)] = None
    subtitle_font_size: Annotated[int | None, Since(FIRST_GA), Field(ge=5, le=30)] = None
    enable_emotional_platform_voice: Annotated[Literal["Auto", "Enable", "Disable"] | None, Since(FIRST_GA)] = None
    adjust_webvtt_alignment: Annotated[bool | None, Since(LATEST)] = None
    export_adjusted_prompt_audio_in_webvtt: Annotated[bool | None, Since(LATEST)] = None
    subtitle_vertical_margin: Annotated[int | None, Since(LATEST), Field(ge=0, le=200)] = None
    adjust_background_volume_multiplier: Annotated[float | None, Since(LATEST), Field(gt=0, le=1)] = None
    push_result_to_azure_storage_blob_dir_url: Annotated[Address | None, Since(LATEST)] = None
    push_result_to_azure_storage_blob_managed_identity_client_id: Annotated[UUID | None, Since(LATEST)] = None
    use24k_prompt_audio: Annotated[bool | None, Since(LATEST), Field(alias="use24kPromptAudio")] = None


class TranslationInput(Body):
    """What to translate, and into what."""

    source_locale: Locale | None = None
    target_locale: Locale
    voice_kind: Literal["PlatformVoice", "PersonalVoice"]
    video_file_url: Address | None = None
    audio_file_url: Annotated[Address | None, Since(FIRST_GA)] = None
    speaker_count: Count | None = None
    enable_lip_sync: Annotated[bool | None, Since(FIRST_GA)] = None
    subtitle_max_char_count_per_segment: Count | None = None
    export_subtitle_in_video: bool | None = None
    auto_create_first_iteration: Annotated[bool | None, Since(LATEST)] = None
    input_file_source_kind: Annotated[Literal["AzureStorageBlobManagedIdentity"] | None, Since(LATEST)] = None
    input_file_azure_storage_blob_managed_identity_client_id: Annotated[UUID | None, Since(LATEST)] = None

    @property
    def by_identity(self) -> bool:
        """Whether the service reads the source with its own managed identity."""
        return self.input_file_source_kind is not None


class TranslationRequest(Body):
    """Body of Create Translation. The read-only `id` is required by the schema, and may be left out."""

    id: str | None = None
    display_name: str | None = None
    description: str | None = None
    input: TranslationInput
    first_iteration_input: Annotated[IterationInput | None, Since(LATEST)] = None


class IterationRequest(Body):
    """Body of Create Iteration."""

    id: str | None = None
    description: str | None = None
    input: IterationInput


class EventHubConfiguration(Body):
    """Body of Create Or Replace Event Hub Configuration."""

    is_enabled: bool
    event_hub_namespace_host_name: Annotated[str, Field(pattern=r"^[\w-]+\.servicebus\.windows\.net$")]
    event_hub_name: Annotated[str, Field(min_length=1)]
    managed_identity_client_id: UUID | None = None
    enabled_events: list[Literal["Ping", "TranslationCompletion", "IterationCompletion"]]


def parse[T: Body](model: type[T], content: bytes, version: str) -> T:
    """The request body as that model. Raises Refused (400) for the first thing that is wrong with it."""
    try:
        body = model.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "body"
        raise invalid(first["msg"], where) from error
    for field in _too_new(body, version):
        raise invalid(f"The field is not known in api-version {version}.", field)
    return body


def _too_new(body: BaseModel, version: str, path: str = "") -> Iterator[str]:
    for name, field in type(body).model_fields.items():
        value = getattr(body, name)
        where = f"{path}{field.alias}"
        if value is not None and any(mark.version > version for mark in field.metadata if isinstance(mark, Since)):
            yield where
        if isinstance(value, BaseModel):
            yield from _too_new(value, version, f"{where}.")


def check_id(text: str, what: str) -> str:
    """`text` when it can be an id of the service (3 to 64 characters). Raises Refused (400)."""
    if not RESOURCE_ID.fullmatch(text):
        raise invalid(f"The value must match ^{RESOURCE_ID.pattern}$.", what)
    return text


def check_translation(request: TranslationRequest, translation_id: str, version: str) -> None:
    """The rules that the schema leaves to its descriptions. Raises Refused (400)."""
    given = request.input
    _check_own_id(request.id, translation_id)
    if (given.video_file_url is None) == (given.audio_file_url is None):
        raise invalid("Exactly one of videoFileUrl and audioFileUrl is needed.", "input.videoFileUrl")
    if version == PREVIEW and given.source_locale is None:
        raise invalid("The field is required in this api-version.", "input.sourceLocale")
    if given.input_file_azure_storage_blob_managed_identity_client_id and not given.by_identity:
        raise invalid("The client id needs an inputFileSourceKind.", "input.inputFileSourceKind")
    if request.first_iteration_input is not None:
        _check_first(request.first_iteration_input, auto=bool(given.auto_create_first_iteration))


def _check_first(given: IterationInput, *, auto: bool) -> None:
    if not auto:
        raise invalid("It is used with autoCreateFirstIteration only.", "firstIterationInput")
    check_iteration_input(given, first=True)


def check_iteration(request: IterationRequest, iteration_id: str, *, first: bool) -> None:
    """The same for an iteration; `first` tells whether the translation has none yet. Raises Refused (400)."""
    _check_own_id(request.id, iteration_id)
    check_iteration_input(request.input, first=first)


def check_iteration_input(given: IterationInput, *, first: bool) -> None:
    """Lexicons exclude one another; every iteration but the first needs a WebVTT file. Raises Refused (400)."""
    if not first and given.webvtt_file is None:
        raise invalid("The file is required from the second iteration on.", "input.webvttFile")
    if given.tts_custom_lexicon_file_url and given.tts_custom_lexicon_file_id_in_audio_content_creation:
        raise invalid("Only one custom lexicon can be given.", "input.ttsCustomLexiconFileUrl")
    pushes = given.push_result_to_azure_storage_blob_dir_url is not None
    if given.push_result_to_azure_storage_blob_managed_identity_client_id and not pushes:
        raise invalid("The client id needs a directory.", "input.pushResultToAzureStorageBlobDirUrl")


def _check_own_id(given: str | None, from_path: str) -> None:
    if given not in (None, from_path):
        raise invalid("The id differs from the one in the path.", "id")


def invalid(message: str, target: str) -> Refused:
    """A refusal of one field of the request (400)."""
    return Refused(400, "InvalidArgument", message, target)
