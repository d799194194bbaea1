"""The dropped file as a provider reaches it."""

from datetime import datetime

import pytest

from shared.engine.source import DroppedFile
from shared.errors import SourceChanged, StorageTrouble, TooLong, Unreachable
from shared.jobs.translation import State
from tests.memory_container import MemoryAccount, Operation
from tests.unit.records import NOW, a_job, a_translation

NAME, MD5 = "talks/Intro.MP4", "md5 of the content"


@pytest.fixture
def account() -> MemoryAccount:
    return MemoryAccount(lambda: NOW)


def dropped(account: MemoryAccount) -> DroppedFile:
    job = a_job(a_translation(State.QUEUED), name=NAME, hours=24.0)
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


def accepted(account: MemoryAccount, content: bytes) -> DroppedFile:
    """A file that was accepted as it lies in the inbox."""
    inbox = account.container("inbox")
    inbox.put(NAME, content, md5=MD5)
    facts = inbox.blobs[NAME].facts
    job = a_job(name=NAME, version=facts.version, etag=facts.etag, size=facts.size)
    return DroppedFile(inbox, job, NOW)


async def test_a_part_of_what_was_accepted_is_read(account: MemoryAccount) -> None:
    assert await accepted(account, b"content").range(2, 3) == b"nte"


async def test_the_same_content_under_a_new_etag_is_read_on(account: MemoryAccount) -> None:
    source = accepted(account, b"content")
    account.container("inbox").put(NAME, b"content", md5=MD5)
    assert await source.range(0, 3) == b"con"
    assert await source.range(3, 4) == b"tent"


async def test_the_new_etag_is_pinned_in_its_turn(account: MemoryAccount) -> None:
    source = accepted(account, b"content")
    account.container("inbox").put(NAME, b"content", md5=MD5)
    await source.range(0, 3)
    account.container("inbox").put(NAME, b"another", md5="another")
    with pytest.raises(SourceChanged):
        await source.range(3, 4)


async def test_other_content_is_never_read(account: MemoryAccount) -> None:
    source = accepted(account, b"content")
    account.container("inbox").put(NAME, b"another", md5="another")
    with pytest.raises(SourceChanged, match="is not the file any more"):
        await source.range(0, 3)


async def test_a_file_that_is_gone_is_not_what_was_accepted(account: MemoryAccount) -> None:
    source = accepted(account, b"content")
    account.container("inbox").blobs.clear()
    with pytest.raises(SourceChanged):
        await source.read(100)


async def test_a_file_over_the_limit_is_not_asked_for(account: MemoryAccount) -> None:
    source = accepted(account, b"content")
    account.container("inbox").blobs.clear()  # whoever asked would be told that it is gone
    with pytest.raises(TooLong, match="7 bytes; no more than 6"):
        await source.read(6)
