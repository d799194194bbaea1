# Each file stands on one line, so that it is seen as a whole.
# ruff: noqa: E501
"""Files as people and programs really make them, and what of each is text. Made by hand."""

from collections.abc import Sequence
from typing import NamedTuple


class Awkward(NamedTuple):
    """A file that is accepted: what it is called, its bytes, and the text of each cue as it stands in the file."""

    name: str
    extension: str
    data: bytes
    texts: Sequence[str]
    language: str | None = "en"


class Hopeless(NamedTuple):
    """A file that is refused, and what the reason says."""

    name: str
    extension: str
    data: bytes
    reason: str


_ONE = b"1\n00:00:01,000 --> 00:00:02,000\n"
_VTT = b"WEBVTT\n\n00:01.000 --> 00:02.000\n"
_ASS = b"[Script Info]\nTitle: x\n\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
_LINE = b"Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,"
_TTML = b'<?xml version="1.0"?>\n<tt xmlns="http://www.w3.org/ns/ttml"><body><div>\n'
_END = b"\n</div></body></tt>"

ACCEPTED = [
    Awkward("a byte order mark", ".srt", b"\xef\xbb\xbf" + _ONE + b"Hello\n", ["Hello"]),
    Awkward("no number, right behind a mark", ".srt", b"\xef\xbb\xbf00:00:01,000 --> 00:00:02,000\nHello\n", ["Hello"]),
    Awkward("carriage returns", ".srt", _ONE.replace(b"\n", b"\r\n") + b"One\r\ntwo\r\n\r\n", ["One\r\ntwo"]),
    Awkward("lone carriage returns", ".srt", _ONE.replace(b"\n", b"\r") + b"One\rtwo\r\r", ["One\rtwo"]),
    Awkward("mixed line ends", ".srt", _ONE + b"One\r\ntwo\r\r2\r\n00:00:03,000 --> 00:00:04,000\rThree", ["One\r\ntwo", "Three"]),
    Awkward("no end of line at the end", ".srt", _ONE + b"Hello", ["Hello"]),
    Awkward("text of digits only", ".srt", _ONE + b"42\n\n2\n00:00:03,000 --> 00:00:04,000\n43\n", ["42", "43"]),
    Awkward("blank lines within a cue", ".srt", _ONE + b"One\n\ntwo\n\n2\n00:00:03,000 --> 00:00:04,000\nThree\n", ["One\n\ntwo", "Three"]),
    Awkward("no blank line between cues", ".srt", _ONE + b"One\n2\n00:00:03,000 --> 00:00:04,000\nTwo\n", ["One", "Two"]),
    Awkward("no numbers", ".srt", b"00:00:01,000 --> 00:00:02,000\nOne\n\n00:00:03,000 --> 00:00:04,000\nTwo\n", ["One", "Two"]),
    Awkward("cues out of order that overlap", ".srt", b"9\n00:00:05,000 --> 00:00:09,000\nNine\n\n9\n00:00:01,000 --> 00:00:08,000\nOne\n", ["Nine", "One"]),
    Awkward("an empty cue", ".srt", _ONE + b"\n\n2\n00:00:03,000 --> 00:00:04,000\nTwo\n", ["", "Two"]),
    Awkward("a point for the comma, tabs, coordinates", ".srt", b"1\n00:00:01.000\t-->\t00:00:02.5 X1:40 X2:600 Y1:20 Y2:50\nHello\n", ["Hello"]),
    Awkward("a hundred hours", ".srt", b"1\n100:00:01,000 --> 100:00:02,000\nHello\n", ["Hello"]),
    Awkward("a zero byte", ".srt", _ONE + b"Hel\x00lo\n", ["Hel\x00lo"]),
    Awkward("UTF-16", ".srt", b"\xff\xfe" + (_ONE + b"Hello\n").decode().encode("utf-16-le"), ["Hello"]),
    Awkward("UTF-16 without a mark", ".srt", (_ONE + b"Hello\n").decode().encode("utf-16-be"), ["Hello"]),
    Awkward("the code page of Western Europe", ".srt", _ONE + "Ça coûte 5 €\n".encode("cp1252"), ["Ça coûte 5 €"], "fr"),
    Awkward("the code page of Cyrillic", ".srt", _ONE + "Привет, как дела?\n".encode("cp1251"), ["Привет, как дела?"], "ru"),
    Awkward("the code page of Japanese", ".srt", _ONE + "こんにちは、元気ですか。\n".encode("cp932"), ["こんにちは、元気ですか。"], "ja"),
    Awkward("a WebVTT file that is named .srt", ".srt", b"WEBVTT\n\nNOTE a\n\n00:01.000 --> 00:02.000\nHello\n", ["Hello"]),
    Awkward("the tutorial of a service begins with a blank line", ".vtt", b"\n00:00:01.000 --> 00:00:02.000\nHello\n", ["Hello"]),
    Awkward("a SubRip file that is named .vtt", ".vtt", _ONE + b"Hello\n", ["Hello"]),
    Awkward("settings, identifier, tabs", ".vtt", b"WEBVTT - t\n\nid 1\n00:01.000\t-->\t00:02.000 align:start line:0\nHello\n", ["Hello"]),
    Awkward("comments, styles, regions", ".vtt", b"WEBVTT\nX: y\n\nNOTE\nnot this\n\nSTYLE\n::cue{}\n\nREGION\nid:a\n\n" + _VTT[8:] + b"Hello\n\nNOTE nor this", ["Hello"]),
    Awkward("no blank line behind the head", ".vtt", b"WEBVTT\n00:01.000 --> 00:02.000\nHello", ["Hello"]),
    Awkward("times without text and text without times", ".vtt", _VTT + b"\n00:03.000 --> 00:04.000\nTwo\n\nstray text\n", ["", "Two"]),
    Awkward("an arrow in the text, which ends it", ".vtt", _VTT + b"One\nBack --> next\nnot this\n", ["One"]),
    Awkward("an arrow in the text of SubRip", ".srt", _ONE + b"Back ---> next\n\n", ["Back ---> next"]),
    Awkward("times of laps below a heading", ".srt", _ONE + b"Results:\n1:32.456 - 1:32.789\n", ["Results:\n1:32.456 - 1:32.789"]),
    Awkward("times of laps below a heading", ".vtt", _VTT + b"Results:\n1:32.456 - 1:32.789\n", ["Results:\n1:32.456 - 1:32.789"]),
    Awkward("the best times with a slash", ".srt", _ONE + b"2:03:59 / 2:04:15\n", ["2:03:59 / 2:04:15"]),
    Awkward("verses of the Bible", ".vtt", _VTT + b"3:16,17; 4:5,6\n", ["3:16,17; 4:5,6"]),
    Awkward("a time below a blank line at the end of a text", ".srt", _ONE + b"Ende\n\n00:00:10\n\n2\n00:00:03,000 --> 00:00:04,000\nTwo\n", ["Ende\n\n00:00:10", "Two"]),
    Awkward("a time below a blank line at the end of the file", ".srt", _ONE + b"Ende\n\n00:00:10\n", ["Ende\n\n00:00:10"]),
    Awkward("an identifier that is two times", ".vtt", b"WEBVTT\n\n0:00:01 - 0:00:02\n" + _VTT[8:] + b"One\n\n0:00:03 -> 0:00:04\r\n00:03.000 --> 00:04.000\nTwo\n", ["One", "Two"]),
    Awkward("an arrow behind a number and words", ".srt", _ONE + b"5 Punkte --> Platz eins\n10:30 --> Abfahrt\n", ["5 Punkte --> Platz eins\n10:30 --> Abfahrt"]),
    Awkward("an arrow before a number and words", ".srt", _ONE + "Klick auf Datei --> 3 Einträge\n".encode(), ["Klick auf Datei --> 3 Einträge"]),
    Awkward("an arrow between words and numbers, which ends the text", ".vtt", _VTT + b"One\n5 Punkte --> 3 Tore\n", ["One"]),
    Awkward("hours of the day in the text", ".srt", _ONE + b"10:30 - 11:45\n00:00:05 - 00:00:09 Breakfast\n", ["10:30 - 11:45\n00:00:05 - 00:00:09 Breakfast"]),
    Awkward("a count-down", ".vtt", _VTT + b"00:00:05.000\n", ["00:00:05.000"]),
    Awkward("an identifier that is a time", ".vtt", b"WEBVTT\n\n00:00:05.000\n" + _VTT[8:] + b"One\n", ["One"]),
    Awkward("bad times in a comment", ".vtt", b"WEBVTT\n\nNOTE\n00:01.000 -> 00:02.000\nnot this\n\nNOTE\n0:1 --> 2\nno\n\n" + _VTT[8:] + b"One\n", ["One"]),
    Awkward("cut off behind a number", ".srt", _ONE + b"One\n\n2\n", ["One"]),
    Awkward("a head alone", ".vtt", b"WEBVTT\n\nNOTE nothing yet\n", []),
    Awkward("events without a dialogue", ".ass", _ASS, []),
    Awkward("no paragraph", ".ttml", b"<tt><body/></tt>", []),
    Awkward("an hour of one digit, half a minute, frames and their parts", ".ttml", b'<tt><body><p begin="0:00:01.5" end="0:30">x</p><p begin="00:00:40:10.1" dur="2s">y</p></body></tt>', ["x", "y"]),
    Awkward("a voice, a class, a time, entities", ".vtt", _VTT + b"<v Bob><c.y>Tom &amp; <00:01.500>Ann</c>\n", ["<v Bob><c.y>Tom &amp; <00:01.500>Ann</c>"]),
    Awkward("hours of one digit", ".vtt", b"WEBVTT\n\n0:00:01.000 --> 0:00:02.000\nHello\n", ["Hello"]),
    Awkward("carriage returns in WebVTT", ".vtt", _VTT.replace(b"\n", b"\r\n") + b"One\r\ntwo\r\n\r\nNOTE x\r\n", ["One\r\ntwo"]),
    Awkward("lone carriage returns in WebVTT", ".vtt", _VTT.replace(b"\n", b"\r") + b"One\rtwo\r\rNOTE x\r", ["One\rtwo"]),
    Awkward("as YouTube writes it", ".sbv", b"0:00:01.000,0:00:02.000\nOne\ntwo\n\n0:00:03.000,0:00:04.000\nThree\n", ["One\ntwo", "Three"]),
    Awkward("commas, comments, overrides, soft breaks", ".ass", _ASS + _LINE + b"{\\an8}One, two\\Nthree\r\nComment: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,no\r\n", ["{\\an8}One, two\\Nthree"]),
    Awkward("columns in another order", ".ssa", b"[Events]\nFormat: Marked, Start, End, Style, Text\nDialogue: Marked=0,0:00:01.00,0:00:02.00,Default,Hi, you\n\n[Fonts]\nDialogue: x\n", ["Hi, you"]),
    Awkward("a mark, and capitals", ".ass", b"\xef\xbb\xbf" + _ASS.upper() + _LINE + b"Hi\n", ["Hi"]),
    Awkward("breaks, spans, entities", ".ttml", _TTML + b'<p begin="1s" end="2s">Tom &amp; <span tts:color="red" xmlns:tts="x">Ann</span><br/>go</p>' + _END, ['Tom &amp; <span tts:color="red" xmlns:tts="x">Ann</span><br/>go']),
    Awkward("empty paragraphs, other prefixes", ".dfxp", b'<tt:tt xmlns:tt="http://www.w3.org/ns/ttml"><tt:body><tt:p begin="0s" dur="1s"/><tt:p begin="00:00:01:10" end="20f">x</tt:p></tt:body></tt:tt>', ["", "x"]),
    Awkward("a greater-than sign in an attribute, a comment", ".ttml", _TTML + b'<p begin="1s" end="2s" xml:id="a>b">One<!-- <p>no</p> --></p>' + _END, ["One<!-- <p>no</p> -->"]),
    Awkward("Latin-1 that says so", ".ttml", '<?xml version="1.0" encoding="iso-8859-1"?><tt><body><p begin="1s" end="2s">Été</p></body></tt>'.encode("latin-1"), ["Été"]),
    Awkward("lines and blanks around them", ".txt", b"\xef\xbb\xbf  One.  \r\n\r\n\tTwo.\r\n", ["One.", "Two."]),
    Awkward("elements within and around text", ".html", b"<!DOCTYPE html><title>T</title><style>p{}</style><p>One <b>two</b><br>three</p><script>if (a<b) no()</script><ul><li>Four</ul>", ["T", "One <b>two</b><br>three", "Four"]),
    Awkward("what is not for translation", ".html", b'<p translate="no">no</p><pre>no <b>no</b></pre><p>Run <code>make</code></p><div class="notranslate"><div>no</div>no</div>yes', ["Run <code>make</code>", "yes"]),
    Awkward("tags that are none", ".html", b"<p>1 < 2 and a <b, so <!-- <p>no --> yes", ["1 < 2 and a <b, so", "yes"]),
    Awkward("a code page that the page declares", ".html", '<meta charset="windows-1252"><p>Été</p>'.encode("cp1252"), ["Été"]),
    Awkward("front matter", ".md", b"---\ntitle: no\n---\n\n# One #\n\nTwo\nthree.\n", ["One", "Two", "three."]),
    Awkward("code, tables, lists, quotes, links", ".md", b"```\nno\n```\n\n    no\n\n- One\n  two\n> Three\n\n| A | B |\n|---|---|\n| c | `d` |\n\n[x]: http://no\n", ["One", "two", "Three", "A", "B", "c", "`d`"]),
    Awkward("footnotes", ".md", b"See[^1].\n\n[^1]: A *note*\n    of two lines.\n\n[x]: http://no\n", ["See[^1].", "A *note*", "of two lines."]),
    Awkward("setext headings, hard breaks, tasks", ".md", b"One\n===\n\nTwo\\\nthree  \nfour\n\n- [ ] Five\n1. Six\n\n$$\nno\n$$\n<!-- no\nno -->\n", ["One", "Two", "three", "four", "Five", "Six"]),
]  # fmt: skip

