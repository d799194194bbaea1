"""What Document Translation accepts to start a batch, and in which api-version each field came.

Follows the OpenAPI of v1.1, 2024-05-01 and 2026-03-01, and the pages' `experimental` of v1.1. A body that does not
bind is refused with an integer code, as clients report; one that binds and makes no sense, with a word.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal
from urllib.parse import parse_qs, urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from sandbox.doubles import translator_languages
from sandbox.doubles.document_formats import LANGUAGES, LATEST, V1
from sandbox.doubles.document_refusals import Refused, incorrect, unbound


@dataclass(frozen=True)
class Only:
    """Marks a field with the one api-version that has it."""

    version: str


class Body(BaseModel):
    """A part of the request: camelCase names, no unknown ones, no conversions."""

    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel, validate_by_name=True)


type Storage = Literal["AzureBlob"]


class Filter(Body):
    """Which blobs of a folder, by the beginning and the end of the path after the container; case matters."""

    prefix: str | None = None
    suffix: str | None = None


class Source(Body):
    """Where the documents are."""

    source_url: str
    filter: Filter | None = None
    language: str | None = None
    storage_source: Storage = "AzureBlob"


class GlossaryInput(Body):
    """Terms to apply. Its format is required by the schema, and found by the name's end where it is left out."""

    glossary_url: str
    format: str | None = None
    version: str | None = None
    storage_source: Storage = "AzureBlob"


class TargetOptions(Body):
    """What else to make of a target."""

    pdf_output_additional_format: Literal["None", "OpenXmlWord"] | None = None


class Target(Body):
    """One language, and where its documents go."""

    target_url: str
    language: str
    category: str | None = None
    deployment_name: Annotated[str | None, Only(LATEST)] = None
    glossaries: list[GlossaryInput] | None = None
    storage_source: Storage = "AzureBlob"
    options: Annotated[TargetOptions | None, Only(V1)] = None

    @property
    def with_word(self) -> bool:
        """Whether a PDF comes back as a Word document, too."""
        return self.options is not None and self.options.pdf_output_additional_format == "OpenXmlWord"


class Input(Body):
    """A folder or a file, and its targets."""

    source: Source
    targets: list[Target]
    storage_type: Literal["Folder", "File"] = "Folder"

    @property
    def is_file(self) -> bool:
        """Whether the addresses are blobs, and not containers."""
        return self.storage_type == "File"


class Options(Body):
    """Of the whole batch."""

    translate_text_within_image: Annotated[bool | None, Only(LATEST)] = None
    experimental: Annotated[bool | None, Only(V1)] = None


class StartRequest(Body):
    """The body of a start."""

    inputs: list[Input]
    options: Options | None = None

    @property
    def within_images(self) -> bool:
        """Whether text in pictures is wanted."""
        return bool(self.options and self.options.translate_text_within_image)

    def urls(self) -> Iterator[str]:
        """Every address."""
        for each in self.inputs:
            yield each.source.source_url
            for target in each.targets:
                yield target.target_url
                yield from (glossary.glossary_url for glossary in target.glossaries or ())


def parse(content: bytes, version: str) -> StartRequest:
    """The request of that api-version. Raises Refused (400) for the first thing that is wrong with it."""
    try:
        asked = StartRequest.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        raise unbound(".".join(map(str, first["loc"])), missing=first["type"] == "missing") from error
    for field in _foreign(asked, version):
        raise incorrect("UnknownField", f"The field {field} is not known in {version}.", "Operation")
    _check(asked)
    return asked


def _foreign(body: BaseModel, version: str) -> Iterator[str]:
    """The fields that are given and that the api-version does not have."""
    for name, field in type(body).model_fields.items():
        value = getattr(body, name)
        if value is not None and any(mark.version != version for mark in field.metadata if isinstance(mark, Only)):
            yield str(field.alias)
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, BaseModel):
                yield from _foreign(part, version)


def _check(asked: StartRequest) -> None:
    if not asked.inputs:
        raise incorrect("InvalidInputs", "At least one input is needed.", "Operation")
    for each in asked.inputs:
        _check_input(each)
    for url in asked.urls():
        _check_url(url)


def _check_input(given: Input) -> None:
    if not 1 <= len(given.targets) <= LANGUAGES:
        raise incorrect("InvalidTargets", f"One to {LANGUAGES} targets are needed.", "Operation")
    if len({target.target_url for target in given.targets}) < len(given.targets):
        raise incorrect("DuplicateTargetUrl", "The targetUrl of each target language must be unique.", "Operation")
    if given.is_file and given.source.filter and given.source.filter.model_dump(exclude_none=True):
        raise incorrect("InvalidFilter", "A filter needs the storageType Folder.", "Operation")
    for language in (given.source.language, *(target.language for target in given.targets)):
        check_language(language)


def check_language(code: str | None) -> None:
    """Refuse (400) a language that the service does not know; None stands for detection."""
    if code is not None and not translator_languages.is_known(code):
        raise incorrect("InvalidLanguage", f"The language {code} is not supported.", "Operation")


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.netloc:
        raise incorrect("InvalidUrl", "An absolute https address is needed.", "Operation")
    if parts.query and "sig" not in parse_qs(parts.query):
        outer, inner = "Some argument is incorrect", "SAS token for storage is invalid"
        raise Refused(400, "InvalidRequest", outer, "SASTokenInvalid", inner)
