"""How Text Translation refuses a request: six digits, the first three of which are the HTTP status.

Follows its page on status response codes (reference/status-response-codes). The code is an integer until
2025-05-01-preview and a string in 2026-06-06, as the OpenAPI of each says. The sentences are not part of the contract.
"""

from aiohttp import web

PREVIEW, LATEST = "2025-05-01-preview", "2026-06-06"
VERSIONS = (PREVIEW, LATEST)
INVALID_INPUT, BAD_SCOPE, BAD_LANGUAGE, BAD_TARGET_SCRIPT, BAD_TEXT = 400000, 400001, 400003, 400004, 400005
BAD_PAIR_OF_SCRIPTS, BAD_SOURCE_SCRIPT, BAD_ELEMENT, BAD_VERSION = 400006, 400018, 400020, 400021
BAD_SOURCE, BAD_TARGET, BAD_TRACE_ID, TOO_LONG = 400035, 400036, 400043, 400050
BAD_TEXT_TYPE, TOO_MANY_ELEMENTS, BAD_JSON, NO_MODEL_FOR_PAIR, TOO_LARGE = 400071, 400072, 400074, 400075, 400077
NO_CUSTOM_MODEL, NO_TRANSLITERATION = 400079, 400080
NOT_AUTHORIZED, NOT_ALLOWED, BAD_CONTENT_TYPE, TOO_FAST = 401000, 403000, 415000, 429001
_WORDS = {
    INVALID_INPUT: "One of the request inputs is not valid.",
    BAD_SCOPE: "The scope parameter is invalid.",
    BAD_LANGUAGE: "A language specifier is missing or invalid.",
    BAD_TARGET_SCRIPT: "A target script specifier is missing or invalid.",
    BAD_TEXT: "An input text is missing or invalid.",
    BAD_PAIR_OF_SCRIPTS: "The combination of language and script is not valid.",
    BAD_SOURCE_SCRIPT: "A source script specifier is missing or invalid.",
    BAD_ELEMENT: "One of the elements in the array of input text is not valid.",
    BAD_VERSION: "The API version parameter is missing or invalid.",
    BAD_SOURCE: "The source language is not valid.",
    BAD_TARGET: "The target language is missing or invalid.",
    BAD_TRACE_ID: "The client trace id is missing or invalid.",
    TOO_LONG: "The input text is too long.",
    BAD_TEXT_TYPE: "The value is not valid for textType.",
    TOO_MANY_ELEMENTS: "The array of input text has too many elements.",
    BAD_JSON: "The body of the request is not valid JSON.",
    NO_MODEL_FOR_PAIR: "The language pair and model combination is not valid.",
    TOO_LARGE: "The maximum request size has been exceeded.",
    NO_CUSTOM_MODEL: "The custom system requested for translation between the languages does not exist.",
    NO_TRANSLITERATION: "Transliteration is not supported for the language or script.",
    NOT_AUTHORIZED: "The request is not authorized because credentials are missing or invalid.",
    NOT_ALLOWED: "The operation is not allowed.",
    403001: "The operation is not allowed because the subscription has exceeded its free quota.",
    404000: "The requested resource is not found.",
    405000: "The request method is not supported for the requested resource.",
    408001: "The custom translation system requested is not yet available. Retry in a few minutes.",
    BAD_CONTENT_TYPE: "The Content-Type header is missing or invalid.",
    429000: "The server rejected the request because the client has exceeded request limits.",
    TOO_FAST: "The server rejected the request because the client has exceeded request limits.",
    500000: "An unexpected error occurred.",
    503000: "The service is temporarily unavailable. Retry the request.",
}
# What stands for a status that has no cause of its own.
_OF_STATUS = {403: 403001, 408: 408001}


class Refused(Exception):
    """The request is refused, with one of the service's codes."""

    def __init__(self, code: int, detail: str = "", headers: dict[str, str] | None = None) -> None:
        """Hold what the answer needs; `detail` says which part of the request it is about."""
        super().__init__(detail)
        self.code, self.headers = code, headers or {}
        self.message = " ".join(filter(None, [_WORDS.get(code, "The request failed."), detail]))

    def answer(self, version: str) -> web.Response:
        """The refusal in the dialect of that api-version."""
        code = self.code if version == PREVIEW else str(self.code)
        error = {"error": {"code": code, "message": self.message}}
        return web.json_response(error, status=self.code // 1000, headers=self.headers)


def of_status(status: int) -> Refused:
    """The refusal of that HTTP status, where nothing more is known."""
    return Refused(_OF_STATUS.get(status, status * 1000))
