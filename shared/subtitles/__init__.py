"""Text files and subtitles, translated without touching anything but their words. Pure: no traffic, no storage.

    document = scan(data, ".srt", "en")                   what is text; TextUnreadable where that is a guess
    plan = Plan.of(document)                              which cues are sent together
    for unit in plan:
        found = settle(unit, answers, "de", limits)       questions first, then the unit's cues
    spliced = splice(document, payloads)                  (cue, text) in order; the file; verify(document, spliced)
    Report.of(document, units).as_json(document)          what the receipt says

`answers` maps keys of questions to translations. Nothing else need be remembered between two slices: `scan` and
`settle` are cheap and always give the same, and a plan can be stored as JSON. `pack` fills requests.
"""

from shared.errors import TextUnreadable
from shared.subtitles.document import Document
from shared.subtitles.formats import FORMATS, SUBTITLES, TEXTS, extension_of, scan
from shared.subtitles.lexicon import Lexicon
from shared.subtitles.limits import Limits, limits_for
from shared.subtitles.packing import LLM, NMT, Room, pack
from shared.subtitles.plan import Context, Plan, Unit
from shared.subtitles.report import Report
from shared.subtitles.settle import Answers, Ask, Kept, Settled, settle
from shared.subtitles.splice import Spliced, splice, verify

__all__ = [
    "FORMATS",
    "LLM",
    "NMT",
    "SUBTITLES",
    "TEXTS",
    "Answers",
    "Ask",
    "Context",
    "Document",
    "Kept",
    "Lexicon",
    "Limits",
    "Plan",
    "Report",
    "Room",
    "Settled",
    "Spliced",
    "TextUnreadable",
    "Unit",
    "extension_of",
    "limits_for",
    "pack",
    "scan",
    "settle",
    "splice",
    "verify",
]
