"""A double of Azure Document Translation: v1.1 (in the path), 2024-05-01 and 2026-03-01.

Follows the OpenAPI of each version and the recorded answers of v1.0. Where they leave a question open (facts on
documents, section 7), an existing target is never overwritten, and cancelling what has ended is 400.
`POST /_control/storage` (document_storage.py, Grants) says what the Translator's own identity may do.

Fates of a batch (misbehaviour.py): `fail`, `never_finish`, `unknown_status`, and
- `validation_failed`: ValidationFailed with the rule's code; `existing_is_invalid`: the same where all targets exist;
- `document_failed`: fails documents whose source has the rule's `file` in its address, with an outer or inner code;
- `missing_file`, `truncated_result`, `untranslated`: a document has Succeeded, and its result is not what it should be;
- `pathless`: documents never show a `path`; `unlisted`: the batch is in no list;
- `odd_location`: Operation-Location as the published examples write it, with `/operation/`.
The synchronous call has `truncated_result` and `untranslated`. A charge is counted when a document has succeeded.
"""

import hashlib
import itertools
import random
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from sandbox.doubles.background import Background
from sandbox.doubles.callers import NotAllowed, check_caller
from sandbox.doubles.control import PREFIX, Control, order
from sandbox.doubles.document_formats import GLOSSARIES, V1, VERSIONS, documents
from sandbox.doubles.document_jobs import Batch
from sandbox.doubles.document_lists import chosen, page
from sandbox.doubles.document_lists import parameters as list_parameters
from sandbox.doubles.document_refusals import Refused, incorrect, published
from sandbox.doubles.document_rules import parse
from sandbox.doubles.document_storage import Grants, Storage
from sandbox.doubles.document_sync import parameters as sync_parameters
from sandbox.doubles.document_sync import translated
from sandbox.doubles.document_work import Batches
from sandbox.doubles.shelf import Shelf

OLD, NEW = "/translator/text/batch/v1.1", "/translator/document"
SYNC = "/translator/document:translate"
JSON_TYPES = ("application/json", "text/json")

type Answer = Callable[[web.Request], Awaitable[web.Response]]
type Parameters = Callable[[str], frozenset[str]]


def is_older(request: web.Request) -> bool:
    """Whether the path has the api-version v1.1, and with it the older dialect."""
    return request.path.startswith(OLD)


def version_of(request: web.Request) -> str:
    """The api-version: in the path, or in the query. It may be one that the service does not have."""
    return V1 if is_older(request) else request.query.get("api-version", "")


