"""What Vozo does with a task: fetches the media, looks at it, and publishes what it pretends to have made.

Of the job errors only 10001, 10002 and the beginning of 10003 are published (D3 in the facts on Vozo). A download
that fails is given the lip-sync table's 999, an unusable subtitle file the API's 5.
"""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from sandbox.doubles.control import Control
from sandbox.doubles.courier import Courier, NotFetched
from sandbox.doubles.cues import BadSubtitles, Cue, parse_srt, srt, transcript, translated
from sandbox.doubles.media import Media, Studio, Unreadable
from sandbox.doubles.vozo_cdn import Cdn
from sandbox.doubles.vozo_rules import INTERNAL, INVALID, MAX_SECONDS, NO_AUDIO, NO_VIDEO, TRANSCODING
from sandbox.doubles.vozo_tasks import DONE, STEPS, Task

log = logging.getLogger(__name__)

STEP_SECONDS = 0.6
NOT_DOWNLOADED = "999"

type Changed = Callable[[Task], object]


class JobFailed(Exception):
    """The task cannot be done: its err_code, and its err_message as text."""

    def __init__(self, code: str, message: str) -> None:
        """Hold both."""
        super().__init__(message)
        self.code = code


class Production:
    """Carries out tasks, one coroutine each. Every outcome ends in a status; none raises."""

    def __init__(self, control: Control, courier: Courier, studio: Studio, cdn: Cdn, folder: Path) -> None:
        """Work with these; texts are kept in `folder`."""
        self._control, self._courier, self._studio, self._cdn = control, courier, studio, cdn
        self._folder = folder

    async def run(self, task: Task, changed: Changed) -> None:
        """Take the task through its statuses, telling `changed` of each."""
        try:
            await self._produce(task, changed)
            task.status = DONE
        except JobFailed as failure:
            task.fail(failure.code, str(failure))
        except Exception:
            log.exception("a task of the Vozo double broke")
            task.fail(INTERNAL, "Internal Server Error")
        changed(task)

    async def _produce(self, task: Task, changed: Changed) -> None:
        await self._enter(task, STEPS[0], changed)
        await self._meet_fate(task, changed)
        media = await self._media(task)
        for step in STEPS[1:]:
            await self._enter(task, step, changed)
        await self._control.nap(STEP_SECONDS)
        await self._publish(task, media)

    async def _enter(self, task: Task, status: str, changed: Changed) -> None:
        await self._control.nap(STEP_SECONDS)
        task.status = status
        changed(task)

    async def _meet_fate(self, task: Task, changed: Changed) -> None:
        if odd := task.fates.get("unknown_status"):
            await self._enter(task, odd.word, changed)
            await asyncio.sleep(odd.seconds)
        if "never_finish" in task.fates:
            await asyncio.Event().wait()
        if rule := task.fates.get("fail"):
            raise JobFailed(rule.code, rule.message)

    async def _media(self, task: Task) -> Media:
        try:
            path = await self._courier.file(task.asked.media_url)
        except NotFetched as error:
            raise JobFailed(NOT_DOWNLOADED, str(error)) from error
        try:
            media = await self._studio.look(path)
        except Unreadable as error:
            path.unlink()
            raise JobFailed(TRANSCODING, f"Transcoding failed: {error}") from error
        if media.path != path:
            path.unlink()
        _check(media, task)
        return media

    async def _publish(self, task: Task, media: Media) -> None:
        language = task.asked.target_language
        for kind in task.asked.exports:
            make = self._studio.video if kind == "video" else self._studio.audio
            self._offer(task, f"{kind}_url", await make(media, language))
        subtitles = self._folder / f"{task.id}.srt"
        text = srt(await self._cues(task, media))
        await asyncio.to_thread(subtitles.write_text, text, encoding="utf-8")
        self._offer(task, "subtitle_url", subtitles)

    async def _cues(self, task: Task, media: Media) -> list[Cue]:
        cues, final = transcript(media.seconds), False
        if task.asked.subtitle_url:
            cues = await self._given_cues(task.asked.subtitle_url, media)
            final = task.asked.subtitle_usage_type == "final_translated"
        return cues if final else translated(cues, task.asked.target_language)

    async def _given_cues(self, url: str, media: Media) -> list[Cue]:
        try:
            cues = parse_srt(await self._courier.text(url))
        except (NotFetched, BadSubtitles) as error:
            raise JobFailed(INVALID, f"The subtitle file is not usable: {error}") from error
        if cues[-1].end > media.seconds:
            raise JobFailed(INVALID, "The subtitle file is longer than the media.")
        return cues

    def _offer(self, task: Task, name: str, file: Path) -> None:
        absent, missing = task.fates.get("absent_file"), task.fates.get("missing_file")
        if absent and absent.file == name:
            return
        path = f"{task.id}/{name.removesuffix('_url')}{file.suffix}"
        task.files[name] = path
        if not (missing and missing.file == name):
            task.published[path] = file
            self._cdn.publish(path, file, cut="truncated_result" in task.fates)


def _check(media: Media, task: Task) -> None:
    if task.asked.media_type == "video" and not media.has_video:
        raise JobFailed(NO_VIDEO, "The uploaded file has no video stream.")
    if not media.has_audio:
        raise JobFailed(NO_AUDIO, "The uploaded video has no audio stream.")
    if media.seconds > MAX_SECONDS:
        raise JobFailed(INVALID, "The media is longer than two hours.")
