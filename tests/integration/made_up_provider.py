"""A made-up provider, and the app with it: `python -m tests.integration.made_up_provider NAME` accepts a dropped file.

It runs in a process of its own, in the app's environment.
"""

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar, Literal, Self

from shared.app import build
from shared.jobs.step import Work
from shared.providers.base import Provider
from shared.providers.http import Clients, HeaderAuth
from shared.providers.options import Fields
from shared.providers.outcome import Finished, Found, Outcome, Result
from shared.providers.settings import ProviderSettings
from shared.providers.task import Media, Pair, Scratch, Task
from shared.settings import parse


class ShoutSettings(ProviderSettings):
    """Its one app setting."""

    SHOUT_MARK: Literal["!", "?"] | None = None


class Shout(Provider):
    """Answers at once: it writes the text in capitals, with its mark at the end."""

    name: ClassVar[str] = "shout"
    needs: ClassVar[str] = "SHOUT_MARK"
    settings: ClassVar[type[ProviderSettings]] = ShoutSettings
    fields: ClassVar[Fields] = Fields({"twice": bool})
    route: ClassVar[Mapping[str, int]] = {"document": 2}
    lease: ClassVar[timedelta | None] = timedelta(minutes=2)
    mark: str

    @classmethod
    def build(cls, settings: Any, clients: Clients) -> Self:
        """See Provider. It signs in nowhere, but a provider without a service is off."""
        made = cls(clients.service("Shout", "https://shout.example", HeaderAuth("X-Key", "none")))
        made.mark = settings.SHOUT_MARK
        return made

    def mistakes(self, options: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
        """See Provider."""
        return list(self.fields.mistakes(options))

    def language(self, tag: str) -> str:
        """See Provider."""
        return tag

    def unfit(self, media: Media, pair: Pair, options: Mapping[str, Any]) -> str | None:  # noqa: ARG002  # the name says it
        """See Provider."""
        return None if media.extension == ".txt" else f"it takes .txt, not {media.extension}"

    async def start(self, task: Task) -> Finished:
        """See Provider."""
        text = (await task.media.read(1000)).decode()
        await task.scratch.write("result.txt", f"{text.upper()}{self.mark}".encode())
        return _finished(task.scratch, len(text))

    async def check(self, work: Work, scratch: Scratch) -> Outcome:  # noqa: ARG002  # the result is always there
        """See Provider."""
        return _finished(scratch)

    async def find(self, work: Work, scratch: Scratch) -> Finished | Found:  # noqa: ARG002  # it keeps one result
        """See Provider."""
        return Found.NOTHING if await scratch.read("result.txt") is None else _finished(scratch)


def _finished(scratch: Scratch, characters: int = 0) -> Finished:
    return Finished([Result("txt", staged=scratch.blob("result.txt"))], {"characters": characters})


if __name__ == "__main__":
    asyncio.run(build(parse(os.environ, [Shout]), [Shout]).intake.accept(sys.argv[1]))