class Documents:
    """The service: its batches and its routes (a Service of translator.py)."""

    def __init__(self, control: Control, storage: Storage, shelf: Shelf[Batch], key: str | None = None) -> None:
        """Begin with what is on the shelf. With `key`, a caller may show that instead of a token."""
        self._control, self._storage, self._shelf, self._key = control, storage, shelf, key
        self._grants = storage.grants
        self._numbers = itertools.count(random.getrandbits(24))
        self._work = Batches(control, storage, self._next_id, self._keep)
        self._background = Background()
        self._batches: dict[str, Batch] = {}
        control.when_reset(self._forget_all)

    def routes(self) -> list[web.RouteDef]:
        """Every operation of every version."""
        routes = [web.post(PREFIX + "storage", self._set_grants)]
        for base in (OLD, NEW):
            one = base + "/batches/{batch}"
            routes += [
                web.post(base + "/batches", self._guarded(self._start)),
                web.get(base + "/batches", self._guarded(self._list, list_parameters)),
                web.get(one, self._guarded(self._get)),
                web.delete(one, self._guarded(self._cancel)),
                web.get(one + "/documents", self._guarded(self._list_documents, list_parameters)),
                web.get(one + "/documents/{document}", self._guarded(self._get_document)),
            ]
        return [
            *routes,
            web.get(OLD + "/documents/formats", self._guarded(self._document_formats)),
            web.get(OLD + "/glossaries/formats", self._guarded(self._glossary_formats)),
            web.get(OLD + "/storagesources", self._guarded(self._storage_sources)),
            web.get(NEW + "/formats", self._guarded(self._formats, lambda _: frozenset({"type"}))),
            web.post(SYNC, self._guarded(self._translate, sync_parameters)),
        ]

    def owns(self, path: str) -> bool:
        """Whether the path is this service's."""
        return path.startswith((OLD, NEW))

    def refusal(self, request: web.Request, status: int) -> web.Response:
        """An error in the published words of the request's api-version."""
        refused = published(status)
        refused.status = status
        return refused.answer(older=is_older(request))

    async def resume(self) -> None:
        """Take up what an earlier process left."""
        for batch in sorted(self._shelf.load().values(), key=lambda batch: batch.created):
            self._batches[batch.id] = batch
            for document in batch.documents:
                if document.status == "Succeeded":
                    self._control.paid[document.bill] += 1
            if not batch.ended:
                self._background.start(self._work.run(batch))

    async def stop(self) -> None:
        """End what still runs."""
        await self._background.stop()

    async def _forget_all(self) -> None:
        await self._background.stop()
        self._batches.clear()
        self._shelf.clear()
        self._storage.grants = self._grants

    def _keep(self, batch: Batch) -> None:
        self._shelf.keep(batch.id, batch)

    def _next_id(self) -> str:
        return f"{next(self._numbers):08x}-0000-0000-0000-000000000000"

    def _guarded(self, answer: Answer, allowed: Parameters = lambda _: frozenset()) -> Answer:
        """The handler, behind the checks of caller, api-version and query."""

        async def handle(request: web.Request) -> web.Response:
            try:
                self._check_caller(request)
                _check_query(request, allowed)
                return await answer(request)
            except Refused as refused:
                return refused.answer(older=is_older(request))

        return handle

    def _check_caller(self, request: web.Request) -> None:
        try:
            check_caller(request, self._key)
        except NotAllowed as error:
            raise published(401) from error

    async def _set_grants(self, request: web.Request) -> web.Response:
        self._storage.grants = await order(request, Grants)
        return web.Response(status=204)

    async def _start(self, request: web.Request) -> web.Response:
        if not (request.content_type in JSON_TYPES or request.content_type.endswith("+json")):
            raise Refused(415, "UnsupportedMediaType", "The content type must be application/json.")
        version = version_of(request)
        asked = parse(await request.read(), version)
        batch = Batch(version=version, asked=asked, fates=await self._control.fates(request))
        self._batches[batch.id] = batch
        self._keep(batch)
        self._background.start(self._work.run(batch))
        location = f"{request.url.origin()}{_location(batch)}"
        return web.Response(status=202, headers={"Operation-Location": location})

    async def _list(self, request: web.Request) -> web.Response:
        version = version_of(request)
        listed = [batch for batch in self._batches.values() if "unlisted" not in batch.fates]
        rows = chosen(request, listed, version)
        return _found(page(request, [batch.shown(version) for batch in rows], version))

    async def _get(self, request: web.Request) -> web.Response:
        return _found(self._batch(request).shown(version_of(request)))

    async def _cancel(self, request: web.Request) -> web.Response:
        batch = self._batch(request)
        if batch.ended or batch.status == "Cancelling":
            raise incorrect("CannotCancel", f"The operation has the status {batch.status}.", "Operation")
        self._work.cancel(batch)
        self._keep(batch)
        return web.json_response(batch.shown(version_of(request)))

    async def _list_documents(self, request: web.Request) -> web.Response:
        batch, version = self._batch(request), version_of(request)
        rows = chosen(request, batch.documents, version)
        return _found(page(request, batch.documents_shown(rows, version), version))

    async def _get_document(self, request: web.Request) -> web.Response:
        batch, name = self._batch(request), request.match_info["document"].lower()
        found = [document for document in batch.documents if document.id == name]
        if not found:
            raise published(404)
        return _found(batch.documents_shown(found, version_of(request))[0])

    async def _document_formats(self, request: web.Request) -> web.Response:
        return _found({"value": _rows("Document", version_of(request))})

    async def _glossary_formats(self, request: web.Request) -> web.Response:
        return _found({"value": _rows("Glossary", version_of(request))})

    async def _storage_sources(self, _request: web.Request) -> web.Response:
        return _found({"value": ["AzureBlob"]})

    async def _formats(self, request: web.Request) -> web.Response:
        kinds = {kind.lower(): kind for kind in ("Document", "Glossary")}
        given = request.query.get("type")
        if given is not None and given.lower() not in kinds:
            raise incorrect("InvalidQuery", "type must be document or glossary.")
        wanted = [kinds[given.lower()]] if given else list(kinds.values())
        return _found({"value": [row for kind in wanted for row in _rows(kind, version_of(request))]})

    async def _translate(self, request: web.Request) -> web.Response:
        return await translated(request, version_of(request), self._control)

    def _batch(self, request: web.Request) -> Batch:
        batch = self._batches.get(request.match_info["batch"].lower())
        if batch is None:
            raise published(404)
        return batch


def _check_query(request: web.Request, allowed: Parameters) -> None:
    version, given = version_of(request), set(request.query)
    if not is_older(request):
        if not version:
            raise Refused(400, "MissingApiVersionParameter", "The query parameter api-version is required.")
        if version not in VERSIONS or version == V1:
            raise Refused(400, "UnsupportedApiVersionValue", f"Use one of {', '.join(VERSIONS[1:])}.")
        given.discard("api-version")
    if surplus := given - allowed(version):
        raise incorrect("InvalidQuery", f"The query parameter {min(surplus)} is not known.")


def _location(batch: Batch) -> str:
    """The Operation-Location as recorded; a rule may have it as the published examples write it."""
    odd = "odd_location" in batch.fates
    if batch.version == V1:
        return f"{OLD}/{'operation' if odd else 'batches'}/{batch.id}"
    if odd:
        return f"{NEW}/batches?api-version={batch.version}/operation/{batch.id}"
    return f"{NEW}/batches/{batch.id}?api-version={batch.version}"


def _rows(kind: str, version: str) -> list[dict[str, Any]]:
    return [each.shown(kind, version) for each in (documents(version) if kind == "Document" else GLOSSARIES)]


def _found(body: dict[str, Any]) -> web.Response:
    """A GET's answer, with the headers that recorded ones have. There is no Retry-After among them."""
    response = web.json_response(body)
    etag = hashlib.sha256(response.body if isinstance(response.body, bytes) else b"").hexdigest().upper()
    response.headers.update({"Cache-Control": "public, max-age=1", "ETag": f'"{etag}"'})
    return response
