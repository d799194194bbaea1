"""What Video Translation does after it has said yes: reads the source, dubs it, and keeps the results."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.doubles.control import Control
from sandbox.doubles.courier import Courier, NotFetched, NotPushed
from sandbox.doubles.cues import BadSubtitles, ass, webvtt
from sandbox.doubles.media import Media, Studio, Unreadable
from sandbox.doubles.results import Results
from sandbox.doubles.speech_jobs import CANCELED, FAILED, RUNNING, SUCCEEDED, Iteration, Translation
from sandbox.doubles.speech_rules import TranslationInput
from sandbox.doubles.speech_script import Script, edited, heard, metadata_file, source_file, target_cues

log = logging.getLogger(__name__)

QUEUE_SECONDS, READ_SECONDS, DUB_SECONDS = 0.5, 1.0, 2.5
AUDIO_SUFFIXES = {"mp3": ".mp3", "wav": ".wav"}
TYPES = {
    ".mp4": "video/mp4",
    ".mp3": "audio/mpeg",
    ".wav": "audio/wav",
    ".vtt": "text/vtt",
    ".ass": "text/x-ssa",
    ".json": "application/json",
}


class JobFailed(Exception):
    """The service cannot do it; the message becomes the failureReason."""


class JobCanceled(Exception):
    """Somebody has stopped it at the service."""


@dataclass(frozen=True)
class Output:
    """One file of a result: the field that tells its address, its own name, what is in it."""

    field: str
    name: str
    content: bytes | Path

    @property
    def content_type(self) -> str:
        """Its media type, by the end of its name."""
        return TYPES[Path(self.name).suffix]


class Dubbing:
    """Carries out operations, one coroutine each. Every outcome ends in a state; none raises."""

    def __init__(self, control: Control, courier: Courier, studio: Studio, results: Results) -> None:
        """Work with these."""
        self._control, self._courier, self._studio, self._results = control, courier, studio, results

    async def prepare(self, translation: Translation) -> None:
        """The operation of Create Translation; it covers an automatically created first iteration."""
        resources: list[Translation | Iteration] = [translation, *translation.iterations.values()]
        await self._carry_out(resources, lambda: self._prepare(translation))

    async def iterate(self, translation: Translation, iteration: Iteration) -> None:
        """The operation of Create Iteration."""
        await self._carry_out([iteration], lambda: self._dub(translation, iteration))

    async def _carry_out(
        self, resources: Sequence[Translation | Iteration], work: Callable[[], Awaitable[None]]
    ) -> None:
        try:
            await self._begin(resources)
            await work()
        except (JobFailed, NotFetched, NotPushed, BadSubtitles) as failure:
            _end(resources, FAILED, str(failure))
        except JobCanceled:
            _end(resources, CANCELED)
        except Exception:
            log.exception("an operation of the Speech double broke")
            _end(resources, FAILED, "InternalServerError")
        else:
            _end(resources, SUCCEEDED)

    async def _begin(self, resources: Sequence[Translation | Iteration]) -> None:
        await self._control.nap(QUEUE_SECONDS)
        fates = resources[0].fates
        odd = fates.get("unknown_status")
        for resource in resources:
            resource.move(odd.word if odd else RUNNING)
        resources[0].operation.status = resources[0].status
        await asyncio.sleep(odd.seconds if odd else 0)
        if "never_finish" in fates:
            await asyncio.Event().wait()
        if "canceled" in fates:
            raise JobCanceled
        if rule := fates.get("fail"):
            raise JobFailed(rule.message)

    async def _prepare(self, translation: Translation) -> None:
        translation.media = await self._source(translation.input)
        await self._control.nap(READ_SECONDS)
        for iteration in translation.iterations.values():
            await self._dub(translation, iteration)

    async def _source(self, given: TranslationInput) -> Media:
        url = given.video_file_url or given.audio_file_url or ""
        path = await self._courier.file(url, by_identity=given.by_identity)
        try:
            media = await self._studio.look(path)
        except Unreadable as error:
            path.unlink()
            raise JobFailed(f"The media file cannot be read: {error}") from error
        if media.path != path:
            path.unlink()
        _check_kind(media, is_video=given.video_file_url is not None)
        return media

    async def _dub(self, translation: Translation, iteration: Iteration) -> None:
        iteration.script = await self._script(translation, iteration)
        await self._control.nap(DUB_SECONDS)
        outputs = [await self._film(translation, iteration), *_texts(translation, iteration)]
        for output in outputs:
            await self._keep(translation, iteration, output)

    async def _script(self, translation: Translation, iteration: Iteration) -> Script:
        given, by_identity = iteration.input, translation.input.by_identity
        if given.tts_custom_lexicon_file_url:
            await self._courier.text(given.tts_custom_lexicon_file_url)  # a lexicon has no form by identity
        script = _script_so_far(translation)
        if given.webvtt_file is None:
            return script
        text = await self._courier.text(given.webvtt_file.url, by_identity=by_identity)
        return edited(script, given.webvtt_file.kind, text, translation.input.target_locale)

    async def _film(self, translation: Translation, iteration: Iteration) -> Output:
        media, locale = _media(translation), translation.input.target_locale
        if translation.input.video_file_url is None:
            suffix = next(end for name, end in AUDIO_SUFFIXES.items() if name in media.formats)
            track = await self._studio.audio(media, locale, suffix)
            return Output("translatedAudioFileUrl", f"{locale}{suffix}", _whole(iteration, track))
        subtitles = webvtt(target_cues(iteration.script)) if _with_subtitles(translation, iteration) else None
        film = await self._studio.video(media, locale, subtitles)
        return Output("translatedVideoFileUrl", f"{locale}.mp4", _whole(iteration, film))

    async def _keep(self, translation: Translation, iteration: Iteration, output: Output) -> None:
        absent, missing = (iteration.fates.get(fate) for fate in ("absent_file", "missing_file"))
        if absent and absent.file == output.field:
            return
        pushed_to = iteration.input.push_result_to_azure_storage_blob_dir_url
        folder = pushed_to.rstrip("/") if pushed_to else f"{translation.id}/{iteration.id}"
        place = f"{folder}/{output.name}"
        iteration.files[output.field] = place
        if missing and missing.file == output.field:
            return
        write = self._courier.push if pushed_to else self._results.put
        await write(place, output.content, output.content_type)


def _end(resources: Sequence[Translation | Iteration], status: str, reason: str | None = None) -> None:
    for resource in resources:
        resource.move(status, reason)
    first, last = resources[0], resources[-1]
    if "iteration_failed" in first.fates and isinstance(last, Iteration):
        last.move(FAILED, "The iteration was told to fail while its operation succeeds.")
    first.operation.status = status


def _check_kind(media: Media, *, is_video: bool) -> None:
    if not media.has_audio:
        raise JobFailed("The media file has no audio track.")
    if is_video and not (media.has_video and "mp4" in media.formats):
        raise JobFailed("The video file is not in .mp4 format.")
    if not is_video and not media.formats & AUDIO_SUFFIXES.keys():
        raise JobFailed("The audio file is in neither .mp3 nor .wav format.")


def _media(translation: Translation) -> Media:
    if translation.media is None:
        raise JobFailed("The source of the translation was never read.")
    return translation.media


def _script_so_far(translation: Translation) -> Script:
    before = translation.latest_succeeded
    return before.script if before else heard(_media(translation).seconds, translation.input.target_locale)


def _with_subtitles(translation: Translation, iteration: Iteration) -> bool:
    own = iteration.input.export_subtitle_in_video
    return bool(translation.input.export_subtitle_in_video if own is None else own)


def _whole(iteration: Iteration, path: Path) -> bytes | Path:
    if "truncated_result" not in iteration.fates:
        return path
    content = path.read_bytes()
    return content[: len(content) // 2]


def _texts(translation: Translation, iteration: Iteration) -> list[Output]:
    given, script = translation.input, iteration.script
    target = target_cues(script)
    texts = {
        ("sourceLocaleSubtitleWebvttFileUrl", "source.vtt"): source_file(script),
        ("targetLocaleSubtitleWebvttFileUrl", f"{given.target_locale}.vtt"): webvtt(target),
        ("metadataJsonWebvttFileUrl", "metadata.vtt"): metadata_file(script, given.target_locale, given.voice_kind),
        ("reportFileUrl", "report.json"): json.dumps({"pretended": True, "cues": len(script)}),
    }
    if iteration.input.export_target_locale_advanced_subtitle_file:
        texts["targetLocaleAdvancedSubtitleFileUrl", f"{given.target_locale}.ass"] = ass(target)
    return [Output(field, name, text.encode()) for (field, name), text in texts.items()]
