"""The local host, over real HTTP and real queues, running the app in `host_app/app`."""

import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.integration.host_app.account import Account, open_account
from tests.integration.host_app.processes import HostProcess, Record, eventually, launch, listens, ready

POISON = "webjobs-blobtrigger-poison"
MASTER = {"x-functions-key": "master-key"}
NEVER = "0 0 0 1 1 *"


@pytest.fixture(scope="module")
async def account(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Account]:
    async with open_account(tmp_path_factory.mktemp("account")) as account:
        yield account


@pytest.fixture(scope="module")
def settings(account: Account) -> dict[str, str]:
    return {**account.settings, "INBOX_CONTAINER": "inbox", "POLL_SCHEDULE": "*/1 * * * * *"}


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    return Record(tmp_path_factory.mktemp("record") / "calls.jsonl")


@pytest.fixture(scope="module")
async def host(
    settings: dict[str, str], record: Record, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[HostProcess]:
    folder = tmp_path_factory.mktemp("host")
    started = await launch(folder, {**settings, "RECORD": str(record.file)}, "--retry-delay", "0")
    yield await ready(started)
    assert await started.stop() == 0


@pytest.fixture
async def client(host: HostProcess) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=host.url) as client:
        yield client


async def notify(client: httpx.AsyncClient, function: str, *urls: str, key: str = "blobs-key") -> int:
    """Send events as Event Grid does; return the status."""
    events = [{"eventType": "Microsoft.Storage.BlobCreated", "data": {"url": url, "eTag": "0x1"}} for url in urls]
    answer = await client.post(
        "/runtime/webhooks/blobs",
        params={"functionName": f"Host.Functions.{function}", "code": key},
        headers={"aeg-event-type": "Notification"},
        json=events,
    )
    return answer.status_code