_LOOKS = "it looks like the times of a cue, but those are written "

REFUSED = [
    Hopeless("a web page", ".srt", b"<html><body><p>404 Not Found</p></body></html>", "Line 1 cannot be read as SubRip: it is a web page"),
    Hopeless("a web page", ".ttml", b"\n <!DOCTYPE html><title>404</title>", "it is a web page"),
    Hopeless("one dash in the arrow", ".vtt", b"WEBVTT\n\n00:05.000 -> 00:02.000\nHello\n", f"Line 3 cannot be read as WebVTT: {_LOOKS}00:01.000 --> 00:02.500"),
    Hopeless("one dash in the arrow of one cue", ".vtt", _VTT + b"One\n\n00:05.000 -> 00:06.000\nTwo\n", f"Line 6 cannot be read as WebVTT: {_LOOKS}"),
    Hopeless("one dash in the arrow, right below the text", ".srt", _ONE + b"One\n2\n00:00:03,000 -> 00:00:04,000\nTwo\n", f"Line 5 cannot be read as SubRip: {_LOOKS}00:00:01,000 --> 00:00:02,500"),
    Hopeless("three dashes", ".vtt", b"WEBVTT\n\n00:01.000 ---> 00:02.000\nHello\n", f"Line 3 cannot be read as WebVTT: {_LOOKS}"),
    Hopeless("an arrow that a word processor made", ".srt", _ONE + "One\n\n2\n00:00:03,000 –> 00:00:04,000\nTwo\n".encode(), f"Line 6 cannot be read as SubRip: {_LOOKS}"),
    Hopeless("an arrow as a page writes it", ".srt", _ONE + b"One\n\n2\n00:00:03,000 --&gt; 00:00:04,000\nTwo\n", f"Line 6 cannot be read as SubRip: {_LOOKS}"),
    Hopeless("no arrow", ".vtt", _VTT + b"One\n\n00:03.000 00:04.000 line:0\nTwo\n", f"Line 6 cannot be read as WebVTT: {_LOOKS}"),
    Hopeless("no arrow, below a number", ".srt", _ONE + b"One\n\n2\n00:00:03,000 - 00:00:04,000\nTwo\n", f"Line 6 cannot be read as SubRip: {_LOOKS}"),
    Hopeless("no arrow, right below the head", ".vtt", b"WEBVTT\n00:01.000 00:02.000\nOne\n\n00:03.000 --> 00:04.000\nTwo\n", f"Line 2 cannot be read as WebVTT: {_LOOKS}"),
    Hopeless("an arrow of one sign", ".srt", _ONE + "One\n00:00:03,000 → 00:00:04,000\nTwo\n".encode(), f"Line 4 cannot be read as SubRip: {_LOOKS}"),
    Hopeless("a begin that cannot be read", ".vtt", _VTT + b"One\n\n0x:03.000 --> 00:04.000\nTwo\n", f"Line 6 cannot be read as WebVTT: {_LOOKS}"),
    Hopeless("no end", ".srt", _ONE + b"One\n\n2\n00:00:03,000 -->\nTwo\n", f"Line 6 cannot be read as SubRip: {_LOOKS}"),
    Hopeless("neither arrow nor end", ".srt", _ONE + b"One\n\n2\n00:00:03,000\nTwo\n", f"Line 6 cannot be read as SubRip: {_LOOKS}"),
    Hopeless("neither arrow nor end", ".vtt", _VTT + b"One\n\n00:03.000\nTwo\n", f"Line 6 cannot be read as WebVTT: {_LOOKS}"),
    Hopeless("cut off within the times", ".srt", _ONE + b"One\n\n2\n00:00:0", f"Line 6 cannot be read as SubRip: {_LOOKS}"),
    Hopeless("commas under the head of WebVTT", ".vtt", b"WEBVTT\n\n" + _ONE + b"Hello\n", f"Line 4 cannot be read as WebVTT: {_LOOKS}"),
    Hopeless("times without hours in SubRip", ".srt", b"1\n00:01,000 --> 00:02,000\nHello\n", f"Line 2 cannot be read as SubRip: {_LOOKS}"),
    Hopeless("a minute with 61 seconds", ".vtt", _VTT + b"One\n\n00:61.000 --> 01:02.000\nTwo\n", f"Line 6 cannot be read as WebVTT: {_LOOKS}"),
    Hopeless("times that no player understands", ".vtt", _VTT + b"One\n\n0.0 --> 9\nTwo\n", f"Line 6 cannot be read as WebVTT: {_LOOKS}"),
    Hopeless("bad times under the head itself", ".vtt", b"WEBVTT\n00:05.000 -> 00:02.000\nHello\n", f"Line 2 cannot be read as WebVTT: {_LOOKS}"),
    Hopeless("a head and text without times", ".vtt", b"WEBVTT\n\nHello there.\n", "Line 3 cannot be read as WebVTT: no line gives the times of a cue"),
    Hopeless("one time of YouTube's with two digits", ".sbv", b"0:00:01.000,0:00:02.000\nOne\n\n0:00:03.00,0:00:04.000\nTwo\n", f"Line 4 cannot be read as SubViewer: {_LOOKS}0:00:01.000,0:00:02.500"),
    Hopeless("a line that is neither dialogue nor comment", ".ass", _ASS + _LINE + b"One\nDialoge: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,Two\n", "Line 7 cannot be read as SubStation Alpha: it has times and is neither Dialogue nor Comment"),
    Hopeless("times that cannot be read", ".ttml", _TTML + b'<p begin="1s" end="2s">One</p>\n<p begin="00:00:03,000" end="4s">Two</p>' + _END, "Line 4 cannot be read as Timed Text: its begin is no time"),
    Hopeless("nothing but a mark", ".vtt", b"\xef\xbb\xbf\r\n", "Line 1 cannot be read as WebVTT: it is empty"),
    Hopeless("text above the first cue", ".srt", b"Title\n\n" + _ONE + b"Hello\n", "Line 1 cannot be read as SubRip: there is text above the first cue"),
    Hopeless("an arrow without times", ".srt", _ONE + b"One\n\n2\n00:00:03,000 --> 00:00:0x,000\nTwo\n", f"Line 6 cannot be read as SubRip: {_LOOKS}"),
    Hopeless("nothing at all", ".srt", b"", "it is empty"),
    Hopeless("a head alone", ".vtt", b"WEBVT\n\n", "no line gives the times of a cue"),
    Hopeless("neither head nor order", ".vtt", b"\n\nstray\n\n00:01.000 --> 00:02.000\nHello\n", "Line 3 cannot be read as WebVTT: a block of text has no times"),
    Hopeless("neither head nor times", ".vtt", b"00:01.000 --> 00:02.000\nOne\n\n00:03.0 --> 4\nTwo\n", f"Line 4 cannot be read as WebVTT: {_LOOKS}"),
    Hopeless("no events", ".ass", b"[Script Info]\nTitle: x\n", "there is no [Events] section"),
    Hopeless("a line that is too short", ".ass", _ASS + b"Dialogue: 0,0:00:01.00,Hi\n", "fewer columns"),
    Hopeless("text that is not the last column", ".ass", b"[Events]\nFormat: Text, Start, End\nDialogue: x,0:00:01.00,0:00:02.00\n", "the Format line"),
    Hopeless("not well-formed", ".ttml", _TTML + b"<p>One</div>" + _END, "Line 3 cannot be read as Timed Text: it is not well-formed XML"),
    Hopeless("a document type", ".ttml", b'<!DOCTYPE tt [<!ENTITY a "b">]><tt><body><p begin="1s" end="2s">&a;</p></body></tt>', "it declares a document type"),
    Hopeless("another root", ".dfxp", b"<smil><p>x</p></smil>", "its root is not tt"),
]  # fmt: skip
