"""Event Grid: what lands in storage reaches the webhook."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from azure.storage.blob import BlobBlock, ContentSettings
from azure.storage.blob.aio import BlobClient, ContainerClient

from sandbox.azurite import Azurite
from sandbox.events import EventGrid, Subscription, SubscriptionRefused
from tests.integration.waiting import eventually
from tests.integration.webhook import Webhook, listening


@pytest.fixture
async def webhook() -> AsyncIterator[Webhook]:
    async with listening() as webhook:
        yield webhook


@pytest.fixture
async def grid(azurite: Azurite, webhook: Webhook) -> AsyncIterator[EventGrid]:
    async with EventGrid(azurite, webhook.url, "blobs-key") as grid:
        await grid.subscribe(Subscription("watched", "start_translations"))
        yield grid


@pytest.fixture
async def watched(azurite: Azurite) -> AsyncIterator[ContainerClient]:
    async with azurite.blob_service() as service:
        container = service.get_container_client("watched")
        if not await container.exists():
            await container.create_container()
        yield container


async def arrival(webhook: Webhook, count: int = 1) -> list[dict[str, Any]]:
    async def enough() -> bool:
        return len(webhook.calls) >= count

    await eventually(enough)
    return [event for _, event in webhook.calls]


@pytest.mark.usefixtures("grid")
async def test_an_upload_arrives_in_event_grid_s_shape(webhook: Webhook, watched: ContainerClient) -> None:
    settings = ContentSettings(content_type="video/mp4")
    written = await watched.get_blob_client("talks/intro.mp4").upload_blob(b"movie", content_settings=settings)
    [event] = await arrival(webhook)
    assert webhook.calls[0][0] == {"functionName": "Host.Functions.start_translations", "code": "blobs-key"}
    assert event["eventType"] == "Microsoft.Storage.BlobCreated"
    assert event["subject"] == "/blobServices/default/containers/watched/blobs/talks/intro.mp4"
    assert set(event) == {"id", "topic", "subject", "eventType", "eventTime", "dataVersion", "metadataVersion", "data"}
    expected = {
        "api": "PutBlob",
        "contentType": "video/mp4",
        "contentLength": 5,
        "blobType": "BlockBlob",
        "eTag": written["etag"].strip('"'),
        "url": f"{watched.url}/talks/intro.mp4",
    }
    assert expected.items() <= event["data"].items()


@pytest.mark.parametrize(
    "name", ["a b/ü.mp4", "100%.mp4", "%41.mp4", "a+b.mp4", "q?x=1&y#z.mp4", "日本語.mp4", 'q"d.mp4']
)
@pytest.mark.usefixtures("grid")
async def test_an_odd_name_survives_the_way(name: str, webhook: Webhook, watched: ContainerClient) -> None:
    await watched.upload_blob(name, b"movie", overwrite=True)
    [event] = await arrival(webhook)
    assert webhook.subjects == [name]
    assert BlobClient.from_blob_url(event["data"]["url"]).blob_name == name


@pytest.mark.usefixtures("grid")
async def test_blocks_count_when_they_are_committed_and_copies_when_they_are_made(
    webhook: Webhook, watched: ContainerClient
) -> None:
    blob = watched.get_blob_client("blocks.mp4")
    await blob.stage_block("aaaa", b"movie")
    await blob.commit_block_list([BlobBlock("aaaa")])
    await arrival(webhook, 1)
    await watched.get_blob_client("copy.mp4").start_copy_from_url(blob.url)
    events = await arrival(webhook, 2)
    assert [event["data"]["api"] for event in events] == ["PutBlockList", "CopyBlob"]


@pytest.mark.usefixtures("grid")
async def test_other_containers_and_other_accounts_are_not_told_of(
    azurite: Azurite, webhook: Webhook, watched: ContainerClient
) -> None:
    async with azurite.blob_service("services") as other:
        await (await other.create_container("watched")).upload_blob("elsewhere.mp4", b"movie")
    async with azurite.blob_service() as same:
        await (await same.create_container("unwatched")).upload_blob("elsewhere.mp4", b"movie")
    await watched.upload_blob("here.mp4", b"movie")
    await azurite.settle()
    await arrival(webhook)
    assert webhook.subjects == ["here.mp4"]


@pytest.mark.usefixtures("grid")
async def test_what_the_webhook_refuses_is_delivered_again(webhook: Webhook, watched: ContainerClient) -> None:
    webhook.refusals = 3
    await watched.upload_blob("refused.mp4", b"movie")
    await arrival(webhook)
    assert (webhook.subjects, webhook.refusals) == (["refused.mp4"], 0)


async def test_events_can_be_doubled(grid: EventGrid, webhook: Webhook, watched: ContainerClient) -> None:
    grid.duplicate = 2
    await watched.upload_blob("doubled.mp4", b"movie")
    first, second = await arrival(webhook, 2)
    assert first == second


async def test_events_can_be_reversed(grid: EventGrid, webhook: Webhook, watched: ContainerClient) -> None:
    async with grid.reversing():
        for name in ("first.mp4", "second.mp4", "third.mp4"):
            await watched.upload_blob(name, b"movie")
    assert webhook.subjects == ["third.mp4", "second.mp4", "first.mp4"]


async def test_a_webhook_that_does_not_echo_the_code_gets_nothing(azurite: Azurite, webhook: Webhook) -> None:
    webhook.echoes = False
    async with EventGrid(azurite, webhook.url, "blobs-key") as grid:
        with pytest.raises(SubscriptionRefused, match="something else"):
            await grid.subscribe(Subscription("watched", "start_translations"))


async def test_the_event_of_a_blob_that_is_gone_already_still_arrives(
    grid: EventGrid, webhook: Webhook, watched: ContainerClient
) -> None:
    async with grid.reversing():
        await watched.upload_blob("gone.mp4", b"movie")
        await watched.delete_blob("gone.mp4")
    assert webhook.subjects == ["gone.mp4"]
