"""The published forms of receipts: `docs/receipt.schema.json` is made of them, `docs/receipts.md` explains them.

A field that mirrors one of a job or a translation is filled in by its name alone. A new field, or a new word in one,
leaves VERSION as it is, so programs must read past what they do not know; a field that goes, or changes its meaning,
does not.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, SkipValidation, TypeAdapter, WithJsonSchema

from shared.jobs.translation import Problem, State

VERSION = 1

Version = Annotated[Literal[1], Field(description="of this form")]
Moment = Annotated[
    datetime,
    PlainSerializer(datetime.isoformat, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


def _is_nothing(value: object) -> bool:
    return not value


def optional(description: str) -> Any:
    """A field that is left out where there is nothing to say."""
    return Field(default=None, exclude_if=_is_nothing, description=description)


class Form(BaseModel):
    """Reads what it mirrors by attribute or by key; ignores the rest."""

    model_config = ConfigDict(frozen=True, extra="ignore", from_attributes=True)


class Name(Form):
    """A dropped file of which no more is known."""

    name: SkipValidation[str] = Field(description="in the inbox")  # may hold half a surrogate pair


class Source(Form):
    """The dropped file."""

    name: str = Field(description="in the inbox")
    version: str = Field(description="of the content: the same for the same bytes")
    sampled: bool | None = optional("true where only samples of the content tell its versions apart")
    etag: str = Field(description="of the drop that the receipt answers")
    size: int = Field(description="bytes")
    language: str | None = Field(description="source language (BCP 47); null where the service detects it")


class File(Form):
    """One published result."""

    name: str = Field(description="in the outbox")
    size: int = Field(description="bytes")
    md5: str | None = optional("base64, where storage knows it")


class Correction(Form):
    """What an iteration was made of."""

    name: str = Field(description="in the container for edits")
    etag: str = Field(description="of the drop")
    kind: str = Field(description="which of the files it corrects: target, source or metadata")


class IterationLine(Form):
    """One iteration, in the order in which they were made."""

    number: int = Field(description="from 1; a translation that is begun from nothing counts anew")
    status: State
    edit: Correction | None = optional("the correction that it was made of")
    started: Moment | None = Field(description="when it was asked for")
    ended: Moment | None = Field(description="null while it is under way")
    outputs: tuple[File, ...] = Field(description="what it published, under the names of the results before it")
    problem: Problem | None = optional("why it failed")


class TranslationReceipt(Form):
    """The receipt of one translation, written last of all: before results are replaced, and at the end."""

    version: Version
    status: State = Field(validation_alias="state")
    source: Source
    target: str = Field(description="target language (BCP 47)")
    provider: str | None = Field(description="the service that does or did the work; null while none was chosen")
    outputs: tuple[File, ...] = Field(description="the published results")
    units: dict[str, float] = Field(description="what the service says it charges for, by unit")
    estimate: dict[str, float] | None = optional("what the file was judged to hold before anything was paid, by unit")
    details: dict[str, Any] | None = optional(
        "how it was made: what was applied, ids of the service for a support case"
    )
    warnings: tuple[str, ...] = Field(description="what is missing or odd although it succeeded")
    accepted: Moment = Field(description="when the drop was accepted")
    started: Moment | None = Field(description="when its first paid step was taken")
    ended: Moment | None = Field(description="null while it is under way")
    attempt: int = Field(description="of the same content, from 1")
    repeats: int = Field(description="paid requests that were sent again because their answer was lost")
    iterations: tuple[IterationLine, ...] = Field(description="what the service made of it, where it makes iterations")
    edits: tuple[str, ...] | None = optional("corrections that wait for their turn, by name")
    problem: Problem | None = optional("why it failed, or what holds it")
    passed_over: dict[str, Problem] | None = optional("services of the route that did not do it, and why")


class Line(Form):
    """One translation in the receipt of the drop."""

    target: str = Field(description="target language (BCP 47)")
    status: State = Field(validation_alias="state")
    provider: str | None = Field(description="the service that does or did the work; null while none was chosen")
    held_until: Moment | None = optional("when it is tried again, where a limit or a service holds it")
    problem: Problem | None = optional("why it failed, or what holds it")
    passed_over: dict[str, Problem] | None = optional("services of the route that did not do it, and why")


class DropReceipt(Form):
    """The receipt of a drop: its translations and their state, or why it waits or was refused."""

    version: Version
    status: Literal["waiting", "refused", "held", "running", "succeeded", "partial", "failed", "canceled", "superseded"]
    id: str = Field(validation_alias="key", description="of the job, for `GET /api/jobs/<id>`")
    source: Source
    accepted: Moment = Field(description="when the drop was accepted")
    attempt: int = Field(description="of the same content, from 1")
    problems: tuple[Problem, ...] = Field(description="why it waits or was refused, or why this attempt began nothing")
    translations: tuple[Line, ...] = Field(description="one for each target language")
    edits: tuple[str, ...] | None = optional("corrections that wait until all translations have ended, by name")


class NoJobReceipt(Form):
    """The receipt of a file that never became a job: its name cannot be used, or the app failed to accept it."""

    version: Version
    status: Literal["refused", "failed"]
    source: Name
    problem: Problem


class Upload(Form):
    """A correction as it lies in the container for edits."""

    name: str = Field(description="in the container for edits")
    etag: str = Field(description="of the upload that the receipt answers; a newer upload takes it over")


class EditReceipt(Form):
    """The receipt of a correction: what it counts for, or why it does not count. What comes of it, iterations tell."""

    version: Version
    status: Literal["accepted", "refused", "failed"]
    source: Upload
    targets: tuple[str, ...] | None = optional("the languages that it counts for")
    wait_for: dict[str, str] | None = optional(
        "by language that it counts for, the `edit.etag` of its iteration: that of an earlier upload where the same "
        "content is made already"
    )
    problem: Problem | None = optional("why it does not count")
    refused: dict[str, Problem] | None = optional("languages that it does not count for, and why")


Receipt = TranslationReceipt | DropReceipt | NoJobReceipt | EditReceipt


def schema() -> dict[str, Any]:
    """The JSON Schema of all receipts."""
    made: dict[str, Any] = TypeAdapter(Receipt).json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A receipt of Babeldrop"} | made
