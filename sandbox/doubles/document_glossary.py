"""Glossaries: pairs of terms in TSV, CSV or XLIFF. One that lacks the pair of languages is silently not applied.

The service's page on glossaries: columns or nodes are source and target, and nothing else; a row that is not so is
an error of every document that uses it. Matching is document_pen.py's.
"""

import csv
import io
from collections.abc import Iterator

from lxml import etree

from sandbox.doubles.document_errors import BAD_GLOSSARY, Failed
from sandbox.doubles.document_formats import Format, glossary_format
from sandbox.doubles.document_text import parsed

DETECTED = "en"
NOT_TWO = "Glossary element must contain only 2 nodes (source and target)"

type Pair = tuple[str | None, str]


def terms(name: str, content: bytes, pair: Pair, form: str | None = None, version: str | None = None) -> dict[str, str]:
    """The terms of a glossary for a source language (None: detected) and a target one. Raises Failed.

    `form` and `version` are what the request says of the glossary's format.
    """
    kind = glossary_format(name, form)
    if kind is None:
        raise Failed(BAD_GLOSSARY, "The glossary format is not supported.")
    if version and version not in kind.versions:
        raise Failed(BAD_GLOSSARY, "The glossary version is not supported.")
    try:
        return dict(_xliff(content, pair)) if kind.name == "XLIFF" else dict(_rows(content, kind))
    except UnicodeDecodeError as error:
        raise Failed(BAD_GLOSSARY, "The glossary encoding is not supported.") from error
    except csv.Error as error:
        raise Failed(BAD_GLOSSARY, "The glossary is not a table.") from error


def _rows(content: bytes, kind: Format) -> Iterator[tuple[str, str]]:
    lines = io.StringIO(content.decode("utf-8-sig"))
    for row in csv.reader(lines, delimiter="\t" if kind.name == "TSV" else ","):
        if row:
            yield _two(row)


def _two(row: list[str]) -> tuple[str, str]:
    if len(row) != 2 or not all(side.strip() for side in row):
        raise Failed(BAD_GLOSSARY, NOT_TWO)
    return row[0].strip(), row[1].strip()


def _xliff(content: bytes, pair: Pair) -> Iterator[tuple[str, str]]:
    root = _parsed(content)
    for file in root.iter("{*}file"):
        if _is_of(file, pair):
            for unit in file.iter("{*}trans-unit"):
                nodes = [unit.find("{*}source"), unit.find("{*}target")]
                yield _two(["".join(map(str, node.itertext())) for node in nodes if node is not None])


def _parsed(content: bytes) -> etree._Element:
    try:
        return parsed(content)
    except Failed as error:
        raise Failed(BAD_GLOSSARY, "The glossary is not well-formed XML.") from error


def _is_of(file: etree._Element, pair: Pair) -> bool:
    source, target = pair
    return _same(file.get("source-language"), source or DETECTED) and _same(file.get("target-language"), target)


def _same(given: str | None, wanted: str) -> bool:
    return given is not None and given.lower().split("-")[0] == wanted.lower().split("-")[0]
