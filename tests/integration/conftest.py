"""The whole stack with the real app, started when the first test asks for it, and what tests do with it."""

from collections.abc import AsyncIterator, Iterator
from unittest.mock import patch

import pytest

from sandbox.azurite import Azurite
from sandbox.certificate import make_certificate
from sandbox.child import Child
from sandbox.stack import Stack
from tests.forked import launch_forked
from tests.integration import doubles
from tests.integration.person import Person, person_at

PACE = 0.02


@pytest.fixture(scope="session", autouse=True)
def forks() -> Iterator[None]:
    """Every stack starts its programs in the faster way."""
    with patch.object(Child, "launch", staticmethod(launch_forked)):
        yield


@pytest.fixture(scope="session")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    async with Stack(tmp_path_factory.mktemp("stack"), pace=PACE) as stack:
        yield stack


@pytest.fixture(scope="session")
async def person(stack: Stack) -> AsyncIterator[Person]:
    """Somebody who works with the shared stack."""
    async with person_at(stack, Person) as person:
        yield person


@pytest.fixture(scope="session")
async def media(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Small real files by name: film.mp4, silent.mp4, talk.mp3."""
    return await doubles.media(tmp_path_factory.mktemp("media"))


@pytest.fixture(scope="session")
async def azurite(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Azurite]:
    """Storage alone, without containers."""
    folder = tmp_path_factory.mktemp("azurite")
    async with Azurite(folder / "data", make_certificate(folder), folder / "logs") as azurite:
        yield azurite
