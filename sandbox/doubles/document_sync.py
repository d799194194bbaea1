"""The synchronous call of Document Translation: one small document in, its translation out, no storage.

Follows `document:translate` of the OpenAPI of 2024-05-01 and 2026-03-01. What is wrong with the form has an integer
code, a format that is not taken `InvalidFormat` (as clients report).
"""

import asyncio
from dataclasses import dataclass, field
from email.message import Message

from aiohttp import BodyPartReader, MultipartReader, StreamReader, web
from aiohttp.base_protocol import BaseProtocol

from sandbox.doubles.control import Control
from sandbox.doubles.document_errors import BAD_GLOSSARY, TOO_LARGE, Failed
from sandbox.doubles.document_formats import (
    LATEST,
    SYNC_BYTES,
    SYNC_GLOSSARY_BYTES,
    SYNCHRONOUS,
    documents,
    extension,
    media_type,
)
from sandbox.doubles.document_glossary import terms
from sandbox.doubles.document_pen import Pen
from sandbox.doubles.document_refusals import NOT_BOUND, Refused, incorrect
from sandbox.doubles.document_rules import check_language
from sandbox.doubles.document_translate import Translated, delivered, translate

SECONDS = 1.0
REQUIRED = "The Document field is required."
_COMMON = frozenset({"sourceLanguage", "targetLanguage", "category", "allowFallback"})


@dataclass(frozen=True)
class File:
    """A part of the form."""

    name: str
    media_type: str
    content: bytes


@dataclass
class Form:
    """What the call was given."""

    document: File
    glossaries: list[File] = field(default_factory=list)


def parameters(version: str) -> frozenset[str]:
    """The query parameters of the call in that api-version."""
    return _COMMON | {"deploymentName", "translateTextWithinImage"} if version == LATEST else _COMMON


async def translated(request: web.Request, version: str, control: Control) -> web.Response:
    """The answer to the call. Raises Refused."""
    source, target = request.query.get("sourceLanguage"), request.query.get("targetLanguage")
    if not target:
        raise Refused(400, "InvalidRequest", "The 'targetLanguage' parameter is required.")
    for language in (source, target):
        check_language(language)
    _flag(request, "allowFallback")
    within_images = _flag(request, "translateTextWithinImage")
    form = await _form(request)
    _check(form, version)
    fates = await control.fates(request)
    await control.nap(SECONDS)
    result = await asyncio.to_thread(_result, form, source, target, within_images)
    control.paid[f"{form.document.name} {target}"] += 1
    content = delivered(fates, form.document.content, result)
    headers = _headers(request, version, result)
    return web.Response(body=content, content_type=media_type(form.document.name), headers=headers)


def _result(form: Form, source: str | None, target: str, within_images: bool) -> Translated:
    try:
        pen = Pen(target, _terms(form, source, target))
        return translate(form.document.name, form.document.content, pen, within_images=within_images)
    except Failed as failure:
        raise incorrect(failure.fault.inner, failure.fault.message, "Document") from failure


def _headers(request: web.Request, version: str, result: Translated) -> dict[str, str]:
    headers = {"x-metered-usage": str(result.characters)}
    if client_request := request.headers.get("x-ms-client-request-id"):
        headers["x-ms-client-request-id"] = client_request
    if version == LATEST:
        headers["total-image-scans-succeeded"] = str(result.scans_succeeded)
        headers["total-image-scans-failed"] = str(result.scans_failed)
    return headers


def _flag(request: web.Request, name: str) -> bool:
    text = request.query.get(name, "false").lower()
    if text not in ("true", "false"):
        raise Refused(400, NOT_BOUND, f"The value '{text}' is not valid for {name}.")
    return text == "true"


async def _form(request: web.Request) -> Form:
    if request.content_type != "multipart/form-data":
        raise Refused(415, "UnsupportedMediaType", "The content type must be multipart/form-data.")
    files: dict[str, list[File]] = {"document": [], "glossary": []}
    try:
        async for part in _parts(request, await request.read()):
            if isinstance(part, BodyPartReader) and part.name in files and part.filename:
                files[part.name].append(await _file(part, part.filename))
    except ValueError as error:
        raise Refused(400, NOT_BOUND, "The form cannot be read.") from error
    if len(files["document"]) != 1:
        raise Refused(400, NOT_BOUND, REQUIRED)
    return Form(files["document"][0], files["glossary"])


async def _file(part: BodyPartReader, name: str) -> File:
    return File(name, part.headers.get("Content-Type", ""), bytes(await part.read(decode=True)))


def _parts(request: web.Request, body: bytes) -> MultipartReader:
    """The parts of a body that was read already, as the record of requests needs it."""
    loop = asyncio.get_running_loop()
    stream = StreamReader(BaseProtocol(loop), len(body) + 1, loop=loop)  # all of it at once: nothing is to be paused
    stream.feed_data(body)
    stream.feed_eof()
    return MultipartReader(request.headers, stream)


def _check(form: Form, version: str) -> None:
    name = form.document.name
    message = Message()
    message["Content-Type"] = form.document.media_type
    types = {each for row in documents(version) if extension(name) in row.extensions for each in row.types}
    if extension(name) not in SYNCHRONOUS or message.get_content_type() not in types:
        raise Refused(400, "InvalidFormat", "The format parameter is not valid.")
    if len(form.document.content) > SYNC_BYTES:
        raise incorrect(TOO_LARGE, f"The document is larger than {SYNC_BYTES} bytes.", "Document")
    if any(len(glossary.content) > SYNC_GLOSSARY_BYTES for glossary in form.glossaries):
        raise incorrect(BAD_GLOSSARY, f"A glossary is larger than {SYNC_GLOSSARY_BYTES} bytes.", "Document")


def _terms(form: Form, source: str | None, target: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for glossary in form.glossaries:
        found |= terms(glossary.name, glossary.content, (source, target))
    return found
