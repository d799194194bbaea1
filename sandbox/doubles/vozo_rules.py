"""What Vozo's Translate & Dub accepts, and how it refuses.

Follows https://www.vozo.ai/docs/api_reference/endpoints/translate_dub/create (D1 in the facts on Vozo), the error
tables of its overview (D3), and the Error schema of the lip-sync pages (D5). `glossary_ids` is named by the overview
alone. `voice_model`, `subtitle_mode` and `align_video` are known from other people's clients only, so they are
refused like any unknown field. Everything is refused with HTTP 400, the one documented status beside 200.
"""

import time
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from aiohttp import web
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from sandbox.doubles.courier import is_loopback

INVALID, NO_PERMISSION, INTERNAL, CHALLENGE_FAILED, BUSY = "5", "7", "1000", "1301", "1304"
NO_VIDEO, NO_AUDIO, TRANSCODING = "10001", "10002", "10003"
SOURCE_LANGUAGE = r"^(auto|[a-z]{2}(-[A-Za-z]{2})?)$"
TARGET_LANGUAGE = r"^[a-z]{2}(-[A-Za-z]{2})?$"
MAX_SECONDS = 2 * 3600


class Refused(Exception):
    """The request is refused, with one of the API's error codes."""

    def __init__(self, code: str, message: str) -> None:
        """Hold what the answer needs."""
        super().__init__(message)
        self.code, self.message = code, message

    def answer(self) -> web.Response:
        """The refusal as the API sends it; codes are strings, as the schema says and the tables do not."""
        stamp = str(int(time.time() * 1000))
        return web.json_response({"code": self.code, "message": self.message, "serverTs": stamp}, status=400)


def _reachable(url: str) -> str:
    parts = urlsplit(url)
    if not parts.netloc or (parts.scheme != "https" and not is_loopback(url)):
        raise ValueError("An absolute https address is needed.")
    return url


type Address = Annotated[str, AfterValidator(_reachable)]
type Share = Annotated[float, Field(ge=0, le=1)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class OcrTextBox(_Body):
    """Where burnt-in subtitles stand: shares of width and height, from the top left."""

    x: Share
    y: Share
    width: Share
    height: Share


class SpeakerNumber(_Body):
    """How many speakers; both empty for automatic."""

    min: Annotated[int, Field(ge=1)] | None = None
    max: Annotated[int, Field(ge=1)] | None = None


class TaskRequest(_Body):
    """Body of `POST /v1/media/translate`."""

    media_type: Literal["video", "audio"]
    media_url: Address
    source_language: Annotated[str, Field(pattern=SOURCE_LANGUAGE)]
    target_language: Annotated[str, Field(pattern=TARGET_LANGUAGE)]
    export_type: Literal["auto", "video", "audio", "all"]
    subtitle_url: Address | None = None
    subtitle_usage_type: Literal["original", "final_translated"] | None = None
    ocr_text_box: OcrTextBox | None = None
    speaker_number: SpeakerNumber | None = None
    user_prompt: str | None = None
    callback_url: Address | None = None
    project_mode: Literal["none", "editable"] | None = None
    glossary_ids: list[str] | None = None

    @model_validator(mode="after")
    def _check_pairs(self) -> Self:
        if self.media_type == "audio" and self.export_type in ("video", "all"):
            raise ValueError("export_type of an audio file cannot be video or all.")
        if self.ocr_text_box and (self.subtitle_url or self.media_type == "audio"):
            raise ValueError("ocr_text_box is for videos without a subtitle_url.")
        return self

    @property
    def exports(self) -> tuple[str, ...]:
        """Which media the result holds: `video`, `audio`, or both."""
        if self.export_type == "all":
            return ("video", "audio")
        return (self.media_type if self.export_type == "auto" else self.export_type,)


def parse(content: bytes) -> TaskRequest:
    """The request body. Raises Refused (code 5) with every mistake that it holds."""
    try:
        return TaskRequest.model_validate_json(content)
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
        raise Refused(INVALID, "Invalid request parameters. " + " ".join(faults)) from error
