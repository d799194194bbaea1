"""Signed addresses: what they open, for how long, and what making them asks of storage."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from unittest.mock import AsyncMock
from urllib.parse import parse_qs, urlsplit

import pytest
from azure.core.exceptions import HttpResponseError

from shared.errors import StorageTrouble
from shared.storage import signing
from shared.storage.azure import blob_service
from shared.storage.signing import Signer
from tests.unit.records import NOW

WEEK = timedelta(days=7)


class Storage:
    """A storage account that hands out delegation keys, and the clock that the signer reads."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = NOW
        self.asked: list[tuple[datetime, datetime]] = []
        self.service = blob_service("https://account.blob.core.windows.net", AsyncMock())
        monkeypatch.setattr(self.service, "get_user_delegation_key", self._key)
        monkeypatch.setattr(signing, "datetime", SimpleNamespace(now=lambda _: self.now))
        self.signer = Signer(self.service)

    async def sign(self, until: datetime) -> dict[str, str]:
        """The parts of the signature under a new address."""
        url = await self.signer.sign("inbox", "talks/Einführung.mp4", until)
        assert url.startswith("https://account.blob.core.windows.net/inbox/talks/Einf%C3%BChrung.mp4?")
        return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}

    async def _key(self, start: datetime, expiry: datetime) -> object:
        self.asked.append((start, expiry))
        return SimpleNamespace(
            signed_oid="app",
            signed_tid="tenant",
            signed_delegated_user_tid=None,
            signed_start=start.isoformat(),
            signed_expiry=expiry.isoformat(),
            signed_service="b",
            signed_version="2026-02-06",
            value="a2V5",
        )


@pytest.fixture
async def account(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Storage]:
    account = Storage(monkeypatch)
    async with account.service:
        yield account


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


async def test_an_address_reads_one_blob_from_a_quarter_of_an_hour_ago(account: Storage) -> None:
    signed = await account.sign(NOW + timedelta(hours=5))
    assert (signed["sp"], signed["sr"]) == ("r", "b")
    assert (moment(signed["st"]), moment(signed["se"])) == (NOW - timedelta(minutes=15), NOW + timedelta(hours=5))


async def test_no_address_lasts_longer_than_seven_days(account: Storage) -> None:
    signed = await account.sign(NOW + timedelta(days=30))
    assert moment(signed["se"]) - moment(signed["st"]) == WEEK


async def test_a_key_serves_as_long_as_it_outlasts_the_address(account: Storage) -> None:
    for days in range(6):
        account.now = NOW + timedelta(days=days)
        await account.sign(account.now + timedelta(hours=25))
    assert account.asked == [(NOW - timedelta(minutes=15), NOW + WEEK - timedelta(minutes=1))]
    account.now = NOW + timedelta(days=6)
    await account.sign(account.now + timedelta(hours=25))
    assert len(account.asked) == 2


async def test_a_refusal_is_trouble_with_storage(account: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = AsyncMock(side_effect=HttpResponseError("Not authorized\nRequestId: 1"))
    monkeypatch.setattr(account.service, "get_user_delegation_key", refused)
    with pytest.raises(StorageTrouble) as told:
        await account.sign(NOW + timedelta(hours=1))
    assert told.value.reason == "storage failed while asking for a delegation key: Not authorized"
