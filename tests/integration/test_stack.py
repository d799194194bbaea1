"""The stack, with the least app that it can run."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from azure.storage.blob.aio import BlobServiceClient

from sandbox.child import ChildFailed
from sandbox.loopback import loopback_client
from sandbox.ports import PortTaken
from sandbox.stack import AlreadyUp, AppRefused, Stack, the_only_one
from tests.integration.waiting import PATIENCE_SECONDS, eventually

APP = Path(__file__).parent / "stack_app"


@pytest.fixture(scope="module")
async def small(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CALLBACK_SECRET", "the person's own")
        environment.setenv("TRUSTED_RESULT_HOSTS", "results.test:8443")
        environment.setenv("SSL_CERT_FILE", "/somewhere/else.pem")
        async with Stack(tmp_path_factory.mktemp("small"), app=APP, pace=0) as stack:
            yield stack


@pytest.fixture
async def storage(small: Stack) -> AsyncIterator[BlobServiceClient]:
    async with small.blob_service() as service:
        yield service


async def ask(stack: Stack, path: str) -> str:
    """What the host answers, as soon as it is up: an event that ends it comes back until it is poison."""
    headers = {"x-functions-key": stack.functions_key}

    async def answer() -> httpx.Response | None:
        try:
            return await client.get(f"/api/{path}")
        except httpx.TransportError:
            return None

    async with loopback_client(base_url=stack.host_url, headers=headers, timeout=PATIENCE_SECONDS) as client:
        return (await eventually(answer)).raise_for_status().text


async def seen(stack: Stack) -> list[str]:
    names: list[str] = json.loads(await ask(stack, "seen"))
    return names


async def drop(storage: BlobServiceClient, name: str) -> None:
    await storage.get_blob_client("inbox", name).upload_blob(b"movie", overwrite=True)


async def test_a_dropped_file_reaches_the_app(small: Stack, storage: BlobServiceClient) -> None:
    await drop(storage, "talks/ü 100%+#1.mp4")

    async def arrived() -> bool:
        return "talks/ü 100%+#1.mp4" in await seen(small)

    assert await eventually(arrived)


async def test_a_file_dropped_while_the_host_is_dead_reaches_it_later(small: Stack, storage: BlobServiceClient) -> None:
    await small.stop_host()
    await drop(storage, "meanwhile.mp4")
    await small.start_host()

    async def arrived() -> bool:
        return "meanwhile.mp4" in await seen(small)

    assert await eventually(arrived)


async def test_a_host_that_azure_would_end_is_started_again_and_that_is_said(
    small: Stack, storage: BlobServiceClient, caplog: pytest.LogCaptureFixture
) -> None:
    webhook = f"{small.host_url}/runtime/webhooks/blobs"
    keys = json.loads((small.folder / "keys.json").read_text())
    nameless = [{"data": {"url": "https://account.test/box", "blobType": "BlockBlob"}}]
    async with loopback_client(timeout=PATIENCE_SECONDS) as client:
        query = {"code": keys["blobs_extension"], "functionName": "Host.Functions.start_translations"}
        answer = await client.post(webhook, params=query, json=nameless, headers={"aeg-event-type": "Notification"})
        assert answer.status_code == 202

    async def is_said() -> bool:
        return "started again: An unhandled exception has occurred." in caplog.text

    assert await eventually(is_said)
    await drop(storage, "after-the-end.mp4")

    async def arrived() -> bool:
        return "after-the-end.mp4" in await seen(small)

    assert await eventually(arrived)


async def test_a_host_that_was_killed_is_started_again_with_its_settings(
    small: Stack, caplog: pytest.LogCaptureFixture
) -> None:
    await small.stop_host()
    await small.start_host({"MAX_TARGETS": "4"})
    await small.kill_host()

    async def answers() -> bool:
        return await ask(small, "setting/MAX_TARGETS") == "4"

    assert await eventually(answers)
    assert "started again: it was killed, or ended without a word." in caplog.text


async def test_a_kill_that_comes_while_the_host_is_started_again_does_not_end_it_for_good(small: Stack) -> None:
    for _ in range(3):
        await small.kill_host()
        await asyncio.sleep(0.05)  # the next start begins, and is not through
    assert await ask(small, "setting/CALLBACK_SECRET") == "the person's own"


async def test_the_card_names_every_address(small: Stack) -> None:
    card: dict[str, Any] = json.loads((small.folder / "stack.json").read_text())
    assert card == small.addresses()
    assert set(card) == {
        "storage",
        "queues",
        "identity",
        "host",
        "speech",
        "translator",
        "foundry",
        "vozo",
        "ca",
        "identity_header",
        "functions_key",
    }


async def test_every_container_of_the_app_is_there(storage: BlobServiceClient) -> None:
    names = {container.name async for container in storage.list_containers()}
    assert names >= {"inbox", "outbox", "edits", "glossaries", "staging", "jobs"}


async def test_a_setting_of_the_person_s_wins(small: Stack) -> None:
    assert await ask(small, "setting/CALLBACK_SECRET") == "the person's own"


async def test_hosts_that_the_person_trusts_are_added_to_the_sandbox_s_own(small: Stack) -> None:
    trusted = (await ask(small, "setting/TRUSTED_RESULT_HOSTS")).split(",")
    storage = f"127.0.0.1:{small.azurite.port('blob')}"
    assert trusted == [storage, small.settings["VOZO_ENDPOINT"].removeprefix("http://"), "results.test:8443"]


async def test_trust_in_storage_is_the_stack_s_own_matter(small: Stack) -> None:
    assert await ask(small, "setting/SSL_CERT_FILE") == str(small.certificate.bundle)


async def test_no_setting_holds_a_storage_key(small: Stack) -> None:
    keys = {small.azurite.key("babeldrop"), small.azurite.key("services")}
    assert not keys & set(small.settings.values())


async def test_the_host_starts_with_extra_settings(small: Stack) -> None:
    await small.stop_host()
    await small.start_host({"MAX_TARGETS": "3"})
    assert await ask(small, "setting/MAX_TARGETS") == "3"


async def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=f"Port {port} is taken"):
            await Stack(tmp_path, host_port=port).__aenter__()


async def test_an_app_that_cannot_start_is_told_with_its_own_words(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "host.json").write_text('{"version": "2.0"}')
    (tmp_path / "app" / "function_app.py").write_text("raise ValueError('the app is broken')\n")
    with pytest.raises(AppRefused, match="the app is broken"):
        await Stack(tmp_path / "state", app=tmp_path / "app").__aenter__()


async def test_a_part_that_ends_by_itself_is_noticed_and_the_card_goes_with_the_stack(tmp_path: Path) -> None:
    async with Stack(tmp_path, app=APP) as stack:
        await stack._services.kill()
        with pytest.raises(ChildFailed, match="services ended"):
            await stack.watch()
        assert (tmp_path / "stack.json").exists()
    assert not (tmp_path / "stack.json").exists()


def test_a_second_stack_with_the_same_card_is_refused_with_the_address_of_the_first(tmp_path: Path) -> None:
    card = tmp_path / "stack.json"
    with the_only_one(card):
        with pytest.raises(AlreadyUp, match="is being started or stopped"), the_only_one(card):
            pass
        card.write_text('{"host": "http://127.0.0.1:7071"}')
        with pytest.raises(AlreadyUp, match=r"at http://127\.0\.0\.1:7071"), the_only_one(card):
            pass
        assert card.exists()
    with the_only_one(card):
        pass


async def test_a_wrong_setting_of_the_app_is_told_and_the_host_itself_stays_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAX_TARGETS", "many")
    with pytest.raises(AppRefused, match=r"^SettingsRefused: app settings: MAX_TARGETS: [^\n]*$"):
        await Stack(tmp_path).__aenter__()
    log = (tmp_path / "logs" / "host.log").read_text()
    assert "functions loaded" in log
    assert "shutting down" not in log
