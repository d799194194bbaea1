"""The dropped file as a provider reaches it."""

from datetime import datetime

import pytest

from shared.engine.source import DroppedFile
from shared.errors import StorageTrouble, Unreachable
from shared.jobs.translation import State
from tests.memory_container import MemoryAccount, Operation
from tests.unit.records import NOW, a_job, a_translation


@pytest.fixture
def account() -> MemoryAccount:
    return MemoryAccount(lambda: NOW)


def dropped(account: MemoryAccount) -> DroppedFile:
    job = a_job(a_translation(State.QUEUED), name="talks/Intro.MP4", hours=24.0)
    return DroppedFile(account.container("inbox"), job, NOW)


async def test_its_address_is_signed_for_as_long_as_a_translation_has_and_an_hour_more(account: MemoryAccount) -> None:
    url = await dropped(account).url()
    assert datetime.fromisoformat(url.partition("?until=")[2]).isoformat() == "2026-11-03T13:00:00+00:00"
    assert url.startswith(dropped(account).address)


def test_its_extension_is_told_in_lower_case(account: MemoryAccount) -> None:
    assert dropped(account).extension == ".mp4"


async def test_where_storage_signs_nothing_the_provider_was_not_asked_either(account: MemoryAccount) -> None:
    async def refuse(_: Operation) -> None:
        raise StorageTrouble("asking for a delegation key: AuthorizationPermissionMismatch", "Check the roles.")

    account.before = refuse
    with pytest.raises(Unreachable, match="AuthorizationPermissionMismatch") as refused:
        await dropped(account).url()
    assert refused.value.advice == "Check the roles."
