"""Azure Text Translation without sockets, and a text file that is carried through the provider step by step."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from shared.engine.glossaries import GlossaryContainer
from shared.engine.scratch import StagingScratch
from shared.errors import AnswerLost
from shared.jobs.step import Step
from shared.jobs.translation import added
from shared.providers.azure_text import AzureText, AzureTextSettings
from shared.providers.http import HeaderAuth, Service
from shared.providers.outcome import Finished, Next, Started
from shared.providers.task import SENDS, Pair, Task
from shared.providers.text_client import SERVICE
from tests.memory_container import MemoryContainer
from tests.unit.providers.wire import ENDPOINT, WORK_ID, DroppedVideo, streamed
from tests.unit.records import NOW

LANGUAGES = {
    "translation": {"en": {}, "de": {}, "es": {}, "fr": {}, "sr-Cyrl": {}, "yua": {"models": []}, "zh-Hans": {}},
    "transliteration": {"sr-Cyrl": {"scripts": [{"code": "Cyrl", "toScripts": [{"code": "Latn"}]}]}},
}
SRT = (
    b"1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>The ships came in</i>\r\n\r\n"
    b"2\r\n00:00:03,000 --> 00:00:04,500\r\nTwo <b>of</b> them.\r\n\r\n"
    b"3\r\n00:00:09,000 --> 00:00:10,500\r\n- Yes.\r\n- No.\r\n"
)
MOST_STEPS = 500


def german(text: str) -> str:
    """A translation that keeps tags and changes every word."""
    return f"de {text}"


@dataclass
class Texts:
    """The service: `translate` makes a translation, `refuse` an answer in its place; `requests` are the paid ones."""

    translate: Callable[[str], str] = german
    refuse: Callable[[list[str]], httpx.Response | None] = lambda _: None
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)
    requests: list[httpx.Request] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    def service(self) -> Service:
        """The service as a provider has it."""
        client = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))
        return Service(SERVICE, ENDPOINT, HeaderAuth("X-Key", "key"), client)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Every text that was sent, with what was asked for it."""
        bodies = [json.loads(request.content) for request in self.requests]
        return [row for body in bodies for row in (body["inputs"] if isinstance(body, dict) else body)]

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        self.paths.append(request.url.path)
        if request.method == "GET":
            return streamed(httpx.Response(200, json=LANGUAGES, headers={"ETag": '"1"'}))
        self.requests.append(request)
        body = json.loads(request.content)
        rows = body["inputs"] if isinstance(body, dict) else body
        refused = self.refuse([row["text"] for row in rows])
        if refused is not None:
            return streamed(refused)
        items = [
            {"translations": [{"language": row["targets"][0]["language"], "text": self.translate(row["text"])}]}
            | dict(self.more)
            for row in rows
        ]
        headers = {"X-Metered-Usage": str(sum(len(row["text"]) for row in rows)), "X-MT-System": "Team"}
        answer = {"value": items} if isinstance(body, dict) else items
        return streamed(httpx.Response(200, json=answer, headers=headers | dict(self.headers)))


class Place:
    """A scratch, glossaries and a dropped file, with everything that its translation was charged."""

    def __init__(self, data: bytes = SRT, name: str = "films/harbour.srt", kind: str = "subtitles") -> None:
        self.staging, self.glossaries = MemoryContainer("staging"), MemoryContainer("glossaries")
        self.scratch = StagingScratch(self.staging, "0123abcd/de-DE/azure-text/0/", NOW)
        self.media = DroppedVideo(name, kind, len(data), data)
        self.units: dict[str, float] = {}
        self.waits: list[float] = []
        self.steps: list[str] = []

    def task(self, step: Step, **given: Any) -> Task:
        """A step of the translation from English into German."""
        usual: dict[str, Any] = {
            "id": WORK_ID,
            "target": "de-DE",
            "pair": Pair("en-US", "de-DE"),
            "media": self.media,
            "step": step,
            "scratch": self.scratch,
            "glossaries": GlossaryContainer(self.glossaries, NOW),
        }
        return Task(**(usual | given))

    async def carry(self, provider: AzureText, options: Mapping[str, Any] | None = None, **given: Any) -> Finished:
        """Take step after step, as the engine does, until it is finished."""
        step, operation = provider.first_step(self.media, options or {}), dict[str, Any]()
        for _ in range(MOST_STEPS):
            task = self.task(step, options=options or {}, operation=operation, **given)
            self.steps.append(str(step))
            found = await self._taken(provider, task)
            if isinstance(found, Finished):
                return found
            assert isinstance(found, Next)
            step, operation = found.step, found.operation or operation
            self.units = added(self.units, found.units)
            self.waits.append(found.wait)
        raise AssertionError("it has no end")

    def result(self, finished: Finished) -> bytes:
        """The file that is to be published."""
        return self.staging.blobs[finished.results[0].staged].data

    async def _taken(self, provider: AzureText, task: Task) -> Started | None:
        """A step, sent again while its answer is lost."""
        for lost in range(SENDS):
            try:
                return await provider.start(replace(task, lost=lost))
            except AnswerLost:
                continue
        return await provider.go_on_without(replace(task, lost=SENDS - 1))


def provider(texts: Texts, *, foundry: bool = False, **settings: Any) -> AzureText:
    """The provider, wired to the service."""
    given = {"TRANSLATOR_ENDPOINT": ENDPOINT, "TEXT_CHARACTERS_A_MINUTE": 60_000_000} | settings
    return AzureText(texts.service(), AzureTextSettings.model_validate(given), texts.service() if foundry else None)
