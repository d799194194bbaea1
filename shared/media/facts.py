"""What is read from a dropped file once, when it is accepted, and kept on its job."""

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ConfigDict, model_serializer


class MediaFacts(BaseModel):
    """What a file is, as far as it could be judged; a field that is absent is not known.

    Only what is known is serialised, and fields that a newer version of the app wrote survive a rewrite.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    type: str | None = None  # by the first bytes: "mp4", "zip", "text"
    duration: float | None = None  # seconds
    pages: int | None = None
    image_pages: int | None = None  # of a PDF: pages that hold a picture and no text
    images: int | None = None  # of a document: pictures that a service may scan and charge
    characters: int | None = None  # an estimate
    encrypted: bool = False
    encoding: str | None = None  # Python's name, where the bytes themselves tell it
    front_matter: bool = False  # of Markdown
    unfit: str | None = None  # why nobody can translate it, in words for a person
    advice: str | None = None  # what to do about that
    warnings: tuple[str, ...] = ()

    @model_serializer(mode="wrap")
    def _known(self, serialize: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        fields = type(self).model_fields
        return {
            name: value
            for name, value in serialize(self).items()
            if name not in fields or getattr(self, name) != fields[name].default
        }
