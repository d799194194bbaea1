"""Somebody who has a key of the Text Translation double, and talks to it in plain requests."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx

from sandbox import identity
from tests.integration.doubles import TRANSLATOR_KEY, Doubles, running

PREVIEW, LATEST = "2025-05-01-preview", "2026-06-06"
VERSIONS = (PREVIEW, LATEST)
KEY = {"Ocp-Apim-Subscription-Key": TRANSLATOR_KEY}
FOUNDRY = {"deployments": {"mine": "gpt-4o-mini"}}


class Texts:
    """Calls to the double in one api-version."""

    def __init__(self, doubles: Doubles, version: str = LATEST) -> None:
        self.doubles, self.version = doubles, version

    async def call(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, str] | None = None,
        headers: dict[str, str] = KEY,
        **more: Any,
    ) -> httpx.Response:
        """A request with the key and the api-version, or with what is given instead."""
        params = {"api-version": self.version} | (query or {})
        return await self.doubles.client.request(
            method, self.doubles.translator + path, params=params, headers=headers, **more
        )

    def body(self, rows: Sequence[dict[str, Any]]) -> Any:
        """The rows in the form of the api-version."""
        return list(rows) if self.version == PREVIEW else {"inputs": list(rows)}

    async def post(self, *rows: dict[str, Any], **more: Any) -> httpx.Response:
        """Have these elements translated."""
        return await self.call("POST", "/translate", json=self.body(rows), **more)

    async def translate(self, *rows: dict[str, Any]) -> list[dict[str, Any]]:
        """The results, one for each element."""
        answer = await self.post(*rows)
        assert answer.status_code == 200, answer.text
        return self.results(answer)

    def results(self, answer: httpx.Response) -> list[dict[str, Any]]:
        """The results in an answer of either api-version."""
        content = answer.json()
        results: list[dict[str, Any]] = content if self.version == PREVIEW else content["value"]
        return results

    async def text(self, text: str, language: str = "es", *, html: bool = False, **target: Any) -> str:
        """The translation of an English text."""
        row = element(text, language, **target) | ({"textType": "Html"} if html else {})
        translation: str = (await self.translate(row))[0]["translations"][0]["text"]
        return translation

    async def refused(self, *rows: dict[str, Any], **more: Any) -> int:
        """The code with which these elements are refused; it is a number or a string by the api-version."""
        return self.code(await self.post(*rows, **more))

    def code(self, answer: httpx.Response) -> int:
        """The code of a refusal."""
        error = answer.json()["error"]
        assert isinstance(error["code"], int if self.version == PREVIEW else str)
        assert answer.status_code == int(error["code"]) // 1000
        assert error["message"]
        return int(error["code"])

    async def become(self, **resource: Any) -> None:
        """Make the resource another one."""
        answer = await self.doubles.client.post(f"{self.doubles.translator}/_control/text", json=resource)
        assert answer.status_code == 204, answer.text

    async def harden(self, *ways: str, **more: Any) -> None:
        """Have translations damaged in these ways."""
        answer = await self.doubles.client.post(f"{self.doubles.translator}/_control/hard", json={"ways": ways, **more})
        assert answer.status_code == 204, answer.text

    async def misbehave(self, do: str, **rule: Any) -> None:
        """Have the next thing go wrong."""
        await self.doubles.misbehave(self.doubles.translator, {"do": do, **rule})

    async def paid(self) -> list[int]:
        """How often each different request was paid for."""
        return [row["count"] for row in await self.doubles.control(self.doubles.translator, "paid")]

    async def charges(self) -> list[dict[str, Any]]:
        """What was paid for, request by request."""
        return await self.doubles.control(self.doubles.translator, "charges")


def element(text: str, *languages: str, **target: Any) -> dict[str, Any]:
    """An English text for these languages; `target` is the same for each."""
    return {"text": text, "language": "en", "targets": [{"language": language, **target} for language in languages]}


def bearer() -> dict[str, str]:
    """A header with a token that is good for the service."""
    return {"Authorization": f"Bearer {identity.mint(identity.COGNITIVE_SERVICES)}"}


@asynccontextmanager
async def texts() -> AsyncIterator[Texts]:
    """The doubles, and a client of one of them."""
    async with running() as doubles:
        yield Texts(doubles)
