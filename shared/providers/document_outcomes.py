"""What the status of a batch and of its document means. `Succeeded` says nothing of the documents in it.

https://learn.microsoft.com/azure/ai-services/translator/document-translation/reference/get-translation-status
"""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.errors import NotFound, ProviderError
from shared.providers.answers import codes, part, text, told
from shared.providers.codes import FAILURES, failure
from shared.providers.document_client import SERVICE

AT_WORK = frozenset({"NotStarted", "Running", "Cancelling"})
SUCCEEDED, CANCELLED = "Succeeded", "Cancelled"
ENDED = frozenset({SUCCEEDED, CANCELLED, "Failed", "ValidationFailed"})
#: Trouble of the service's own, or a target that somebody else has written: another try under a fresh target may do.
AGAIN = frozenset({"InternalServerError", "ServiceUnavailable", "RequestRateTooHigh", "TargetFileAlreadyExists"})
#: Seconds before each further try; after the last the translation fails.
WAITS = (15.0, 60.0, 300.0)


def wait_before_another(said: Sequence[str], tries: int) -> float | None:
    """Seconds to wait before the document is sent again, after so many tries that ended in these codes; None: never."""
    return WAITS[tries - 1] if AGAIN.intersection(said) and tries <= len(WAITS) else None


def error_of(batch: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the service says went wrong: of the document, else of the whole batch."""
    return part(document, "error") or part(batch, "error")


def failed(batch: Mapping[str, Any], document: Mapping[str, Any]) -> ProviderError:
    """The error for a document that was not translated, in the service's words."""
    error, batch_id = error_of(batch, document), text(batch, "id")
    said = codes(error)
    status = text(document, "status") or text(batch, "status")
    words = told(error) or "the service gives no reason"
    code = next((code for code in reversed(said) if (SERVICE, code) in FAILURES), said[-1] if said else None)
    return failure(SERVICE, code, f"{SERVICE}: {status}: {words} (batch {batch_id})")


def document_units(batch: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, float]:
    """What a document was charged, by unit: its own numbers, else its batch's."""
    summary = part(batch, "summary")
    said = {
        "characters": text(document, "characterCharged") or text(summary, "totalCharacterCharged"),
        "images": text(document, "imageCharged") or text(summary, "totalImageCharged"),
    }
    return {unit: float(count) for unit, count in said.items() if count and count.isdecimal()}


def scans(document: Mapping[str, Any]) -> dict[str, Any]:
    """How many pictures were looked at for text, and in vain, for the receipt."""
    said = {
        "imageScansSucceeded": text(document, "totalImageScansSucceeded"),
        "imageScansFailed": text(document, "totalImageScansFailed"),
    }
    return {name: int(count) for name, count in said.items() if count and count.isdecimal() and count != "0"}


def vanished(batch: Mapping[str, Any]) -> ProviderError:
    """The error for a batch that succeeded without a document."""
    return NotFound(f"{SERVICE}: the batch {text(batch, 'id')} has succeeded, and has no document")
