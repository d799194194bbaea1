"""Where the text is in Timed Text files (.ttml, .dfxp): between the tags of each `p`.

https://www.w3.org/TR/ttml2/. The parser of the standard library says at which byte a tag stands, entities included.
A document type is refused: it can define entities, which is how a small file grows without bounds.
"""

import re
from collections.abc import Mapping
from xml.parsers import expat

from shared.subtitles.clocks import ttml_time
from shared.subtitles.document import Found, Problem, Times

_END_OF_TAG = re.compile(rb"""<(?:[^<>"']|"[^"]*"|'[^']*')*+>""")
_ATTRIBUTE = re.compile(rb"""\s(begin|end|dur)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_DECLARED = re.compile(rb"""\A\s{0,100}<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_FRAMES, _TICKS = 30.0, 1.0


class _Refused(Exception):
    """Ends the parser's run; what it found is in `Found.problems`."""


def declared_encoding(data: bytes) -> str | None:
    """The encoding that an XML declaration names."""
    found = _DECLARED.match(data[:400])
    return found[1].decode() if found else None


def scan_ttml(body: bytes) -> Found:
    """The paragraphs of a Timed Text file."""
    found = Found()
    parser = expat.ParserCreate(encoding="utf-8")
    found.clock = _Reader(body, parser, found).times
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        found.problems.append(
            Problem(parser.ErrorByteIndex, f"it is not well-formed XML ({expat.ErrorString(error.code)})")
        )
    except _Refused:
        pass
    return found


class _Reader:
    """Listens to the parser."""

    def __init__(self, body: bytes, parser: "expat.XMLParserType", found: Found) -> None:
        self._body, self._parser, self._found = body, parser, found
        self._open: list[tuple[int, int]] = []
        self._read = ttml_time(_FRAMES, _TICKS)
        self._depth = 0
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._refuse

    def times(self, body: bytes, mark: int) -> Times | None:
        """Read off a paragraph's own tag; times that only its parents have are not known."""
        tag = _END_OF_TAG.match(body, mark)
        written = _ATTRIBUTE.findall(tag[0]) if tag else []
        given = {name: self._read((one or other).decode().strip()) for name, one, other in written}
        begin, end = given.get(b"begin"), given.get(b"end")
        if end is None and begin is not None and (lasting := given.get(b"dur")) is not None:
            end = begin + lasting
        return None if begin is None or end is None else Times(round(begin), round(end))

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        local = name.rpartition(":")[2]
        if not self._depth:
            self._begin(local, attributes)
        self._depth += 1
        if local == "p":
            at = self._parser.CurrentByteIndex
            self._judge(at, attributes)
            tag = _END_OF_TAG.match(self._body, at)
            self._open.append((at, tag.end() if tag else at))

    def _judge(self, at: int, attributes: Mapping[str, str]) -> None:
        """Whether the times of a paragraph can be read; one without any is shown as long as what it stands in."""
        for name in ("begin", "end", "dur"):
            if name in attributes and self._read(attributes[name].strip()) is None:
                self._found.problems.append(Problem(at, f"its {name} is no time"))

    def _begin(self, local: str, attributes: Mapping[str, str]) -> None:
        if local != "tt":
            self._found.problems.append(Problem(0, "its root is not tt"))
            raise _Refused
        rates = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        frames = _rate(rates.get("frameRate"), _FRAMES) * _multiplier(rates.get("frameRateMultiplier"))
        ticks = _rate(rates.get("tickRate"), frames if "frameRate" in rates else _TICKS)
        self._read = ttml_time(frames, ticks)

    def _end(self, name: str) -> None:
        self._depth -= 1
        if name.rpartition(":")[2] == "p":
            at, start = self._open.pop()
            if not self._open:  # a paragraph within a paragraph is no Timed Text; the outer one stands for both
                self._found.add(start, max(start, self._parser.CurrentByteIndex), at)

    def _refuse(self, *_: object) -> None:
        self._found.problems.append(Problem(self._parser.CurrentByteIndex, "it declares a document type"))
        raise _Refused


def _rate(value: str | None, otherwise: float) -> float:
    return float(value) if value and re.fullmatch(r"[1-9][0-9]{0,9}", value) else otherwise


def _multiplier(value: str | None) -> float:
    """`1000 1001` is 1000/1001."""
    parts = re.fullmatch(r"([1-9][0-9]{0,9})[ :]([1-9][0-9]{0,9})", value or "")
    return int(parts[1]) / int(parts[2]) if parts else 1.0
