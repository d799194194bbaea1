"""A cue's text in parts: what one person says, or one description, with what is wrapped around it.

Wrappers of a whole part (`<i>...</i>`, `{\\an8}`, `<v Bob>`, a leading dash, notes of music) are peeled off before it
is sent, and put back around the translation. Then most text goes without markup.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shared.subtitles.markup import Kind, Markup, Token, name_of, plain

#: A new speaker, or a line of a song, begins with one of these. A dash before a digit is a minus.
_LEAD = re.compile(r"\s*(?:(?:[-\u2010-\u2015](?!\d)|(?:>|&gt;){2,3}|[♪♫]+|#(?=\s))\s*)*")
_SPEAKER = re.compile(r"\s*(?:[-\u2010-\u2015](?!\d)|>>|[♪♫]|#\s)")
_DESCRIPTION = re.compile(r"\s*(?:\[[^\]]*\]|\([^)]*\)|（[^）]*）|【[^】]*】)\s*")
_SONG = re.compile(r"[♪♫]|(?:^|\s)#(?:\s|$)")
_BLANK = re.compile(r"&nbsp;?", re.IGNORECASE)
#: SubStation draws figures with letters: `{\\p1}m 0 0 l 100 0`. They are no text.
_DRAWING = re.compile(r"\{[^{}]*\\p[1-9]")
#: A label is in brackets, or in capitals: `[JOHN]:`, `MRS. HALL:`.
_LABEL = re.compile(r"\s*(?:\[[^\]]{1,40}\]\s?:|\([^)]{1,40}\)\s?:|[A-Z][A-Z0-9 .'-]{1,30}:)(?=\s)")


@dataclass(frozen=True)
class Part:
    """One part. `lead` + the tokens as they stand + `tail` is the part as it stands in the file.

    `wrappers` are the peeled tags; `apart` says that it is no part of a longer sentence: a sound, a song.
    """

    lead: str
    tokens: Sequence[Token]
    tail: str
    wrappers: tuple[str, ...] = ()
    apart: bool = False
    speaks: bool = False

    @property
    def text(self) -> str:
        """What a reader sees of it."""
        return plain(self.tokens)

    @property
    def lines(self) -> list[str]:
        """Its text line by line, without lines that are blank."""
        text = "".join("\n" if token.kind is Kind.BREAK else token.text for token in self.tokens)
        return [line.strip() for line in text.splitlines() if line.strip()]

    @property
    def raw(self) -> str:
        """As it stands in the file."""
        return self.lead + "".join(token.raw for token in self.tokens) + self.tail

    @property
    def translatable(self) -> bool:
        """Whether there is a word in it; a blank that is written `&nbsp;` is none."""
        texts = (_BLANK.sub("", token.text) for token in self.tokens if token.kind is Kind.TEXT)
        return any(any(map(str.isalpha, text)) for text in texts)

    @property
    def has_tags(self) -> bool:
        """Whether tags stand within it, such as italics for one word."""
        return any(token.kind in (Kind.OPEN, Kind.CLOSE, Kind.MARK) for token in self.tokens)

    @property
    def has_cdata(self) -> bool:
        """Whether some of it stands in a CDATA section of XML, which is shown and is not sent."""
        return any(token.kind is Kind.OPAQUE and token.raw.startswith("<![CDATA[") for token in self.tokens)


def parts_of(payload: str, markup: Markup, *, spoken: bool) -> tuple[list[Part], list[str]]:
    """The parts of a payload, and the line breaks between them.

    Only in `spoken` text do dashes, notes and brackets mean anything.
    """
    if spoken and _DRAWING.search(payload):
        return [Part(payload, (), "")], []
    groups, breaks = _groups(markup.tokens(payload), spoken=spoken)
    return [_peeled(group, markup, spoken=spoken) for group in groups], breaks


def _groups(tokens: Sequence[Token], *, spoken: bool) -> tuple[list[list[Token]], list[str]]:
    groups: list[list[Token]] = [[]]
    breaks: list[str] = []
    above: list[Token] = []
    for line, end in _lines(tokens):
        if spoken and above and _begins_part(above, line):
            breaks.append(groups[-1].pop().raw)
            groups.append([])
        groups[-1] += [*line, *end]
        above = line
    return groups, breaks


def _lines(tokens: Sequence[Token]) -> Iterator[tuple[list[Token], list[Token]]]:
    """The tokens of each line, and its break."""
    line: list[Token] = []
    for token in tokens:
        if token.kind is Kind.BREAK:
            yield line, [token]
            line = []
        else:
            line.append(token)
    yield line, []


def _begins_part(above: Sequence[Token], line: Sequence[Token]) -> bool:
    text = plain(line)
    if not text.strip():
        return False
    voice = any(_is_voice(token) for token in line) or any(
        token.kind is Kind.CLOSE and _is_voice(token) for token in above[-2:]
    )
    apart = _DESCRIPTION.fullmatch(text) or _DESCRIPTION.fullmatch(plain(above))
    return bool(voice or apart or _SPEAKER.match(text))


def _is_voice(token: Token) -> bool:
    return token.kind in (Kind.OPEN, Kind.CLOSE, Kind.MARK) and name_of(token.raw) == "v"


def _peeled(tokens: list[Token], markup: Markup, *, spoken: bool) -> Part:
    whole, body = plain(tokens), _merged(tokens)
    lead: list[str] = []
    tail: list[str] = []
    wrappers: list[str] = []
    peeled = True
    while peeled:
        body, opened, closed = _peel_tags(body)
        body, left, right = _peel_marks(body, markup) if spoken else (body, "", "")
        lead += [*opened, left]
        tail = [right, *closed, *tail]
        wrappers += [raw for raw in (*opened, *closed) if raw.strip()]
        peeled = bool(opened or closed or left or right)
    return Part(
        "".join(lead),
        body,
        "".join(tail),
        tuple(wrappers),
        apart=spoken and bool(_DESCRIPTION.fullmatch(whole) or _SONG.search(whole)),
        speaks=spoken and bool(_SPEAKER.match(whole) or _LABEL.match(whole)),
    )


def _merged(tokens: list[Token]) -> list[Token]:
    """`<i>one</i>`, a line break, `<i>two</i>`: the same as one pair of tags around both lines."""
    merged: list[Token] = []
    opened: list[str] = []
    for token in tokens:
        if token.kind is Kind.OPEN and len(merged) > 1 and merged[-1].kind is Kind.BREAK:
            closing = merged[-2]
            if (
                closing.kind is Kind.CLOSE
                and opened
                and opened[-1] == token.raw
                and name_of(closing.raw) == name_of(token.raw)
            ):
                del merged[-2]
                continue
        if token.kind is Kind.OPEN:
            opened.append(token.raw)
        merged.append(token)
    return merged


def _peel_tags(tokens: Sequence[Token]) -> tuple[list[Token], list[str], list[str]]:
    """The tokens without what stands around all of them, and what stood before and behind."""
    partners = _partners(tokens)
    low, high = 0, len(tokens)
    while low < high:
        if _loose(tokens[low], low in partners):
            low += 1
        elif _loose(tokens[high - 1], high - 1 in partners):
            high -= 1
        elif partners.get(low) == high - 1:
            low, high = low + 1, high - 1
        else:
            break
    before, behind = tokens[:low], tokens[high:]
    return list(tokens[low:high]), [token.raw for token in before], [token.raw for token in behind]


def _loose(token: Token, partnered: bool) -> bool:
    """Whether a token at the edge belongs to no word."""
    if token.kind is Kind.TEXT:
        return not token.text.strip()
    return token.kind in (Kind.MARK, Kind.BREAK) or (token.kind in (Kind.OPEN, Kind.CLOSE) and not partnered)


def _partners(tokens: Sequence[Token]) -> dict[int, int]:
    """The place of each tag's partner among these tokens, by its own place."""
    partners: dict[int, int] = {}
    waiting: list[int] = []
    for at, token in enumerate(tokens):
        if token.kind is Kind.OPEN:
            waiting.append(at)
        elif token.kind is Kind.CLOSE and waiting:
            opened = waiting.pop()
            partners[opened], partners[at] = at, opened
    return partners


