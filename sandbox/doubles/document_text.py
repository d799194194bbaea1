"""Text files, translated with everything else kept: plain text, Markdown, HTML, tables, XLIFF, JSON, XML, mail."""

import copy
import csv
import email
import email.policy
import io
import json
import re
from email.message import EmailMessage
from typing import Any

from lxml import etree

from sandbox.doubles.document_errors import BAD_DOCUMENT, WRONG_ENCODING, Failed
from sandbox.doubles.document_pen import Pen

_MARKUP = re.compile(r"(<!--.*?-->|<script\b.*?</script\s*>|<style\b.*?</style\s*>|<[^>]*>)", re.DOTALL | re.IGNORECASE)
_FENCE = re.compile(r"\s*(```|~~~)")
_MARK = re.compile(r"(\s*(?:#{1,6}\s+|[-*+]\s+|\d+[.)]\s+|>\s*)*)(.*)", re.DOTALL)
_CODE_OR_ADDRESS = re.compile(r"(`[^`]*`|\]\([^)]*\))")
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)
_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def _decoded(content: bytes) -> tuple[str, str]:
    """The text and its encoding. A mark at the beginning tells it, else it is UTF-8. Raises Failed."""
    encoding = next((name for bom, name in _BOMS.items() if content.startswith(bom)), "utf-8")
    try:
        return content.decode(encoding), encoding
    except UnicodeDecodeError as error:
        raise Failed(WRONG_ENCODING, "The document encoding is not supported.") from error


def plain_text(content: bytes, pen: Pen) -> bytes:
    """Line by line."""
    text, encoding = _decoded(content)
    return "".join(_line(line, pen) for line in text.splitlines(keepends=True)).encode(encoding)


def _line(line: str, pen: Pen) -> str:
    body = line.rstrip("\r\n")
    return pen.text(body) + line[len(body) :]


def markdown(content: bytes, pen: Pen) -> bytes:
    """Line by line; marks, code and addresses stay. Front matter is translated as if it were text, as published."""
    text, encoding = _decoded(content)
    fenced, lines = False, []
    for line in text.splitlines(keepends=True):
        fence = _FENCE.match(line) is not None
        lines.append(line if fenced or fence else _markdown_line(line, pen))
        fenced ^= fence
    return "".join(lines).encode(encoding)


def _markdown_line(line: str, pen: Pen) -> str:
    mark, body = _MARK.fullmatch(line).groups()  # type: ignore[union-attr]  # every line matches
    pieces = _CODE_OR_ADDRESS.split(body)
    pieces[::2] = pen.runs(pieces[::2])
    return mark + "".join(pieces)


def html(content: bytes, pen: Pen) -> bytes:
    """The text between the tags; scripts, styles and comments stay."""
    text, encoding = _decoded(content)
    return _html(text, pen).encode(encoding)


def _html(text: str, pen: Pen) -> str:
    pieces = _MARKUP.split(text)
    pieces[::2] = [pen.text(piece) for piece in pieces[::2]]
    return "".join(pieces)


def table(content: bytes, pen: Pen, delimiter: str) -> bytes:
    """The cells of a CSV or TSV file."""
    text, encoding = _decoded(content)
    end = "\r\n" if "\r\n" in text else "\n"
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter, lineterminator=end)
    try:
        writer.writerows([pen.text(cell) for cell in row] for row in csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as error:
        raise Failed(BAD_DOCUMENT, "The document is not a table.") from error
    return written.getvalue().encode(encoding)


def parsed(content: bytes) -> etree._Element:
    """The root of an XML document. Raises Failed."""
    try:
        return etree.fromstring(content, _PARSER)
    except etree.XMLSyntaxError as error:
        raise Failed(BAD_DOCUMENT, "The document is not well-formed XML.") from error


def serialized(root: etree._Element) -> bytes:
    """The XML document again."""
    return bytes(etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8"))


def xliff(content: bytes, pen: Pen) -> bytes:
    """The source of each unit becomes its target, inline codes kept; both version 1 and 2."""
    root = parsed(content)
    for element in root.iter(etree.Element):
        if "source-language" in element.attrib:
            element.set("target-language", pen.language)
        if "srcLang" in element.attrib:
            element.set("trgLang", pen.language)
    for unit in list(root.iter(etree.Element)):
        source = unit.find("{*}source")
        if source is not None:
            _set_target(unit, source, pen)
    return serialized(root)


def _set_target(unit: etree._Element, source: etree._Element, pen: Pen) -> None:
    target = copy.deepcopy(source)
    target.tag = source.tag.removesuffix("source") + "target"
    _translate_inside(target, pen)
    for before in unit.findall("{*}target"):
        unit.remove(before)
    unit.insert(unit.index(source) + 1, target)


def _translate_inside(element: etree._Element, pen: Pen) -> None:
    inner = [child for child in element.iter(etree.Element) if child is not element]
    texts = [element.text or "", *(text or "" for child in inner for text in (child.text, child.tail))]
    element.text, *others = pen.runs(texts)
    for child, text, tail in zip(inner, others[::2], others[1::2], strict=True):
        child.text, child.tail = text, tail


def xml(content: bytes, pen: Pen) -> bytes:
    """The text of any XML document, DITA among them."""
    root = parsed(content)
    for element in root.iter(etree.Element):
        element.text = pen.text(element.text) if element.text else element.text
        element.tail = pen.text(element.tail) if element.tail else element.tail
    return serialized(root)


def json_strings(content: bytes, pen: Pen) -> bytes:
    """The strings of a JSON document; names stay."""
    text, encoding = _decoded(content)
    try:
        value = json.loads(text)
    except ValueError as error:
        raise Failed(BAD_DOCUMENT, "The document is not JSON.") from error
    return json.dumps(_json(value, pen), ensure_ascii=False, indent=2).encode(encoding)


def _json(value: Any, pen: Pen) -> Any:
    if isinstance(value, str):
        return pen.text(value)
    if isinstance(value, list):
        return [_json(each, pen) for each in value]
    return {name: _json(each, pen) for name, each in value.items()} if isinstance(value, dict) else value


def mail(content: bytes, pen: Pen) -> bytes:
    """The texts of a message or a web archive; its other parts stay."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    for part in message.walk():
        if isinstance(part, EmailMessage) and part.get_content_maintype() == "text":
            text, subtype = str(part.get_content()), part.get_content_subtype()
            translated = (
                _html(text, pen)
                if subtype == "html"
                else "".join(_line(line, pen) for line in text.splitlines(keepends=True))
            )
            part.set_content(translated, subtype=subtype)
    return message.as_bytes()
