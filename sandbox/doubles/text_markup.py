"""Text in the form of HTML: what is translated in it, what is not, and which terms have their translation with them.

Follows the pages on preventing translation and on the dynamic dictionary. An element with `class="notranslate"` or
`translate="no"` stays as it is. The page on translate asks for well-formed, complete elements; whether the service
refuses others is not published, the double does.
"""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser

from sandbox.doubles.text_refusals import BAD_ELEMENT, Refused

TAG = re.compile(r"<!--.*?-->|</?[A-Za-z][^<>]*>", re.DOTALL)
DICTIONARY = "mstrans:dictionary"
_EMPTY = frozenset(["br", "hr", "img", "input", "link", "meta", "wbr"])


@dataclass(frozen=True)
class _Element:
    name: str  # as it is spelt where it begins
    kept: bool
    term: str | None


class _Reader(HTMLParser):
    """Walks over the markup, and writes it again with the text translated."""

    def __init__(self, translate: Callable[[str], str], *, dictionary: bool) -> None:
        super().__init__()
        self.written: list[str] = []
        self._translate, self._dictionary = translate, dictionary
        self._open: list[_Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        term = given.get("translation") if tag == DICTIONARY and self._dictionary else None
        text = self.get_starttag_text() or ""
        self.written.append(text if term is None else html.escape(term, quote=False))
        if tag not in _EMPTY:
            kept = "notranslate" in given.get("class", "").split() or given.get("translate") == "no"
            self._open.append(_Element(text[1 : 1 + len(tag)], kept, term))

    def handle_startendtag(self, *_: object) -> None:
        self.written.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1].name.lower() != tag:
            raise Refused(BAD_ELEMENT, "The HTML is not well-formed: an end tag has no start tag before it.")
        element = self._open.pop()
        if element.term is None:
            self.written.append(f"</{element.name}>")

    def handle_data(self, data: str) -> None:
        if any(element.term is not None for element in self._open):
            return
        text = html.escape(data, quote=False)
        self.written.append(text if any(element.kept for element in self._open) else self._translate(text))

    def handle_comment(self, data: str) -> None:
        self.written.append(f"<!--{data}-->")

    def end(self) -> None:
        """Finish. Raises Refused where an element is not closed."""
        self.close()
        if self._open:
            raise Refused(BAD_ELEMENT, "The HTML is not well-formed: an element is not closed.")


def translated(text: str, translate: Callable[[str], str], *, dictionary: bool) -> str:
    """The HTML with `translate` done to each escaped text between tags; `dictionary`: whether its terms are honoured.

    Raises Refused when it is not well-formed.
    """
    if "<" in TAG.sub("", text):
        raise Refused(BAD_ELEMENT, "The HTML is not well-formed: a < is not escaped.")
    reader = _Reader(translate, dictionary=dictionary)
    reader.feed(text)
    reader.end()
    return "".join(reader.written)
