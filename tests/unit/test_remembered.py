"""What a process remembers of files that have ended is bounded: its memory does not grow with their number."""

import gc
from datetime import timedelta

import pytest

from shared.jobs import ledger
from shared.outbox import receipts
from shared.providers.base import MOST_STRANGE
from shared.providers.outcome import Running
from shared.providers.vozo import Vozo
from tests.unit.model.world import WHILE, Process, World
from tests.unit.providers.wire import Wire

FILES = 40


async def test_the_objects_of_a_process_do_not_grow_with_the_files_that_it_has_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in (ledger, receipts):
        monkeypatch.setattr(module, "REMEMBERED", 10)
    world = World("blind")
    process = world.process()
    await process.tick()
    world.now += WHILE
    await _translate(world, process, 0)
    before = await _translate(world, process, 1)
    after = await _translate(world, process, 2)
    assert after - before < 5 * FILES  # one record alone is dozens of objects


async def _translate(world: World, process: Process, batch: int) -> int:
    """Translate some files, remove what storage and the service hold of them, and count the objects that are left."""
    for number in range(FILES):
        name = f"en-US_to_es-ES/batch{batch}/talk{number}.mp4"
        world.drop(name.encode(), name)
        await process.accept(name)
    for _ in range(2):
        world.now += timedelta(minutes=1)
        await process.tick()
    assert len(world.done) == FILES
    for container in world.account.containers.values():
        for name in [name for name in container.blobs if name != ledger.HEARTBEAT]:
            del container.blobs[name]
    world.service.paid.clear()
    world.account.web.clear()
    gc.collect()
    return len(gc.get_objects())


def test_a_service_with_ever_new_words_for_its_states_does_not_fill_the_memory() -> None:
    vozo = Vozo(Wire().service("Vozo"))
    answers = [vozo._running(f"word {number}", frozenset()) for number in range(3 * MOST_STRANGE)]
    assert answers == [Running()] * (3 * MOST_STRANGE)
    assert len(vozo._strange) == MOST_STRANGE