class TestHttp:
    async def test_a_function_sees_the_request_and_its_answer_arrives(self, client: httpx.AsyncClient) -> None:
        answer = await client.post("/api/echo/a%20b?x=1&empty=", content=b"hello", headers={"X-Thing": "t"})
        assert (answer.status_code, answer.headers["x-by"]) == (201, "app")
        assert answer.headers["content-type"] == "application/json"
        assert answer.json() == {
            "method": "POST",
            "url": f"{client.base_url}/api/echo/a%20b?x=1&empty=",
            "header": "t",
            "query": {"x": "1"},
            "route": {"id": "a b"},
            "body": "hello",
        }

    @pytest.mark.parametrize("path", ["/api/nothing", "/echo/1", "/"])
    async def test_an_unknown_route_is_404_without_a_body(self, client: httpx.AsyncClient, path: str) -> None:
        answer = await client.get(path)
        assert (answer.status_code, answer.content) == (404, b"")

    @pytest.mark.parametrize("method", ["GET", "PUT", "HEAD"])
    async def test_a_wrong_method_is_404(self, client: httpx.AsyncClient, method: str) -> None:
        assert (await client.request(method, "/api/echo/1")).status_code == 404

    @pytest.mark.parametrize("key", ["function-key", "master-key"])
    async def test_a_function_key_opens_by_header_and_by_query(self, client: httpx.AsyncClient, key: str) -> None:
        by_header = await client.get("/api/guarded", headers={"x-functions-key": key})
        by_query = await client.get("/api/guarded", params={"code": key})
        assert [by_header.text, by_query.text] == ["in: GET", "in: GET"]

    @pytest.mark.parametrize("key", ["", "wrong", "blobs-key"])
    async def test_without_the_right_key_it_is_401(self, client: httpx.AsyncClient, key: str) -> None:
        answer = await client.get("/api/guarded", params={"code": key})
        assert (answer.status_code, answer.content) == (401, b"")

    async def test_an_exception_is_500_without_a_body(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/api/broken")
        assert (answer.status_code, answer.content) == (500, b"")

    async def test_a_run_longer_than_function_timeout_is_ended(
        self, client: httpx.AsyncClient, host: HostProcess
    ) -> None:
        assert (await client.get("/api/hanging")).status_code == 500
        assert "Timeout value of 2.0 s was exceeded by function hanging" in host.log.read_text()

    async def test_no_key_of_a_request_reaches_the_log(self, client: httpx.AsyncClient, host: HostProcess) -> None:
        line = "Executed 'Functions.guarded' (Succeeded"
        before = host.log.read_text().count(line)
        await client.get("/api/guarded", params={"code": "function-key"})
        await eventually(lambda: host.log.read_text().count(line) > before)
        assert "function-key" not in host.log.read_text()


class TestBlobEvents:
    async def test_the_subscription_handshake_is_answered(self, client: httpx.AsyncClient) -> None:
        answer = await client.post(
            "/runtime/webhooks/blobs?functionName=Host.Functions.see_bytes&code=blobs-key",
            headers={"aeg-event-type": "SubscriptionValidation"},
            json=[{"data": {"validationCode": "code-512"}}],
        )
        assert (answer.status_code, answer.json()) == (200, {"validationResponse": "code-512"})

    async def test_without_the_system_key_it_is_401(self, client: httpx.AsyncClient, account: Account) -> None:
        assert await notify(client, "see_bytes", account.url("inbox", "a.mp4"), key="function-key") == 401

    async def test_a_body_that_is_no_event_is_400(self, client: httpx.AsyncClient) -> None:
        assert await notify(client, "see_bytes", "https://127.0.0.1/") == 400

    @pytest.mark.parametrize("name", ["talk.mp4", "a folder/ümlaut + plus %25 #1.mp4"])
    async def test_an_event_runs_the_function_with_a_client_for_the_blob(
        self, client: httpx.AsyncClient, account: Account, record: Record, name: str
    ) -> None:
        url = await account.upload("inbox", name, b"content")
        assert await notify(client, "see_reference", url) == 202
        await eventually(lambda: bool(record.calls("see_reference", container="inbox", name=name)))

    async def test_an_event_runs_the_function_with_the_bytes_of_the_blob(
        self, client: httpx.AsyncClient, account: Account, record: Record
    ) -> None:
        url = await account.upload("inbox", "bytes.txt", b"content", {"source": "en"})
        assert await notify(client, "see_bytes", url) == 202
        await eventually(lambda: bool(record.calls("see_bytes", name="inbox/bytes.txt")))
        (call,) = record.calls("see_bytes", name="inbox/bytes.txt")
        assert (call["content"], call["length"], call["metadata"]) == ("content", 7, {"source": "en"})

    async def test_one_request_may_carry_many_events(
        self, client: httpx.AsyncClient, account: Account, record: Record
    ) -> None:
        names = [f"many/{number}.mp4" for number in range(20)]
        urls = [await account.upload("inbox", name, b"x") for name in names]
        assert await notify(client, "see_reference", *urls) == 202
        await eventually(lambda: all(record.calls("see_reference", name=name) for name in names))

    async def test_what_fails_is_run_again_and_then_named_in_the_poison_queue(
        self, client: httpx.AsyncClient, account: Account, record: Record
    ) -> None:
        await notify(client, "see_reference", await account.upload("inbox", "bad.mp4", b"x"))
        poison = json.loads(base64.b64decode(await account.take(POISON)))
        assert poison == {
            "FunctionId": "Host.Functions.see_reference",
            "BlobType": "BlockBlob",
            "ContainerName": "inbox",
            "BlobName": "bad.mp4",
            "ETag": "0x1",
        }
        assert len(record.calls("see_reference", name="bad.mp4")) == 2

    @pytest.mark.parametrize(
        ("function", "reason"), [("see_bytes", "is gone"), ("renamed", "Host.Functions.renamed is not registered")]
    )
    async def test_an_event_that_leads_nowhere_is_logged_and_dropped(
        self, client: httpx.AsyncClient, host: HostProcess, account: Account, function: str, reason: str
    ) -> None:
        assert await notify(client, function, account.url("inbox", "deleted.mp4")) == 202
        await eventually(lambda: reason in host.log.read_text())
        await account.drained("azure-webjobs-blobtrigger-local")


class TestQueues:
    async def test_a_message_runs_the_function(self, host: HostProcess, account: Account, record: Record) -> None:
        await account.send("tasks", base64.b64encode("ünder way".encode()).decode())
        await eventually(lambda: bool(record.calls("take_task", body="ünder way", count=1)))
        assert record.calls("take_task", body="ünder way")[0]["inserted"].startswith("20")
        assert host.process.returncode is None

    @pytest.mark.parametrize(("content", "body"), [("YmFk", "bad"), ("not base64!", None)])
    @pytest.mark.usefixtures("host")
    async def test_a_message_that_fails_ends_in_the_poison_queue_as_it_came(
        self, account: Account, record: Record, content: str, body: str | None
    ) -> None:
        await account.send("tasks", content)
        assert await account.take("tasks-poison") == content
        assert [call["count"] for call in record.calls("take_task", body=body)] == ([1, 2] if body else [])


class TestTimers:
    @pytest.mark.usefixtures("host")
    async def test_a_timer_runs_on_schedule_and_never_overlaps_itself(self, record: Record) -> None:
        await eventually(lambda: len(record.calls("tick")) >= 5)
        assert {call["past_due"] for call in record.calls("tick")} == {False}
        assert [call["at"] for call in record.calls("tick")][:5] == ["start", "end", "start", "end", "start"]

    async def test_a_timer_runs_by_hand_and_again_as_its_retry_policy_says(
        self, client: httpx.AsyncClient, record: Record
    ) -> None:
        assert (await client.post("/admin/functions/stumble", headers=MASTER, json={})).status_code == 202
        await eventually(lambda: len(record.calls("stumble")) == 3)
        assert [call["retry"] for call in record.calls("stumble")] == [0, 1, 2]


class TestAdmin:
    async def test_the_functions_are_listed(self, client: httpx.AsyncClient) -> None:
        listed = (await client.get("/admin/functions", headers=MASTER)).json()
        assert {"name": "see_reference", "type": "blobTrigger"} in listed
        assert {"name": "tick", "type": "timerTrigger"} in listed

    async def test_the_host_says_that_it_runs(self, client: httpx.AsyncClient) -> None:
        assert (await client.get("/admin/host/status", headers=MASTER)).json()["state"] == "Running"

    @pytest.mark.parametrize("path", ["/admin/functions", "/admin/host/status"])
    async def test_it_takes_the_master_key(self, client: httpx.AsyncClient, path: str) -> None:
        assert (await client.get(path, headers={"x-functions-key": "function-key"})).status_code == 401

    async def test_only_timers_are_run_by_hand(self, client: httpx.AsyncClient) -> None:
        assert (await client.post("/admin/functions/echo", headers=MASTER)).status_code == 404


class TestLife:
    async def test_an_event_survives_a_host_that_is_killed(
        self, account: Account, settings: dict[str, str], tmp_path: Path
    ) -> None:
        record = Record(tmp_path / "calls.jsonl")
        own = {"AzureFunctionsWebHost__hostid": "killed", "POLL_SCHEDULE": NEVER, "RECORD": str(record.file)}
        url = await account.upload("inbox", "slow.mp4", b"x")
        first = await ready(await launch(tmp_path, {**settings, **own}, "--visibility", "1"))
        async with httpx.AsyncClient(base_url=first.url) as client:
            await notify(client, "see_reference", url)
        await eventually(lambda: len(record.calls("see_reference")) == 1)
        await first.kill()
        second = await ready(await launch(tmp_path, {**settings, **own}, "--visibility", "1"))
        await eventually(lambda: len(record.calls("see_reference")) == 2)
        assert await second.stop() == 0

    async def test_a_host_ends_with_its_parent(self, settings: dict[str, str], tmp_path: Path) -> None:
        parent = "import subprocess, sys; subprocess.run(sys.argv[1:])"
        own = {"AzureFunctionsWebHost__hostid": "orphan", "POLL_SCHEDULE": NEVER}
        host = await ready(await launch(tmp_path, {**settings, **own}, parent=parent))
        assert listens(host)
        await host.kill()
        await eventually(lambda: not listens(host))

    @pytest.mark.parametrize(
        ("source", "message"),
        [
            ("import no_such_module", "No module named 'no_such_module'"),
            ("x = 1", "Could not find top level function app instances"),
            ("import azure.functions as f\napp = f.FunctionApp()", "no functions were found"),
        ],
    )
    async def test_an_app_with_a_fault_ends_the_host_with_the_workers_message(
        self, settings: dict[str, str], tmp_path: Path, source: str, message: str
    ) -> None:
        (tmp_path / "function_app.py").write_text(source)
        (tmp_path / "host.json").write_text('{"version": "2.0"}')
        assert message in await failure(tmp_path, settings, app=tmp_path)

    @pytest.mark.parametrize("missing", ["POLL_SCHEDULE", "TranslationStorage__queueServiceUri"])
    async def test_a_missing_setting_ends_the_host_and_is_named(
        self, settings: dict[str, str], tmp_path: Path, missing: str
    ) -> None:
        without = {name: value for name, value in settings.items() if name != missing}
        assert f": the app setting {missing} is missing" in await failure(tmp_path, without)


async def failure(folder: Path, settings: dict[str, str], **options: Any) -> str:
    """Start a host that cannot start; return what it says."""
    host = await launch(folder, settings, **options)
    await eventually(lambda: host.process.returncode is not None)
    assert host.process.returncode == 1
    return host.log.read_text()
