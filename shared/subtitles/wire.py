"""What is sent for parts that belong together, and what is read from the answer.

Tags within the text go as numbered spans of HTML: `<span id="1">word</span>` around words, and with
`class="notranslate"` where a tag stands alone or where what it holds must stay.
https://learn.microsoft.com/azure/ai-services/translator/text-translation/how-to/prevent-translation
"""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from shared.subtitles.lexicon import Lexicon, composed
from shared.subtitles.markup import Kind, Token
from shared.subtitles.parts import Part
from shared.subtitles.protected import PROTECTED, protected
from shared.subtitles.scripts import joint, without_marks

TextType = Literal["Plain", "Html"]

_TAG = re.compile(
    r"""<(?:(/)\s*span\s*|span\b[^<>]*?\bid\s*=\s*["']?(\d{1,6})["']?[^<>]*|[!?/a-zA-Z][^<>]*)>""", re.IGNORECASE
)
_TERM = "<mstrans:dictionary"
_BLANKS = re.compile(r"\s+")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


class Tag(NamedTuple):
    """A tag that was sent as a numbered span: of which part, and as it stands in the file.

    `held` is what it shows and must stay; `within` the number of the span around it, 0 for none.
    """

    part: int
    kind: Kind
    raw: str
    closing: str = ""
    held: str = ""
    within: int = 0


class Insertion(NamedTuple):
    """A tag in a translation: before the character at `at` of its text."""

    at: int
    part: int
    kind: Kind
    raw: str


@dataclass(frozen=True)
class Message:
    """The text that is sent for some parts, and what must be found again in the answer."""

    text: str
    text_type: TextType
    shown: str
    tags: Sequence[Tag] = ()


@dataclass
class Answer:
    """A translation as a reader sees it, and where its tags stand."""

    text: str = ""
    insertions: list[Insertion] = field(default_factory=list)
    kept: list[tuple[int, int]] = field(default_factory=list)


class Wrong(Exception):
    """The answer does not hold what was sent; the message says which check failed, without text of the file."""


def shown(parts: Sequence[Part], language: str | None) -> str:
    """The words of the parts, in one line."""
    between = joint(language)
    return joined([_in_line(part.tokens, between) for part in parts], between)


def joined(texts: Sequence[str], between: str) -> str:
    """The texts in one, without needless blanks."""
    return _BLANKS.sub(" ", between.join(text.strip() for text in texts)).strip()


def plain_message(parts: Sequence[Part], language: str | None) -> Message:
    """The parts without the tags within them."""
    text = shown(parts, language)
    return Message(text, "Plain", text)


def tagged_message(parts: Sequence[Part], language: str | None, lexicon: Lexicon | None = None) -> Message | None:
    """The parts with the tags and terms within them; None where there is nothing that HTML is needed for."""
    tags: list[Tag] = []
    between = joint(language)
    pieces = ["".join(_spans(part.tokens, number, tags, between, lexicon)).strip() for number, part in enumerate(parts)]
    if not tags and not any(_TERM in piece for piece in pieces):
        return None
    return Message(_BLANKS.sub(" ", between.join(pieces)), "Html", shown(parts, language), tags)


def read(message: Message, answer: str) -> Answer:
    """The answer, with its tags where they belong; Wrong where something is missing, doubled or crossed."""
    answer = without_marks(_CONTROLS.sub("", answer))
    found = _read_html(message, answer) if message.text_type == "Html" else Answer(joined([answer], " "))
    if not any(map(str.isalnum, found.text)):
        raise Wrong("the translation is empty")
    wanted, there = protected(message.shown), protected(found.text)
    if any(there[what] != count for what, count in wanted.items()):
        raise Wrong("a placeholder or an address did not come back as it was")
    found.kept += [match.span() for match in PROTECTED.finditer(found.text)]
    return found


def _in_line(tokens: Sequence[Token], between: str) -> str:
    text = "".join(_seen(token, between) for token in tokens)
    return without_marks(text)


def _seen(token: Token, between: str) -> str:
    match token.kind:
        case Kind.TEXT:
            return token.text
        case Kind.BREAK:
            return between
        case Kind.OPAQUE:
            return token.raw
    return ""


def _spans(tokens: Sequence[Token], part: int, tags: list[Tag], between: str, lexicon: Lexicon | None) -> Iterator[str]:
    """The tokens as HTML; each tag is added to `tags`, and its number is its place there, counted from 1."""
    opened: list[int] = []
    for kind, raw, text in tokens:
        within = opened[-1] if opened else 0
        match kind:
            case Kind.TEXT:
                yield from _words(without_marks(text), part, tags, within, lexicon)
            case Kind.BREAK:
                yield between
            case Kind.OPEN:
                tags.append(Tag(part, kind, raw, within=within))
                opened.append(len(tags))
                yield f'<span id="{len(tags)}">'
            case Kind.CLOSE:
                number = opened.pop()
                tags[number - 1] = tags[number - 1]._replace(closing=raw)
                yield "</span>"
            case _:
                held = raw if kind is Kind.OPAQUE else ""
                yield _kept(Tag(part, kind, raw if not held else "", held=held, within=within), tags)


