"""What a brief may say under `azure-document`: the service's own fields, by api-version and by way.

https://learn.microsoft.com/azure/ai-services/translator/document-translation/reference/start-batch-translation
https://learn.microsoft.com/azure/ai-services/translator/document-translation/reference/translate-document
"""

from collections.abc import Mapping
from typing import Any, Literal

from shared.names import BlobName
from shared.providers.document_formats import LATEST, MODERN, OLDEST
from shared.providers.options import Fields, together
from shared.providers.task import Media

#: `mode` and the names of glossaries are ours; the rest is the service's.
_ALWAYS: Mapping[str, Any] = {
    "mode": Literal["auto", "batch", "sync"],
    "category": str,
    "glossaries": list[str],
}
#: The fields that the api-versions have beside those; `options` holds what the service calls so.
_MORE: Mapping[str, Mapping[str, Any]] = {
    LATEST: {"allowFallback": bool, "deploymentName": str, "options": Fields({"translateTextWithinImage": bool})},
    "2024-05-01": {"allowFallback": bool},
    OLDEST: {
        "options": Fields({"experimental": bool, "pdfOutputAdditionalFormat": Literal["None", "OpenXmlWord"]}),
    },
}
OWNED = frozenset(
    {"inputs", "source", "sourceUrl", "filter", "storageSource", "storageType", "targets", "targetUrl", "language"}
    | {"glossaryUrl", "sourceLanguage", "targetLanguage", "document", "glossary"}
)
_OF_TARGET, _OF_QUERY = ("pdfOutputAdditionalFormat",), ("translateTextWithinImage",)


def fields_of(version: str) -> Fields:
    """The fields of an api-version."""
    return Fields({**_ALWAYS, **_MORE[version]}, OWNED)


#: Those of all api-versions.
FIELDS = together(map(fields_of, _MORE))


def mode_of(options: Mapping[str, Any]) -> str:
    """`auto`, `batch` or `sync`."""
    return str(options.get("mode") or "auto")


def of_target(options: Mapping[str, Any]) -> dict[str, Any]:
    """What stands beside the target's address in a batch."""
    inner = _given(_inner(options), *_OF_TARGET)
    return _given(options, "category", "deploymentName") | ({"options": inner} if inner else {})


def of_batch(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a whole batch."""
    return {name: value for name, value in _inner(options).items() if name not in _OF_TARGET and value is not None}


def of_query(options: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in the query of the synchronous call."""
    given = _given(options, "category", "deploymentName", "allowFallback")
    return given | _given(_inner(options), *_OF_QUERY)


def wants_word(options: Mapping[str, Any]) -> bool:
    """Whether a PDF is to come back as a Word document, too."""
    return _inner(options).get("pdfOutputAdditionalFormat") == "OpenXmlWord"


def _inner(options: Mapping[str, Any]) -> Mapping[str, Any]:
    return options.get("options") or {}


def _given(options: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: options[name] for name in names if options.get(name) is not None}


def suffixes_of(media: Media, options: Mapping[str, Any]) -> tuple[str, ...]:
    """The ends of the names of all results, the document's own first."""
    word = ("docx",) if wants_word(options) and media.extension == ".pdf" else ()
    return (suffix_of(media), *word)


def suffix_of(media: Media) -> str:
    """What the result's name ends with: as the person wrote it, unless it comes back in a newer format."""
    return MODERN.get(media.extension, BlobName(media.name).extension).removeprefix(".")
