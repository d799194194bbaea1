"""How Document Translation refuses a request: two dialects, and a third with an integer for a code.

Until v1.1 an error holds `innerError` with a code and a message. From 2024-05-01 on it is the ErrorResponse of Azure
Core: `innererror` has no message, `details` may be there, and the code is in the header `x-ms-error-code`, too.
"""

from aiohttp import web

NOT_BOUND = 400000
# The published examples' words: outer code and message, inner code and message.
_PUBLISHED = {
    401: ("Unauthorized", "User is not authorized", "Unauthorized", "Operation is not authorized"),
    404: ("ResourceNotFound", "id not found", "ResourceNotFound", "Resource requested is not found"),
    429: (
        "RequestRateTooHigh",
        "User's request rate is too high",
        "RateTooHigh",
        "Request rate is too high",
    ),
    500: (
        "InternalServerError",
        "Internal Server Error",
        "InternalServerError",
        "Unexpected internal server error has occurred",
    ),
    503: (
        "ServiceUnavailable",
        "Service is temporary unavailable",
        "ServiceTemporaryUnavailable",
        "Service is currently unavailable.  Please try again later",
    ),
}


class Refused(Exception):
    """The request is refused."""

    def __init__(
        self,
        status: int,
        code: str | int,
        message: str,
        inner: str | None = None,
        inner_message: str | None = None,
        target: str | None = None,
    ) -> None:
        """Hold what the answer needs; without `inner` there is no error within the error."""
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.inner, self.inner_message, self.target = inner, inner_message or message, target

    def answer(self, *, older: bool) -> web.Response:
        """The refusal in the older dialect (v1.1), or in the newer."""
        error: dict[str, object] = {"code": self.code, "message": self.message}
        if self.target:
            error["target"] = self.target
        if self.inner:
            error |= self._inner(older)
        headers = {} if older else {"x-ms-error-code": str(self.code)}
        return web.json_response({"error": error}, status=self.status, headers=headers)

    def _inner(self, older: bool) -> dict[str, object]:
        if older:
            return {"innerError": {"code": self.inner, "message": self.inner_message}}
        detail: dict[str, str | None] = {"code": self.inner, "message": self.inner_message}
        if self.target:
            detail["target"] = self.target
        return {"details": [detail], "innererror": {"code": self.inner}}


def published(status: int) -> Refused:
    """The refusal of that status in the published words; others than 401, 404, 429 and 503 are as 500."""
    outer, message, inner, inner_message = _PUBLISHED.get(status, _PUBLISHED[500])
    return Refused(status, outer, message, inner, inner_message)


def incorrect(inner: str, message: str, target: str | None = None) -> Refused:
    """A request that binds, and makes no sense (400). The inner codes are ours: the service's are not published."""
    return Refused(400, "InvalidRequest", message, inner, target=target)


def unbound(where: str, *, missing: bool) -> Refused:
    """A body that does not bind (400)."""
    if missing:
        return Refused(400, NOT_BOUND, f"The {where} field is required.")
    return Refused(400, NOT_BOUND, f"The JSON value could not be converted. Path: $.{where}")
