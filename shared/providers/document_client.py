"""Every operation of Azure Document Translation, in its three versions.

https://learn.microsoft.com/azure/ai-services/translator/document-translation/reference/rest-api-guide
"""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from shared.errors import AnswerLost, Unreachable
from shared.providers.answers import Answer, request_id
from shared.providers.document_formats import LARGEST, OLDEST
from shared.providers.http import Service

SERVICE = "Document Translation"
_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
MOST_PAGES = 1000
#: Seconds that a synchronous translation may take; none is published, and custom models of text have two minutes.
LONGEST_TRANSLATION = 240.0


class Accepted(NamedTuple):
    """A batch that was taken on: its id, and the id of the request."""

    id: str
    request: str | None


class File(NamedTuple):
    """A document or a glossary, as the synchronous call takes it."""

    name: str
    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Translated:
    """The answer of the synchronous call. Without `characters` the service does not say what it charges."""

    content: bytes
    request: str | None
    characters: int | None = None
    scans_succeeded: int | None = None
    scans_failed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which rows of a list are wanted; `top` in all, `page` of them with each answer (up to 100)."""

    ids: Sequence[str] = ()
    statuses: Sequence[str] = ()
    created_from: datetime | None = None
    created_to: datetime | None = None
    oldest_first: bool = False
    top: int | None = None
    skip: int | None = None
    page: int | None = None

    def query(self, version: str) -> dict[str, str]:
        """The parameters; in v1.1 some of them begin with a dollar sign."""
        sign, order = ("$", "$orderBy") if version == OLDEST else ("", "orderby")
        given = {
            "ids": ",".join(self.ids),
            "statuses": ",".join(self.statuses),
            "createdDateTimeUtcStart": _moment(self.created_from),
            "createdDateTimeUtcEnd": _moment(self.created_to),
            order: "createdDateTimeUtc asc" if self.oldest_first else None,
            f"{sign}top": self.top,
            f"{sign}skip": self.skip,
            f"{sign}maxpagesize": self.page,
        }
        return {name: str(value) for name, value in given.items() if value not in (None, "")}


ALL = Wanted()


class DocumentClient:
    """Talks to one resource in one api-version. Errors are the ProviderErrors of `shared.errors`."""

    def __init__(self, service: Service, version: str) -> None:
        """`version` is one of VERSIONS; v1.1 stands in the path, the others in the query."""
        self._service, self.version = service, version
        self._base = "/translator/text/batch/v1.1" if version == OLDEST else "/translator/document"

    async def start(self, body: Mapping[str, Any]) -> Accepted:
        """Start a batch (StartTranslationDetails). AnswerLost where it may be at work and its id is not known."""
        answer = await self._call("POST", "/batches", json=body, repeatable=False)
        location = answer.headers.get("Operation-Location", "")
        ids = _ID.findall(location)  # it may say /operation/ or /batches/ before the id
        if not ids:
            raise AnswerLost(f"{SERVICE} has taken a batch on and does not say under which id")
        return Accepted(ids[-1].lower(), request_id(answer))

    async def batch(self, batch_id: str) -> dict[str, Any]:
        """The TranslationStatus of a batch."""
        return await self._get(f"/batches/{batch_id}")

    def batches(self, wanted: Wanted = ALL) -> AsyncIterator[dict[str, Any]]:
        """The TranslationStatus of every batch of the resource, the newest first unless asked otherwise."""
        return self._rows("/batches", wanted)

    async def document(self, batch_id: str, document_id: str) -> dict[str, Any]:
        """The DocumentStatus of a document of a batch."""
        return await self._get(f"/batches/{batch_id}/documents/{document_id}")

    def documents(self, batch_id: str, wanted: Wanted = ALL) -> AsyncIterator[dict[str, Any]]:
        """The DocumentStatus of every document of a batch: one for each source and target language."""
        return self._rows(f"/batches/{batch_id}/documents", wanted)

    async def cancel(self, batch_id: str) -> dict[str, Any]:
        """Stop what has not begun; the TranslationStatus. Refused where the batch has ended."""
        return self._service.json(await self._call("DELETE", f"/batches/{batch_id}"))

    async def document_formats(self) -> list[dict[str, Any]]:
        """The FileFormats that documents may have."""
        return await self._formats("document")

    async def glossary_formats(self) -> list[dict[str, Any]]:
        """The FileFormats that glossaries may have."""
        return await self._formats("glossary")

    async def translate(
        self, document: File, glossaries: Sequence[File], query: Mapping[str, str | bool | None]
    ) -> Translated:
        """Translate one small document at once; `query` has `targetLanguage` and what else the operation knows."""
        given = {name: _word(value) for name, value in query.items() if value is not None}
        files = [("document", document), *(("glossary", glossary) for glossary in glossaries)]
        answer = await self._service.call(
            "POST",
            "/translator/document:translate",
            params={"api-version": self.version} | given,
            files=files,
            repeatable=False,
            longest=LONGEST_TRANSLATION,
            largest=LARGEST,
        )
        if not answer.content:
            raise AnswerLost(f"{SERVICE} answered with an empty document")
        return Translated(
            answer.content,
            request_id(answer),
            _count(answer, "x-metered-usage"),
            _count(answer, "total-image-scans-succeeded"),
            _count(answer, "total-image-scans-failed"),
        )

    async def _formats(self, kind: str) -> list[dict[str, Any]]:
        if self.version == OLDEST:
            plural = {"document": "documents", "glossary": "glossaries"}[kind]
            return _rows_of(await self._get(f"/{plural}/formats"))
        return _rows_of(await self._get("/formats", {"type": kind}))

    async def _rows(self, path: str, wanted: Wanted) -> AsyncIterator[dict[str, Any]]:
        query = wanted.query(self.version)
        for _ in range(MOST_PAGES):
            page = await self._get(path, query)
            for row in _rows_of(page):
                yield row
            link = _next_link(page)
            if link is None:
                return
            # Only its query is taken: where a link leads is not for an answer to say.
            query = dict(parse_qsl(urlsplit(link).query))
        raise Unreachable(f"the list {path} of {SERVICE} does not end")

    async def _get(self, path: str, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        return self._service.json(await self._call("GET", path, params=query or {}))

    async def _call(self, method: str, path: str, **request: Any) -> Answer:
        params = dict(request.pop("params", {}))
        if self.version != OLDEST:
            params["api-version"] = self.version
        return await self._service.call(method, self._base + path, params=params, **request)


def _next_link(page: Mapping[str, Any]) -> str | None:
    """The link to the next page; v1.1 calls it `@nextLink`. None on the last page."""
    link = page.get("nextLink") or page.get("@nextLink")
    return link if isinstance(link, str) and link else None


def _rows_of(page: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = page.get("value")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _moment(when: datetime | None) -> str | None:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z") if when else None


def _word(value: str | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else value


def _count(answer: Answer, header: str) -> int | None:
    value = answer.headers.get(header, "")
    return int(value) if value.isdecimal() and len(value) < 16 else None
