"""The main job, shown: `python -m sandbox.demo` drops the samples and follows them until they are translated."""

import asyncio
import os
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import httpx

from sandbox.board import Board, Progress
from sandbox.document_samples import GLOSSARY, write_glossary
from sandbox.interruption import until_interrupted
from sandbox.loopback import loopback_client
from sandbox.mirror import OUTBOX, Folders, Mirror, Results
from sandbox.outcome import Outcome, results, table
from sandbox.run import HOST_PORT, LOCAL
from sandbox.samples import TARGETS, write_samples
from sandbox.stack import FAILURES, Stack, the_only_one

PATIENCE_SECONDS = 180
SECONDS_BETWEEN_LOOKS = 0.25
#: Nobody copies or edits the samples, which are written whole.
STILL_SECONDS = 0.4
INTERRUPTED = 130

type Wanted = tuple[str, str]
WANTED: list[Wanted] = [(file, target) for file, targets in TARGETS.items() for target in targets]


class Follower:
    """Follows the samples through the jobs API, and keeps the time."""

    def __init__(self, stack: Stack) -> None:
        """Begin the clock."""
        self._stack = stack
        self._began = time.monotonic()
        self._seconds: dict[Wanted, float] = {}
        self.latest = {wanted: Progress(*wanted) for wanted in WANTED}

    @property
    def rows(self) -> list[tuple[Progress, float]]:
        """Each translation, with the seconds until now or until it ended."""
        return [(progress, self._seconds.get(wanted, self._now())) for wanted, progress in self.latest.items()]

    async def follow(self, board: Board) -> None:
        """Show the progress until all have ended, or for three minutes."""
        headers = {"x-functions-key": self._stack.functions_key}
        async with loopback_client(base_url=self._stack.host_url, headers=headers) as client:
            while self._now() < PATIENCE_SECONDS:
                for file in TARGETS:
                    await self._look(client, file)
                board.show(self.rows)
                if all(progress.ended for progress in self.latest.values()):
                    return
                await asyncio.sleep(SECONDS_BETWEEN_LOOKS)

    async def _look(self, client: httpx.AsyncClient, file: str) -> None:
        try:
            answer = await client.get("/api/jobs", params={"name": file})
        except httpx.HTTPError:  # The host is busy; the next look tells, or the three minutes end.
            return
        if answer.is_success:
            for progress in Progress.of_job(file, TARGETS[file], answer.json()):
                self._note(progress)

    def _note(self, progress: Progress) -> None:
        wanted = (progress.file, progress.target)
        if wanted in self.latest:
            self.latest[wanted] = progress
        if progress.ended:
            self._seconds.setdefault(wanted, self._now())

    def _now(self) -> float:
        return time.monotonic() - self._began


def main() -> int:
    """Return 0 when every sample came back, 1 when one did not or a part failed, 130 after Ctrl-C."""
    code: int | None = 1
    try:
        code = asyncio.run(until_interrupted(demo(LOCAL, HOST_PORT)))
    except* FAILURES as failures:
        for failure in failures.exceptions:
            print(failure, file=sys.stderr)
    return INTERRUPTED if code is None else code


async def demo(local: Path, host_port: int) -> int:
    """Run the demo with its state in `local`/demo, and leave the results in `local`/outbox; return the exit code."""
    began = float(os.environ.get("DEMO_STARTED") or time.time())
    home = local / "demo"
    folders = Folders(home / "inbox", home / "edits", home / "glossaries", local / "outbox")
    card = local / "stack.json"
    with the_only_one(card):
        _remove_earlier(home, folders.outbox)
        async with Stack(home / "state", host_port=host_port, card=card) as stack:
            print(f"Set up in {time.time() - began:.1f} s: the stack is at {stack.host_url}", flush=True)
            rows = await _translate(stack, folders)
    return _report([Outcome.of(*row, folders.outbox) for row in rows], stack.logs)


def _remove_earlier(home: Path, outbox: Path) -> None:
    """Remove what an earlier demo left; other results in the outbox stay."""
    shutil.rmtree(home, ignore_errors=True)
    for wanted in WANTED:
        for path in results(outbox, *wanted):
            path.unlink()


async def _translate(stack: Stack, folders: Folders) -> list[tuple[Progress, float]]:
    """Drop the samples and wait for them, while the mirror carries files and the parts are watched."""
    async with asyncio.TaskGroup() as group:
        mirror = Mirror(stack.blob_service(), folders, stack.containers, stack.folder / "mirror", still=STILL_SECONDS)
        background = [group.create_task(mirror.run()), group.create_task(stack.watch())]
        await _drop(stack, folders)
        follower = Follower(stack)
        await follower.follow(Board())
        for task in background:
            task.cancel()
    async with stack.blob_service() as service:
        await Results(folders.outbox, service.get_container_client(stack.containers[OUTBOX])).look()
    return follower.rows


async def _drop(stack: Stack, folders: Folders) -> None:
    """Drop the glossary, and once it is there the samples, for a translation takes what lies there when it starts."""
    await asyncio.to_thread(write_glossary, folders.glossaries)
    async with stack.blob_service() as service:
        blob = service.get_blob_client(stack.containers["glossaries"], GLOSSARY)
        while not await blob.exists():  # noqa: ASYNC110  storage says nothing by itself
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
    await asyncio.to_thread(write_samples, folders.inbox)


def _report(outcomes: Sequence[Outcome], logs: Path) -> int:
    """Print what was made, and what was not; return the exit code."""
    print(f"Ran in {max(outcome.seconds for outcome in outcomes):.1f} s. What is in .local/outbox now:\n")
    print(table(outcomes), flush=True)
    missing = [outcome for outcome in outcomes if not outcome.finished]
    for each in missing:
        print(f"NOT FINISHED: {each.progress.file} in {each.progress.target}: {each.reason}", file=sys.stderr)
    if missing:
        print(f"The logs are in {logs}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
