"""Subtitle and text files of every format, made by chance."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

LINE_ENDS = ("\n", "\r\n")
_WORDS = (
    *(
        "Hello",
        "the",
        "quick",
        "brown",
        "fox",
        "Mr.",
        "U.S.",
        "I'm",
        "don't",
        "well-known",
        "naïve",
        "今日は天気がいいですね",
        "Привет",
    ),
    *(
        "1",
        "42",
        "1,234.5",
        "3:30",
        "1984",
        "%s",
        "{name}",
        "{{x}}",
        "https://a.example/b?c=1&d=2",
        "me@example.com",
        "5%",
        "№",
        "👋",
    ),
)
_ENDS = ("", "", "", ".", "?", "!", ",", "...", "…", " -", ":", "。")
_LEADS = ("", "", "", "", "- ", "-", ">> ", "♪ ", "JOHN: ", "[door] ", "(laughs) ", "# ", "...")


@st.composite
def sentence(draw: st.DrawFn) -> str:
    """Some words, perhaps with a mark at the end."""
    words = draw(st.lists(st.sampled_from(_WORDS), min_size=1, max_size=9))
    return draw(st.sampled_from(_LEADS)) + " ".join(words) + draw(st.sampled_from(_ENDS))


@dataclass(frozen=True)
class Dialect:
    """How a format writes a text of one or two lines: tags around words or the whole, its line break, its escapes."""

    tags: Sequence[tuple[str, str]]
    marks: Sequence[str]
    line_break: str | None = None
    escape: Callable[[str], str] = str


def _xml(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


_ASS = Dialect([("{\\i1}", "{\\i0}"), ("{\\b1}", "")], ["{\\an8}", "{\\k20}", "{comment}", "\\h"], "\\N")
DIALECTS: Mapping[str, Dialect] = {
    ".srt": Dialect([("<i>", "</i>"), ('<font color="#ff0">', "</font>"), ("<b>", "")], ["{\\an8}", "</u>", "<3", "&"]),
    ".sbv": Dialect([("<i>", "</i>")], ["[br]"]),
    ".vtt": Dialect(
        [("<v Bob>", ""), ("<c.y>", "</c>"), ("<i>", "</i>"), ("<ruby>", "</ruby>")],
        ["<00:00:01.500>", "&nbsp;"],
        escape=_xml,
    ),
    ".ass": _ASS,
    ".ssa": _ASS,
    ".ttml": Dialect(
        [("<span>", "</span>"), ('<span begin="1s">', "</span>")], ["<set/>", "<!-- c -->", "&#160;"], "<br/>", _xml
    ),
    ".txt": Dialect([("", "")], [""], " "),
    ".html": Dialect(
        [("<b>", "</b>"), ('<a href="x?a=1&amp;b">', "</a>")], ["<br>", "<code>x</code>", "<img src=x>"], "<br>", _xml
    ),
    ".md": Dialect(
        [("**", "**"), ("[", "](https://a.example/b)"), ("_", "_")], ["`code`", "![alt](x.png)", "\\*"], "\n"
    ),
}
DIALECTS = {**DIALECTS, ".dfxp": DIALECTS[".ttml"]}


@st.composite
def payload(draw: st.DrawFn, dialect: Dialect, newline: str) -> str:
    """The text of a cue as it stands in a file of that format."""
    lines = draw(st.lists(_line(dialect), min_size=1, max_size=3))
    text = (dialect.line_break or newline).join(lines)
    if draw(st.booleans()):
        opening, closing = draw(st.sampled_from(dialect.tags))
        text = f"{opening}{text}{closing}"
    return text.replace("\n", newline) if dialect.line_break == "\n" else text


@st.composite
def _line(draw: st.DrawFn, dialect: Dialect) -> str:
    words = dialect.escape(draw(sentence())).split(" ")
    at = draw(st.integers(0, len(words) - 1))
    match draw(st.integers(0, 3)):
        case 0:
            opening, closing = draw(st.sampled_from(dialect.tags))
            words[at] = f"{opening}{words[at]}{closing}"
        case 1:
            words.insert(at, draw(st.sampled_from(dialect.marks)))
    return " ".join(words)


def _face(milliseconds: int, mark: str) -> str:
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}{mark}{rest % 1000:03}"


def _srt(number: int, begin: int, end: int, text: str) -> str:
    return f"{number}\n{_face(begin, ',')} --> {_face(end, ',')}\n{text}\n\n"


def _vtt(number: int, begin: int, end: int, text: str) -> str:
    note = "NOTE one\nand two\n\n" if number % 3 == 0 else f"id-{number}\n"
    return f"{note}{_face(begin, '.')} --> {_face(end, '.')} align:start line:{number}\n{text}\n\n"


def _sbv(_: int, begin: int, end: int, text: str) -> str:
    return f"{_face(begin, '.')[1:]},{_face(end, '.')[1:]}\n{text}\n\n"


def _ass(number: int, begin: int, end: int, text: str) -> str:
    kind = "Comment" if number % 4 == 0 else "Dialogue"
    return f"{kind}: 0,{_face(begin, '.')[1:-1]},{_face(end, '.')[1:-1]},Default,,0,0,0,,{text}\n"


def _ttml(_: int, begin: int, end: int, text: str) -> str:
    return f'  <p begin="{begin}ms" end="{_face(end, ".")}" region="r1">{text}</p>\n'


_ASS_HEAD = (
    "[Script Info]\nScriptType: v4.00+\n\n[Events]\n"
    "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
)
_TTML_HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>\n<tt xmlns="http://www.w3.org/ns/ttml" xml:lang="en">\n <body><div>\n'
)
_FRAMES: Mapping[str, tuple[str, Callable[[int, int, int, str], str], str]] = {
    ".srt": ("", _srt, ""),
    ".vtt": ("WEBVTT - made by chance\nX: y\n\nSTYLE\n::cue { color: red }\n\n", _vtt, "NOTE the end\n"),
    ".sbv": ("", _sbv, ""),
    ".ass": (_ASS_HEAD, _ass, "\n[Fonts]\nfontname: x\n"),
    ".ssa": (_ASS_HEAD, _ass, ""),
    ".ttml": (_TTML_HEAD, _ttml, " </div></body>\n</tt>\n"),
    ".dfxp": (_TTML_HEAD, _ttml, " </div></body>\n</tt>\n"),
    ".txt": ("Title\n\n", lambda number, *_: f"{_[-1]}\n" + "\n" * (number % 2), ""),
    ".html": (
        "<!DOCTYPE html>\n<title>Title</title>\n",
        lambda *given: f"<p>{given[-1]}</p>\n<script>if (a < b) c()</script>\n",
        "</html>",
    ),
    ".md": ("---\ntitle: no\n---\n\n# Title\n\n", lambda *given: f"- {given[-1]}\n\n", "```\ncode\n```\n"),
}


@st.composite
def file(draw: st.DrawFn, extension: str) -> bytes:
    """A file of the format, well formed, with cues that touch, overlap or stand apart."""
    head, frame, tail = _FRAMES[extension]
    newline = draw(st.sampled_from(LINE_ENDS))
    written, begin = [head], 0
    for number in range(1, draw(st.integers(1, 6)) + 1):
        text = draw(payload(DIALECTS[extension], "\n"))
        lasting = draw(st.sampled_from((500, 1500, 4000)))
        written.append(frame(number, begin, begin + lasting, text))
        begin += lasting + draw(st.sampled_from((-500, 0, 40, 900, 3000)))
        begin = max(begin, 0)
    mark = draw(st.sampled_from(("", "\ufeff")))
    return (mark + "".join([*written, tail]).replace("\n", newline)).encode()
