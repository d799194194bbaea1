"""What the service says that it speaks: languages, scripts and language models, asked for once and then by ETag.

https://learn.microsoft.com/azure/ai-services/translator/text-translation/preview/get-languages
"""

import time
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from shared.errors import Refused
from shared.providers.answers import part
from shared.providers.codes import CHOOSE_LANGUAGES
from shared.providers.text_client import SERVICE, TextClient

FRESH = 3600.0  # seconds for which the last answer is believed


class Languages:
    """The service's own lists."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._etag: str | None = None
        self._lists: Mapping[str, Any] = {}
        self._asked: float | None = None

    async def check(
        self, client: TextClient, source: str | None, target: str, script: str | None, *, by_model: bool = False
    ) -> None:
        """Refused where the service does not have a language, or does not write it in that script.

        With `by_model` it is refused, too, where no language model has it: the general engine would answer then.
        """
        await self._look(client)
        known = {code.lower(): row for code, row in part(self._lists, "translation").items()}
        for code in filter(None, (source, target)):
            self._check_language(code, known, by_model=by_model)
        if script and script not in self._scripts(target):
            has = ", ".join(sorted(self._scripts(target))) or "no other script"
            raise Refused(
                f"{SERVICE} does not write {target} in {script}; it has {has}",
                "Name another script in the brief, or none; then drop the file again.",
                elsewhere=False,
            )

    def _check_language(self, code: str, known: Mapping[str, Any], *, by_model: bool) -> None:
        if code.lower() not in known:
            near = ", ".join(get_close_matches(code, part(self._lists, "translation")))
            raise Refused(
                f"{SERVICE} does not translate {code}" + (f"; it has {near}" if near else ""),
                CHOOSE_LANGUAGES,
                elsewhere=True,
            )
        if by_model and part(known, code.lower()).get("models") == []:
            raise Refused(
                f"No language model of {SERVICE} has {code}",
                "Leave out deploymentName, tone and gender, or let the general engine answer with allowFallback true; "
                "then drop the file again.",
                elsewhere=False,
            )

    def _scripts(self, language: str) -> set[str]:
        """The scripts that a language can be converted to."""
        own = _rows(part(part(self._lists, "transliteration"), language), "scripts")
        return {str(other.get("code")) for script in own for other in _rows(script, "toScripts")}

    async def _look(self, client: TextClient) -> None:
        if self._asked is not None and self._clock() - self._asked < FRESH:
            return
        found = await client.languages(self._etag)
        if found is not None:
            self._lists, self._etag = found
        self._asked = self._clock()


def _rows(of: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The objects in a list; none where there is no list."""
    found = of.get(name)
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
