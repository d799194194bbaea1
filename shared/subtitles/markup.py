"""What stands within the text of a cue: words, tags, line breaks, and what is not for translation."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple


class Kind(Enum):
    """What a token is."""

    TEXT = auto()
    OPEN = auto()
    CLOSE = auto()
    MARK = auto()  # a tag that stands alone and shows nothing
    OPAQUE = auto()  # it is shown, and stays as it is: code, an address
    BREAK = auto()


class Token(NamedTuple):
    """A piece of a cue's text: as it stands in the file, and for TEXT as a reader sees it."""

    kind: Kind
    raw: str
    text: str = ""


@dataclass(frozen=True)
class Markup:
    """The markup of a format. The pattern's groups are named for the kinds; `flip` opens and closes by turns.

    `line` is how a line break is written; empty where it is the file's own line end. `folds` says that line ends and
    runs of blanks are one blank, as in XML. `divides` stands between the cells of a table.
    """

    pattern: "re.Pattern[str]"
    unescape: Callable[[str], str] = str
    escape: Callable[[str], str] = str
    line: str = ""
    folds: bool = False
    divides: str = ""

    def tokens(self, payload: str) -> list[Token]:
        """The payload in pieces; together they are the payload again. Tags without a partner are marks."""
        pieces: list[Token] = []
        at = 0
        for found in self.pattern.finditer(payload):
            if found.start() > at:
                pieces.append(self._text(payload[at : found.start()]))
            pieces.append(Token(_KINDS[found.lastgroup or ""], found[0]))
            at = found.end()
        if at < len(payload):
            pieces.append(self._text(payload[at:]))
        return _empty_pairs_joined(_paired(pieces))

    def _text(self, raw: str) -> Token:
        return Token(Kind.TEXT, raw, self.unescape(_BLANKS.sub(" ", raw) if self.folds else raw))


_BLANKS = re.compile(r"[ \t\r\n]+")
_NAME = re.compile(r"</?([A-Za-z][\w:-]*)")
_KINDS = {kind.name.lower(): kind for kind in Kind} | {"flip": Kind.OPEN}


def name_of(tag: str) -> str:
    """What must be equal in an opening and a closing tag."""
    if found := _NAME.match(tag):
        return found[1].lower()
    return "[" if "[" in tag or tag.startswith("]") else tag


def _paired(pieces: list[Token]) -> list[Token]:
    """The same pieces, in which only tags that have a partner are OPEN and CLOSE."""
    waiting: list[tuple[str, int]] = []
    for at, (kind, raw, _) in enumerate(pieces):
        if kind not in (Kind.OPEN, Kind.CLOSE):
            continue
        name = name_of(raw)
        partner = next((back for back, (other, _) in enumerate(reversed(waiting)) if other == name), None)
        flips = kind is Kind.OPEN and not name[:1].isalpha() and name != "["
        if partner is None or (kind is Kind.OPEN and not flips):
            pieces[at] = Token(Kind.MARK, raw)
            if kind is Kind.OPEN:
                waiting.append((name, at))
        elif partner == 0:
            opened = waiting.pop()[1]
            pieces[opened], pieces[at] = Token(Kind.OPEN, pieces[opened].raw), Token(Kind.CLOSE, raw)
        else:
            pieces[at] = Token(Kind.MARK, raw)
    return pieces


def _empty_pairs_joined(pieces: list[Token]) -> list[Token]:
    """The same pieces, in which tags with nothing between them are one mark: `<i class="icon"></i>`."""
    joined: list[Token] = []
    for token in pieces:
        if token.kind is Kind.CLOSE and joined and joined[-1].kind is Kind.OPEN:
            joined.append(Token(Kind.MARK, joined.pop().raw + token.raw))
        else:
            joined.append(token)
    return joined


def plain(tokens: Sequence[Token]) -> str:
    """What a reader sees of them, line breaks as blanks."""
    return "".join(_SHOWN.get(kind, text) if kind is not Kind.OPAQUE else raw for kind, raw, text in tokens)


_SHOWN = {Kind.OPEN: "", Kind.CLOSE: "", Kind.MARK: "", Kind.BREAK: " "}
