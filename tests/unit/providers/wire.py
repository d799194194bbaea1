"""A wire without sockets: answers in order, and keeps what was asked."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx

from shared.engine.glossaries import GlossaryContainer
from shared.engine.scratch import StagingScratch
from shared.jobs.step import Step, Work
from shared.media.facts import MediaFacts
from shared.providers.http import HeaderAuth, Service
from shared.providers.task import Pair, Task
from tests.memory_container import MemoryContainer
from tests.unit.records import NOW

WORK_ID = "0123abcd.es-ES.a1"
ENDPOINT = "https://service.example"


class Wire:
    """Each request takes the next answer; an exception is raised as if the network had done so."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self._answers = list(answers)
        self.requests: list[httpx.Request] = []

    def service(self, name: str = "Service") -> Service:
        """The service at the other end of the wire."""
        client = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))
        return Service(name, ENDPOINT, HeaderAuth("X-Key", "key"), client)

    def then(self, *answers: httpx.Response | Exception) -> None:
        """Answer like this after all others."""
        self._answers += answers

    @property
    def asked(self) -> list[str]:
        """Method and path of what was asked, in order."""
        return [f"{request.method} {request.url.path}" for request in self.requests]

    def body(self, number: int = 0) -> Any:
        """The JSON of a request."""
        return json.loads(self.requests[number].content)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return streamed(answer) if answer.is_stream_consumed else answer


class Body(httpx.AsyncByteStream):
    """A body that comes as from a network: not yet read, not decoded."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._content


def streamed(answer: httpx.Response) -> httpx.Response:
    """The same answer, its body still to be read."""
    return httpx.Response(answer.status_code, headers=answer.headers.raw, stream=Body(answer.content))


def answer(status: int = 200, body: Any = None, headers: Mapping[str, str] | None = None) -> httpx.Response:
    """An answer with a JSON body, or with none."""
    return (
        httpx.Response(status, json=body, headers=headers)
        if body is not None
        else httpx.Response(status, headers=headers)
    )


class DroppedVideo:
    """A `Media` that lies nowhere; what can be read of it is its `data`."""

    def __init__(
        self, name: str = "talks/intro.mp4", kind: str = "video", size: int = 1000, data: bytes = b"", **facts: Any
    ) -> None:
        self.name, self.kind, self.size, self.data = name, kind, size, data
        self.extension = name[name.rindex(".") :].lower()
        self.facts = MediaFacts(**facts)

    async def read(self, limit: int) -> bytes:
        """The whole file."""
        return self.data[:limit]

    async def range(self, start: int, length: int) -> bytes:
        """A part of it."""
        return self.data[start : start + length]

    async def url(self) -> str:
        """A signed address."""
        return f"https://storage.example/inbox/{self.name}?sig=secret"

    @property
    def address(self) -> str:
        """The bare address."""
        return f"https://storage.example/inbox/{self.name}"


def a_task(step: Step | None = None, **given: Any) -> Task:
    """A step to be started: talks/intro.mp4 from English into Spanish, unless the test says otherwise."""
    usual: dict[str, Any] = {
        "id": WORK_ID,
        "target": "es-ES",
        "pair": Pair("en-US", "es-ES"),
        "media": DroppedVideo(),
        "step": step or Step(),
        "scratch": a_scratch(),
        "glossaries": GlossaryContainer(MemoryContainer("glossaries"), NOW),
    }
    return Task(**(usual | given))


def a_scratch(container: MemoryContainer | None = None) -> StagingScratch:
    """An empty place in `staging`."""
    return StagingScratch(container or MemoryContainer("staging"), "0123abcd/es-ES/service/0/", NOW)


def some_work(operation: Mapping[str, Any], step: Step | None = None) -> Work:
    """A step that was started, with what its provider wanted remembered."""
    return Work(id=WORK_ID, target="es-ES", step=step or Step(), operation=operation)
