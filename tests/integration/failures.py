"""What is dropped by the tests of failure: each file with what is to go wrong with it."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import md5
from typing import Any

from shared.jobs.job import job_key

FOLDER = "failures/en-US_to_de-DE"
BRIEFS = {
    "failures/translate.json": '{"route": {"video": ["azure-video"], "audio": ["vozo"]}}',
    f"{FOLDER}/falls-back.mp4.translate.json": '{"route": {"video": ["azure-video", "vozo"]}}',
}
FILM_FIELD, SUBTITLES_FIELD = "translatedVideoFileUrl", "targetLocaleSubtitleWebvttFileUrl"

type Rule = dict[str, Any]

#: Azure Video Translation, by file: what goes wrong with the PUT of the translation.
STARTS: Mapping[str, Sequence[Rule]] = {
    "says-no.mp4": [{"do": "status", "status": 400, "body": {"error": {"code": "NoWay", "message": "Too odd."}}}],
    "fails.mp4": [{"do": "fail", "message": "Nobody speaks in this film."}],
    "silent.mp4": [],
    "stopped.mp4": [{"do": "canceled"}],
    "free-tier.mp4": [{"do": "free_tier"}],
    "falls-back.mp4": [{"do": "fail", "message": "Nobody speaks in this film."}],
    "dropped-before.mp4": [{"do": "drop"}],
    "dropped-after.mp4": [{"do": "drop_after"}],
    "away.mp4": [{"do": "status", "status": 503}],
    "throttled.mp4": [{"do": "throttle", "retry_after": "1"}, {"do": "throttle", "retry_after": "1"}],
    "odd-state.mp4": [{"do": "unknown_status", "word": "Pondering", "seconds": 1.5}],
    "never-ends.mp4": [{"do": "never_finish"}],
    "overwritten.mp4": [{"do": "never_finish"}],
    "deleted-at-once.mp4": [{"do": "slow", "seconds": 15}],
}
#: The same: what goes wrong with whatever is asked under the id of the file's translation, and where.
WORKS: Mapping[str, Sequence[tuple[str, Rule]]] = {
    "polled.mp4": [
        ("operations", {"do": "throttle", "retry_after": "1"}),
        ("operations", {"do": "status", "status": 500}),
        ("operations", {"do": "body", "body": "<html>"}),
        ("operations", {"do": "drop"}),
    ],
    "deleted-later.mp4": [("iterations", {"do": "unknown_status", "seconds": 1})],
    "iteration-fails.mp4": [("iterations", {"do": "iteration_failed"})],
    "no-film.mp4": [("iterations", {"do": "missing_file", "file": FILM_FIELD})],
    "no-subtitles.mp4": [("iterations", {"do": "missing_file", "file": SUBTITLES_FIELD})],
    "never-made.mp4": [("iterations", {"do": "absent_file", "file": SUBTITLES_FIELD})],
}
#: Vozo, by file: what goes wrong with the task.
TASKS: Mapping[str, Sequence[Rule]] = {
    "unfit.mp3": [{"do": "fail", "code": "10002", "message": "no audio stream"}],
    "gone-wrong.mp3": [{"do": "fail", "code": "10003", "message": "transcoding failed"}],
    "refused.mp3": [{"do": "status", "status": 400, "body": {"code": "5", "message": "That is no language."}}],
    "busy.mp3": [
        {"do": "status", "status": 400, "body": {"code": "1304", "message": "Busy."}, "headers": {"Retry-After": "1"}}
    ],
    "no-key.mp3": [{"do": "status", "status": 400, "times": 999, "body": {"code": "7", "message": "No permission."}}],
    "lost.mp3": [{"do": "drop_after"}, {"do": "lose_callbacks"}],
    "broken-off.mp3": [{"do": "truncated_result"}],
    "run-out.mp3": [{"do": "expired_results"}],
}
GOOD = ("good.mp4", "good.mp3")
#: What is wrong with these, the app sees by itself.
UNFIT: Mapping[str, bytes] = {"slides.key": b"slides", "no-extension": b"what?", "empty.mp4": b""}


@dataclass(frozen=True)
class Failures:
    """The real media to drop."""

    media: Mapping[str, bytes]

    @property
    def names(self) -> list[str]:
        """Every file of this module, by its full name."""
        return [place(name) for name in (*GOOD, *STARTS, *WORKS, *TASKS, *UNFIT)]

    def content(self, name: str) -> bytes:
        """What is dropped under that name."""
        base = name.rpartition("/")[2]
        if base in UNFIT:
            return UNFIT[base]
        return self.media["silent.mp4" if base == "silent.mp4" else "film.mp4" if base.endswith("mp4") else "talk.mp3"]

    def speech_rules(self) -> list[Rule]:
        """What the Speech double is to do."""
        starts = [
            rule | {"when": {"method": "PUT", "body": f"/{name}"}} for name, rules in STARTS.items() for rule in rules
        ]
        works = [
            rule | {"when": {"path": f"{part}/{key}" if part == "operations" else f"{key}.*{part}"}}
            for name, rules in WORKS.items()
            for key in [self.key(name)]
            for part, rule in rules
        ]
        return starts + works

    def vozo_rules(self) -> list[Rule]:
        """What the Vozo double is to do."""
        return [
            rule | {"when": {"method": "POST", "body": f"/{name}"}} for name, rules in TASKS.items() for rule in rules
        ]

    def key(self, name: str) -> str:
        """The id of the file's job."""
        content = self.content(name)
        digest = b64encode(md5(content, usedforsecurity=False).digest()).decode()
        return job_key(place(name), f"{digest}/{len(content)}")


def place(name: str) -> str:
    """Where in the inbox the file is dropped."""
    return f"{FOLDER}/{name}"
