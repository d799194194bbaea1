"""How the host ends: as Azure's was seen to do on SIGTERM."""

import asyncio
import json
from pathlib import Path
from unittest.mock import AsyncMock, Mock

import pytest

from sandbox.host.host import Host, Options
from sandbox.stack import ROOT


@pytest.fixture
def host(tmp_path: Path) -> Host:
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps({"default": "d", "master": "m", "blobs_extension": "b"}))
    return Host(Options(ROOT, 0, keys, visibility=600, longest_poll=60, timer_lease=60, drain=0.01))


@pytest.mark.parametrize("ends", [True, False])
async def test_the_lease_of_a_timer_stays_where_runs_were_cut_off(host: Host, ends: bool) -> None:
    lease, may_end = Mock(release=AsyncMock()), asyncio.Event()

    async def run() -> None:
        await may_end.wait()

    host._leases.append(lease)  # An app with a timer would need storage.
    running = host._runs.start(run())
    if ends:
        may_end.set()
    await host.stop()
    assert lease.release.await_count == int(ends)
    may_end.set()
    await running
