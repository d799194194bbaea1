"""Subtitles of one kind written as another: WebVTT as SubRip, which most players want, and back.

What only one of the two can say is left out: voices, classes, regions and positions of WebVTT, the fonts and the
`{\\an8}` of SubRip. Bold, italic and underlined stay.
"""

import html
import re
from collections.abc import Iterator

from shared.subtitles.document import Document, Times
from shared.subtitles.formats import scan

_TAG = re.compile(r"</?([a-zA-Z]+)[^<>]*>")
#: The tags that stand in SubRip files, some of them left over from other formats; any other `<` is text.
_SUBRIP_TAG_OR_SIGN = re.compile(
    r"""(?ix) </? (?: (b|i|u) (?:\.[^\s<>]*)? \s* | (?:s|strike|em|strong|br|p|c|v|ruby|rt) \s* /?
    | (?:font|span|div) (?:\s[^<>]*)? | c\.[^\s<>]* | v (?:\.[^\s<>]*)? \s [^<>]* ) > | <"""
)
_TIMESTAMP = re.compile(r"<[\d:.]+>")
_OVERRIDE = re.compile(r"\{\\[^{}]*\}")
_BOTH_KNOW = frozenset({"b", "i", "u"})
#: An ampersand that begins no character reference.
_BARE = re.compile(r"&(?!(?:#\d+|#x[0-9a-fA-F]+|\w+);)")


def srt_of(vtt: bytes) -> bytes:
    """A WebVTT file as SubRip. TextUnreadable where it is no subtitle file."""
    document = scan(vtt, ".vtt", None)
    blocks = (
        f"{number}\n{_clock(times.begin, ',')} --> {_clock(times.end, ',')}\n{_plainer(payload)}\n"
        for number, (times, payload) in enumerate(_cues(document), 1)
    )
    return "\n".join(blocks).encode()


def vtt_of(document: Document) -> bytes:
    """A subtitle file that was read as SubRip, as WebVTT."""
    blocks = (
        f"{_clock(times.begin, '.')} --> {_clock(times.end, '.')}\n{_escaped(payload)}\n"
        for times, payload in _cues(document)
    )
    return "\n".join(["WEBVTT\n", *blocks]).encode()


def _cues(document: Document) -> Iterator[tuple[Times, str]]:
    """Times and text of each cue; a blank line in a text would end the cue, and is left out."""
    for cue in range(len(document)):
        if times := document.times(cue):
            lines = document.payload(cue).splitlines()
            yield times, "\n".join(line for line in lines if line.strip())


def _plainer(payload: str) -> str:
    """A text of WebVTT as SubRip has it: without tags that it does not know, and characters as themselves."""
    return html.unescape(_kept_tags(_TIMESTAMP.sub("", payload)))


def _escaped(payload: str) -> str:
    """A text of SubRip as WebVTT has it. There `&`, a `<` that begins no tag, and an arrow must be references."""
    text = _BARE.sub("&amp;", _OVERRIDE.sub("", payload))
    return _SUBRIP_TAG_OR_SIGN.sub(lambda at: "&lt;" if at[0] == "<" else _known(at), text).replace("-->", "--&gt;")


def _kept_tags(payload: str) -> str:
    return _TAG.sub(_known, payload)


def _known(tag: "re.Match[str]") -> str:
    """The tag without the classes that WebVTT may give it; nothing where only one of the two formats knows it."""
    name = (tag[1] or "").lower()  # no group of its own has a tag that only SubRip files have
    return f"{'</' if tag[0].startswith('</') else '<'}{name}>" if name in _BOTH_KNOW else ""


def _clock(milliseconds: int, mark: str) -> str:
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}{mark}{rest % 1000:03}"
