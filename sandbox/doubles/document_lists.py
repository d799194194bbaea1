"""The lists of Document Translation: filter, sort, skip, top, page, in that order, with a link to the next page.

In v1.1 the parameters are called `$top`, `$skip`, `$maxpagesize` and `$orderBy`, and the link `@nextLink`. A link
keeps what was asked, and says how many rows are left (recorded answers of v1.0).
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from aiohttp import web

from sandbox.doubles.document_formats import V1
from sandbox.doubles.document_jobs import STATUSES, Batch, Document
from sandbox.doubles.document_refusals import incorrect

PAGE, LONGEST_PAGE, LARGEST = 50, 100, 2**31 - 1
FILTERS = ("ids", "statuses", "createdDateTimeUtcStart", "createdDateTimeUtcEnd")
_ORDER = re.compile(r"createdDateTimeUtc( asc| desc)?", re.IGNORECASE)


def names(version: str) -> dict[str, str]:
    """What the paging parameters are called in that api-version."""
    if version == V1:
        return {"top": "$top", "skip": "$skip", "size": "$maxpagesize", "order": "$orderBy"}
    return {"top": "top", "skip": "skip", "size": "maxpagesize", "order": "orderby"}


def parameters(version: str) -> frozenset[str]:
    """The query parameters of a list."""
    return frozenset((*names(version).values(), *FILTERS))


def chosen[T: (Batch, Document)](request: web.Request, rows: Iterable[T], version: str) -> list[T]:
    """The rows that the filters let through, in the order asked for. Raises Refused (400)."""
    ids, statuses = _ids(request), _statuses(request)
    start, end = (_time(request, name) for name in ("createdDateTimeUtcStart", "createdDateTimeUtcEnd"))
    found = [
        row
        for row in rows
        if (ids is None or row.id in ids)
        and (statuses is None or row.status in statuses)
        and (start is None or row.created >= start)
        and (end is None or row.created <= end)
    ]
    return sorted(found, key=lambda row: row.created, reverse=_descending(request, version))


def page(request: web.Request, rows: Sequence[dict[str, Any]], version: str) -> dict[str, Any]:
    """The rows that `skip`, `top` and `maxpagesize` ask for, with the link to the rest. Raises Refused (400)."""
    called = names(version)
    skip = _number(request, called["skip"], 0, range(LARGEST + 1))
    top = _number(request, called["top"], len(rows), range(LARGEST + 1))
    size = _number(request, called["size"], PAGE, range(1, LONGEST_PAGE + 1))
    left = rows[skip : skip + top]
    shown: dict[str, Any] = {"value": left[:size]}
    if len(left) > size:
        following = {called["skip"]: skip + size, called["top"]: len(left) - size, called["size"]: size}
        shown["@nextLink" if version == V1 else "nextLink"] = str(request.url.update_query(following))
    return shown


def _number(request: web.Request, name: str, default: int, allowed: range) -> int:
    text = request.query.get(name)
    if text is None:
        return default
    if not text.isdecimal() or int(text) not in allowed:
        raise incorrect("InvalidQuery", f"{name} must be from {allowed.start} to {allowed.stop - 1}.")
    return int(text)


def _csv(request: web.Request, name: str) -> list[str] | None:
    text = request.query.get(name)
    return None if text is None else [part.strip() for part in text.split(",")]


def _ids(request: web.Request) -> list[str] | None:
    given = _csv(request, "ids")
    try:
        return None if given is None else [str(UUID(each)) for each in given]
    except ValueError as error:
        raise incorrect("InvalidQuery", "ids must be a list of UUIDs.") from error


def _statuses(request: web.Request) -> list[str] | None:
    given = _csv(request, "statuses")
    if given is not None and (unknown := set(given) - set(STATUSES)):
        raise incorrect("InvalidQuery", f"The status {min(unknown)} is not known.")
    return given


def _time(request: web.Request, name: str) -> datetime | None:
    text = request.query.get(name)
    if text is None:
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise incorrect("InvalidQuery", f"{name} must be a time as in RFC 3339.") from error
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _descending(request: web.Request, version: str) -> bool:
    name = names(version)["order"]
    text = request.query.get(name, "createdDateTimeUtc desc")
    if not _ORDER.fullmatch(text):
        raise incorrect("InvalidQuery", f"{name} knows createdDateTimeUtc asc and desc only.")
    return text.lower().endswith(" desc")
