"""The words in which Document Translation says that a document or a batch cannot be done.

The outer codes are the closed list TranslationErrorCode of its OpenAPI. Of the inner codes only some are published
(facts on documents, section 1.6); those that are ours are marked.
"""

from pydantic import BaseModel, ConfigDict, Field

INVALID_REQUEST = "InvalidRequest"
OUTER_CODES = (
    INVALID_REQUEST,
    "InvalidArgument",
    "InternalServerError",
    "ServiceUnavailable",
    "ResourceNotFound",
    "Unauthorized",
    "RequestRateTooHigh",
)
SOURCE_ACCESS, TARGET_ACCESS = "InvalidDocumentAccessLevel", "InvalidTargetDocumentAccessLevel"
TARGET_EXISTS, NO_TEXT, WRONG_ENCODING = "TargetFileAlreadyExists", "NoTranslatableText", "WrongDocumentEncoding"
TOO_MANY = "MaxDocumentsExceeded"
# Ours: the service's own words are not published.
TOO_LARGE, BAD_DOCUMENT, ENCRYPTED = "DocumentSizeExceeded", "InvalidDocumentFormat", "EncryptedDocument"
BAD_GLOSSARY, NOTHING_FOUND = "InvalidGlossary", "NoDocumentsFound"


class Fault(BaseModel):
    """An error inside a status: a code within a code, the second the telling one."""

    model_config = ConfigDict(frozen=True)

    message: str
    inner: str
    outer: str = INVALID_REQUEST
    inner_target: str | None = None
    details: dict[str, str] = Field(default_factory=dict)

    def shown(self, target: str) -> dict[str, object]:
        """The TranslationError; `target` is `Operation` or `Document`. All versions spell it `innerError` here."""
        inner: dict[str, object] = {"code": self.inner, "message": self.message}
        if self.inner_target:
            inner["target"] = self.inner_target
        if self.details:
            inner["details"] = self.details
        return {"code": self.outer, "message": self.message, "target": target, "innerError": inner}


class Failed(Exception):
    """A document or a batch cannot be done, for that reason."""

    def __init__(self, inner: str, message: str, **details: str) -> None:
        """Hold the inner code, the sentence, and what else is known by name."""
        super().__init__(message)
        self.fault = Fault(message=message, inner=inner, details=details)
