"""What a brief may say under `vozo`, and what goes together with a file.

https://www.vozo.ai/docs/api_reference/endpoints/translate_dub/create
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from shared.providers.options import Fields, SubtitleName

Share = Annotated[float, Field(ge=0, le=1, description="a number from 0 to 1")]
Length = Annotated[float, Field(gt=0, le=1, description="a number above 0 and up to 1")]
Count = Annotated[int, Field(ge=1, description="a whole number, at least 1")]

#: `subtitles` is ours: a file in the container for glossaries becomes subtitle_url and subtitle_usage_type.
FIELDS = Fields(
    {
        "export_type": Literal["auto", "video", "audio", "all"],
        "user_prompt": str,
        "speaker_number": Fields({"min": Count, "max": Count}),
        "ocr_text_box": Fields({"x": Share, "y": Share, "width": Length, "height": Length}),
        "subtitles": Fields({"file": SubtitleName, "usage": Literal["original", "final_translated"]}),
        "project_mode": Literal["none", "editable"],
        "glossary_ids": list[str],
    },
    frozenset({"media_type", "media_url", "source_language", "target_language", "callback_url", "subtitle_url"})
    | {"subtitle_usage_type"},
)
VIDEO_ONLY = frozenset({"video", "all"})
#: Fields that are left out for an audio file.
FOR_VIDEOS = frozenset({"ocr_text_box"})
_BOX = ("x", "y", "width", "height")


def contradictions(options: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What cannot be asked for together, as (path, what is wrong). Each by itself fits the table of fields."""
    box, subtitles = options.get("ocr_text_box"), options.get("subtitles")
    speakers = options.get("speaker_number")
    if box and subtitles:
        yield "ocr_text_box", "cannot be given together with subtitles; unset one of them with null"
    if isinstance(box, Mapping):
        yield from _wrong_box(box)
    if isinstance(speakers, Mapping) and _number(speakers, "min") > _number(speakers, "max") > 0:
        yield "speaker_number.min", "must not be more than speaker_number.max"


def absences(options: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is missing once all layers of a brief are merged, in the same form."""
    for part, names in (("ocr_text_box", _BOX), ("subtitles", ("file", "usage"))):
        for name in names:
            if options.get(part) and options[part].get(name) is None:
                yield f"{part}.{name}", "is needed"


def given_for(kind: str, options: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The fields as they go with a kind of file, and what to tell of those that do not.

    A folder's brief holds for its audio files too: what is for videos alone is left out there.
    """
    given = {"export_type": "auto"} | {name: value for name, value in options.items() if name != "subtitles"}
    told: list[str] = []
    if kind == "audio" and given["export_type"] in VIDEO_ONLY:
        told.append(f"vozo: export_type {given['export_type']} is for videos; an audio file comes back as audio.")
        given["export_type"] = "auto"
    if kind == "audio" and given.pop("ocr_text_box", None):
        told.append("vozo: ocr_text_box is for videos; it is left out for an audio file.")
    return given, told


def _wrong_box(box: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for start, length in (("x", "width"), ("y", "height")):
        if length in box and _number(box, start) + _number(box, length) > 1:
            yield f"ocr_text_box.{length}", f"reaches beyond the picture: {start} and {length} are more than 1 together"


def _number(of: Mapping[str, Any], name: str) -> float:
    value = of.get(name)
    return value if isinstance(value, int | float) else 0
