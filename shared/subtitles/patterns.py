"""The markup of each format, as one pattern whose groups are named for kinds of token.

Every repetition is bounded or cannot be read in two ways, so that no text makes a pattern slow.
"""

import html
import re

from shared.subtitles.markup import Markup


def _escape_vtt(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("-->", "--&gt;")


def _escape_xml(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _pattern(verbose: str) -> "re.Pattern[str]":
    return re.compile(verbose, re.VERBOSE | re.IGNORECASE)


_BREAK = r"(?P<break> \r\n | \n | \r )"
_COMMENT = r"<!-- (?: (?!-->) [\s\S] ){0,5000} -->"
#: The inside of a tag, after its name.
_INSIDE = r"""(?: [^<>"'] | "[^"]{0,2000}" | '[^']{0,2000}' )*+"""
_CLOSE = rf"(?P<close> </ [a-z] {_INSIDE} > )"
_OPEN = rf"(?P<open> < [a-z] {_INSIDE} > )"

_PLAYERS_TAGS = r"""
    | (?P<mark> \{ \\ [^{}\r\n]{0,500} \} )
    | (?P<close> </ (?: i|b|u|s|em|strong|font|span|c|v|lang|ruby|rt|rp ) (?![a-z0-9]) [^<>\r\n]{0,100} > )
    | (?P<open>  <  (?: i|b|u|s|em|strong|font|span|c|v|lang|ruby|rt|rp ) (?![a-z0-9]) [^<>\r\n]{0,500} > )
    """
#: SubRip has no standard; these are the tags that players know, and SubStation's `{\an8}`.
SRT_MARKUP = Markup(_pattern(_BREAK + _PLAYERS_TAGS))
#: YouTube writes a line break within a caption as `[br]`, too.
SBV_MARKUP = Markup(_pattern(r"(?P<break> \r\n | \n | \r | \[br\] )" + _PLAYERS_TAGS))
#: https://www.w3.org/TR/webvtt1/#webvtt-cue-text-tokenizer: whatever follows `<`, up to `>` or the end, is a tag.
VTT_MARKUP = Markup(
    _pattern(rf"""
    {_BREAK}
    | (?P<close> </ (?: c|i|b|u|ruby|rt|v|lang ) (?: [.\ \t] [^<>]{{0,200}} )? > )
    | (?P<open>  <  (?: c|i|b|u|ruby|rt|v|lang ) (?: [.\ \t\r\n] [^>]{{0,500}} )? > )
    | (?P<mark>  <  [^>]{{0,500}} (?: > | \Z ) )
    """),
    html.unescape,
    _escape_vtt,
)
#: https://aegisub.org/docs/latest/ass_tags/: a tag has no end; it holds until another one.
ASS_MARKUP = Markup(
    _pattern(r"(?P<break> \\[Nn] ) | (?P<mark> \{ [^{}]* \} )"),
    lambda text: text.replace(r"\h", "\u00a0"),
    lambda text: text.replace("\u00a0", r"\h"),
    line=r"\N",
)
#: https://www.w3.org/TR/ttml2/#content-vocabulary-br
TTML_MARKUP = Markup(
    _pattern(rf"""
    (?P<break> < (?: \w{{1,20}}: )? br \b [^<>]{{0,500}} /> )
    | (?P<opaque> <!\[CDATA\[ (?: (?!\]\]>) [\s\S] ){{0,5000}} \]\]> )
    | (?P<mark>
        {_COMMENT}
        | <\? [^<>]{{0,500}} \?>
        | < (?P<meta> (?: \w{{1,20}}: )? metadata ) \b [^<>]{{0,500}} >
          (?: (?!</(?P=meta)) [\s\S] ){{0,5000}} </ (?P=meta) >
        | < [a-z] (?: [^<>"'/] | /(?!>) | "[^"]{{0,2000}}" | '[^']{{0,2000}}' )*+ />
      )
    | {_CLOSE} | {_OPEN}
    """),
    html.unescape,
    _escape_xml,
    line="<br/>",
    folds=True,
)
#: https://html.spec.whatwg.org/multipage/dom.html#the-translate-attribute; `notranslate` is the older custom.
HTML_MARKUP = Markup(
    _pattern(rf"""
    (?P<opaque>
        < (?P<code> code|kbd|samp|var ) \b [^<>]{{0,500}} >
          (?: (?!</(?P=code)) [\s\S] ){{0,2000}} </ (?P=code) \s{{0,9}} >
        | < (?P<no> [a-z]\w{{0,20}} ) \b [^<>]{{0,500}} (?: translate=["']?no\b | \bnotranslate\b ) [^<>]{{0,500}} >
          [^<>]{{0,2000}} </ (?P=no) \s{{0,9}} >
      )
    | (?P<mark> {_COMMENT} | < (?: br|img|wbr|input ) \b {_INSIDE} > )
    | {_CLOSE} | {_OPEN}
    """),
    html.unescape,
    _escape_xml,
    folds=True,
)
#: https://spec.commonmark.org/: code, addresses, formulas, HTML and escapes stay; emphasis and links are tags.
MARKDOWN_MARKUP = Markup(
    _pattern(rf"""
    (?P<opaque>
        (?P<tick> `{{1,5}} ) (?!`) (?: (?!(?P=tick)) [\s\S] ){{1,2000}} (?P=tick) (?!`)
        | < (?: https? | mailto | ftp ) : [^<>\s]{{1,2000}} >
        | \$ [^$\s] (?: [^$\r\n]{{0,200}} [^$\s] )? \$ (?!\d)
        | & \#? \w{{1,30}} ;
        | \\ [!-/:-@\[-`{{-~]
        | \[\^ [^\[\]\s]{{1,50}} \]
      )
    | (?P<mark> </? [a-z] [^<>]{{0,1000}} > | {_COMMENT} )
    | (?P<close> \]\( (?: [^()\r\n] | \( [^()\r\n]{{0,500}} \) ){{0,2000}} \) | \]\[ [^\[\]\r\n]{{0,500}} \] )
    | (?P<open> !? \[ (?= [^\[\]\r\n]{{1,1000}} (?: \]\( | \]\[ ) ) )
    | (?P<flip>
        (?<![\w_]) _{{1,3}} (?=[^\s_]) | (?<=[^\s_]) _{{1,3}} (?![\w_])
        | \*{{1,3}} (?=[^\s*]) | (?<=[^\s*]) \*{{1,3}} | ~~
      )
    """),
    divides="|",
)
#: Plain text has none.
PLAIN_MARKUP = Markup(_pattern(_BREAK))
