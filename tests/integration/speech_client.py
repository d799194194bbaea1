"""A plain client of the Speech double."""

from typing import Any

import httpx

from sandbox import identity
from tests.integration.doubles import Doubles
from tests.integration.waiting import eventually

FILMS = "/videotranslation/translations"
VERSION = {"api-version": "2026-03-01"}
ASKED = {
    "sourceLocale": "en-US",
    "targetLocale": "es-ES",
    "voiceKind": "PlatformVoice",
    "videoFileUrl": "https://storage.invalid/film.mp4",
}


def asked(**changes: Any) -> dict[str, Any]:
    """A body of Create Translation."""
    return {"input": ASKED | changes}


def target(answer: httpx.Response) -> str:
    """The field that a refusal names."""
    assert answer.status_code == 400, answer.text
    named: str = answer.json()["error"]["target"]
    return named


class SpeechClient:
    """Calls to the double, with a token that is good for it."""

    def __init__(self, doubles: Doubles) -> None:
        self.doubles = doubles
        self.base = doubles.speech
        self.headers = {"Authorization": f"Bearer {identity.mint(identity.COGNITIVE_SERVICES)}"}

    async def call(self, method: str, path: str, *, query: dict[str, str] = VERSION, **more: Any) -> httpx.Response:
        headers = self.headers | more.pop("headers", {})
        return await self.doubles.client.request(method, self.base + path, params=query, headers=headers, **more)

    async def put(self, path: str, body: dict[str, Any], operation: str | None = None, **more: Any) -> httpx.Response:
        name = operation or path.rpartition("/")[2] + ".op"
        return await self.call("PUT", FILMS + path, json=body, headers={"Operation-Id": name}, **more)

    async def ended(self, operation: str) -> str:
        async def end() -> str | None:
            status: str = (await self.call("GET", f"/videotranslation/operations/{operation}")).json()["status"]
            return status if status in ("Succeeded", "Failed", "Canceled") else None

        return await eventually(end)

    async def get(self, path: str) -> dict[str, Any]:
        shown: dict[str, Any] = (await self.call("GET", FILMS + path)).json()
        return shown

    async def seed(self, **body: Any) -> None:
        answer = await self.doubles.client.post(f"{self.base}/_control/seed", json=body)
        assert answer.status_code == 204, answer.text

    async def film(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        assert (await self.put(f"/{name}", body)).status_code == 201
        await self.ended(f"{name}.op")
        return await self.get(f"/{name}")

    async def iteration(self, film: str, name: str, given: dict[str, Any]) -> dict[str, Any]:
        answer = await self.put(f"/{film}/iterations/{name}", {"input": given})
        assert answer.status_code == 201, answer.text
        await self.ended(f"{name}.op")
        return await self.get(f"/{film}/iterations/{name}")

    async def text(self, url: str) -> str:
        answer = await self.doubles.client.get(url)
        assert answer.status_code == 200
        return answer.text
