"""Small subtitle files to translate: one with tags and sentences over several cues, one with settings and notes."""

from pathlib import Path

FILM = "films/harbour.srt"
TOUR = "films/tour.vtt"
_FILM = """\
1
00:00:01,000 --> 00:00:03,400
<i>When the fog came in from the sea,</i>

2
00:00:03,500 --> 00:00:06,000
<i>nobody in the village slept.</i>

3
00:00:07,200 --> 00:00:09,800
The keeper counted <b>all</b> the lights
he could see from the tower,

4
00:00:09,900 --> 00:00:12,500
and at midnight there was one too many.

5
00:00:14,000 --> 00:00:16,000 X1:100 X2:540 Y1:400 Y2:440
- Is that 204 metres away?
- {\\an8}No. It is coming closer.

6
00:00:17,000 --> 00:00:18,500
[FOGHORN]
"""
_TOUR = """\
WEBVTT - A walk around the harbour

STYLE
::cue(.place) { color: lime }

NOTE The guide speaks slowly here; this line is never shown.

welcome
00:00:00.500 --> 00:00:03.000 align:start position:10%,line-left size:60%
<v Guide>Welcome to <c.place>Stone Wall</c>!

00:00:03.200 --> 00:00:06.000 line:0
The oldest boat here was built in 1891,

00:00:06.100 --> 00:00:08.000 line:0
and it still goes out every Sunday.

NOTE
Two lines of applause follow.

00:00:08.500 --> 00:00:09.500 vertical:rl
(applause)
"""


def write_subtitle_samples(folder: Path) -> None:
    """Write both into `folder`, where theirs is made. The first ends its lines as Windows does."""
    (folder / FILM).parent.mkdir(parents=True, exist_ok=True)
    (folder / FILM).write_text(_FILM, encoding="utf-8-sig", newline="\r\n")
    (folder / TOUR).write_text(_TOUR, encoding="utf-8")