def _words(text: str, part: int, tags: list[Tag], within: int, lexicon: Lexicon | None) -> Iterator[str]:
    """Words, escaped; what must stay is made a span that is not translated."""
    at = 0
    for found in PROTECTED.finditer(text):
        yield from _terms(text[at : found.start()], part, tags, within, lexicon)
        yield _kept(Tag(part, Kind.TEXT, "", held=found[0], within=within), tags)
        at = found.end()
    yield from _terms(text[at:], part, tags, within, lexicon)


def _terms(text: str, part: int, tags: list[Tag], within: int, lexicon: Lexicon | None) -> Iterator[str]:
    """Words, escaped; terms of a glossary come with their translation, or are not translated."""
    if lexicon is None:
        yield html.escape(text, quote=False)
        return
    text, at = composed(text), 0
    for start, end, term in lexicon.marked(text):
        yield html.escape(text[at:start], quote=False)
        if term.untranslated:
            yield _kept(Tag(part, Kind.TEXT, "", held=text[start:end], within=within), tags)
        else:
            words = html.escape(text[start:end], quote=False)
            yield f'{_TERM} translation="{html.escape(term.target)}">{words}</mstrans:dictionary>'
        at = end
    yield html.escape(text[at:], quote=False)


def _kept(tag: Tag, tags: list[Tag]) -> str:
    tags.append(tag)
    return f'<span id="{len(tags)}" class="notranslate">{html.escape(tag.held, quote=False)}</span>'


def _read_html(message: Message, answer: str) -> Answer:
    """The text outside of tags, and the tags as insertions into it."""
    reader = _HtmlReader(message.tags)
    at = 0
    for tag in _TAG.finditer(answer):
        reader.text(answer[at : tag.start()])
        reader.tag(closes=tag[1] is not None, number=int(tag[2] or 0))
        at = tag.end()
    reader.text(answer[at:])
    return reader.answer()


class _HtmlReader:
    """Builds an Answer from the pieces of one in HTML."""

    def __init__(self, tags: Sequence[Tag]) -> None:
        self._tags, self._answer = tags, Answer()
        self._open: list[int] = []
        self._began: dict[int, int] = {}

    def text(self, raw: str) -> None:
        """Words between tags. What a service put within a span that stays is replaced by what was sent."""
        if not self._open or self._tags[self._open[-1] - 1].kind is Kind.OPEN:
            self._add(_BLANKS.sub(" ", html.unescape(raw)))

    def tag(self, *, closes: bool, number: int) -> None:
        """A tag of a span."""
        if closes:
            self._close()
        elif not 1 <= number <= len(self._tags) or number in self._began:
            raise Wrong("a tag came back twice, or one that was not sent")
        elif self._tags[number - 1].within != (self._open[-1] if self._open else 0):
            raise Wrong("tags came back nested in another way")
        else:
            self._begin(number)

    def answer(self) -> Answer:
        """What was read; Wrong where a tag is missing."""
        if self._open or len(self._began) != len(self._tags):
            raise Wrong("a tag did not come back")
        return _stripped(self._answer)

    def _begin(self, number: int) -> None:
        tag = self._tags[number - 1]
        self._open.append(number)
        self._began[number] = len(self._answer.text)
        if tag.held:
            start = len(self._answer.text)
            self._answer.text += tag.held
            self._answer.kept.append((start, len(self._answer.text)))
            if tag.kind is Kind.OPAQUE:
                self._insert(tag.part, Kind.OPAQUE, tag.held, start)
        else:
            self._insert(tag.part, tag.kind, tag.raw, len(self._answer.text))

    def _close(self) -> None:
        if not self._open:
            raise Wrong("a tag is closed that was not opened")
        number = self._open.pop()
        tag = self._tags[number - 1]
        if tag.kind is not Kind.OPEN:
            return
        if not self._answer.text[self._began[number] :].strip():
            raise Wrong("a tag came back around no words")
        self._insert(tag.part, Kind.CLOSE, tag.closing, len(self._answer.text))

    def _insert(self, part: int, kind: Kind, raw: str, at: int) -> None:
        self._answer.insertions.append(Insertion(at, part, kind, raw))

    def _add(self, text: str) -> None:
        self._answer.text += text.removeprefix(" ") if self._answer.text.endswith(" ") else text


def _stripped(answer: Answer) -> Answer:
    """Without blanks at the edges, and without blanks just within a pair of tags."""
    lead = len(answer.text) - len(answer.text.lstrip())
    text = answer.text.strip()

    def moved(at: int) -> int:
        return min(max(at - lead, 0), len(text))

    insertions = [_at_a_word(entry._replace(at=moved(entry.at)), text) for entry in answer.insertions]
    return Answer(text, insertions, [(moved(start), moved(end)) for start, end in answer.kept])


def _at_a_word(entry: Insertion, text: str) -> Insertion:
    if entry.kind is Kind.OPEN and text[entry.at : entry.at + 1] == " ":
        return entry._replace(at=entry.at + 1)
    if entry.kind is Kind.CLOSE and text[: entry.at].endswith(" "):
        return entry._replace(at=entry.at - 1)
    return entry
