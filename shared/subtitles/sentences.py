"""Which cues are read as one sentence."""

import re

from shared.subtitles.document import Times
from shared.subtitles.parts import Part
from shared.subtitles.scripts import base

#: SubtitleEdit's value: after a longer pause a new sentence begins.
LONGEST_GAP_MILLISECONDS = 1000
#: Cues that overlap by more are two people who speak at once, or a text on screen.
LONGEST_OVERLAP_MILLISECONDS = 100
#: Text without full stops, as machines write it, would be one endless sentence.
MOST_CUES, MOST_CHARACTERS = 8, 600

_CLOSERS = "\"'”’»›)]）］」』】"
_ALWAYS = frozenset("!?。！？．｡؟۔।॥։።။៕")
_ELLIPSIS = re.compile(r"(?:\.\.+|…|[-–—]{1,2})\Z")
_CONTINUES = re.compile(r"\s*(?:\.{2,}|…)?\s*[^\W\d_]")


def pause(times: Times | None, following: Times | None) -> bool:
    """Whether the time between two cues says that they are no one sentence."""
    if times is None or following is None:
        return True
    return not -LONGEST_OVERLAP_MILLISECONDS <= following.begin - times.end < LONGEST_GAP_MILLISECONDS


def same_voice(part: Part, following: Part) -> bool:
    """Whether nothing in the text itself says that somebody else speaks, or that something else is shown."""
    return not (part.apart or following.apart or following.speaks or part.wrappers != following.wrappers)


def rolls(part: Part, following: Part) -> bool:
    """Whether a line is shown again, as in captions that roll up: those are no one sentence."""
    return not set(part.lines).isdisjoint(following.lines)


def ends(text: str, following: str, language: str | None) -> bool:
    """Whether a sentence ends between two texts."""
    text = text.rstrip()
    bare = text.rstrip(_CLOSERS)
    if not bare or bare[-1] in _ALWAYS:
        return True
    if _ELLIPSIS.search(bare):
        return not _continues(following)
    return bare[-1] == "." and _full_stop(text, following, language)


def _continues(following: str) -> bool:
    """Whether what follows an ellipsis or a dash begins like the middle of a sentence: with a small letter."""
    found = _CONTINUES.match(following)
    return found is not None and found[0][-1].islower()


def _full_stop(text: str, following: str, language: str | None) -> bool:
    """Whether the point ends a sentence; it may belong to an abbreviation."""
    from sentencex import get_sentence_boundaries  # a compiled module that only subtitles need

    whole = f"{text} {following}"
    starts = {int(found["start_index"]) for found in get_sentence_boundaries(base(language or "en"), whole)}
    return bool(starts & {len(text), len(text) + 1})