def _peel_marks(tokens: list[Token], markup: Markup) -> tuple[list[Token], str, str]:
    """The tokens without a leading dash or notes of music around them."""
    left = right = ""
    if tokens and tokens[0].kind is Kind.TEXT:
        left = _matched(_LEAD.match(tokens[0].raw))
        tokens = _cut(tokens, 0, tokens[0].raw[len(left) :], markup)
    if tokens and tokens[-1].kind is Kind.TEXT:
        kept = _without_tail(tokens[-1].raw)
        right = tokens[-1].raw[len(kept) :]
        tokens = _cut(tokens, -1, kept, markup)
    return tokens, left, right


def _without_tail(raw: str) -> str:
    text = raw.rstrip()
    if text.endswith((" #", "♪", "♫")):
        text = text.rstrip("♪♫#").rstrip()
    return text


def _matched(found: "re.Match[str] | None") -> str:
    return found[0] if found else ""


def _cut(tokens: list[Token], at: int, raw: str, markup: Markup) -> list[Token]:
    """The tokens with less text in one of them; without it where nothing is left."""
    if raw == tokens[at].raw:
        return tokens
    tokens = list(tokens)
    if raw:
        tokens[at] = Token(Kind.TEXT, raw, markup.unescape(raw))
    else:
        del tokens[at]
    return tokens
