"""The local host, over real HTTP and real queues, running the app in `host_app/app`."""

import asyncio
import base64
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.loopback import loopback_client
from tests.integration import waiting
from tests.integration.host_app.account import Account, open_account
from tests.integration.host_app.processes import APP, HostProcess, Record, eventually, launch, listens, ready

POISON = "webjobs-blobtrigger-poison"
MASTER = {"x-functions-key": "master-key"}
NEVER = "0 0 0 1 1 *"
#: Most tests do not want to wait as long as Azure's host does. Those that do, say so.
SHORT_WAITS = ("--visibility", "1", "--longest-poll", "0.5", "--timer-lease", "0")


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
    started = await launch(folder, {**settings, "RECORD": str(record.file)}, *SHORT_WAITS)
    yield await ready(started)
    assert await started.stop() == 0


@pytest.fixture
async def client(host: HostProcess) -> AsyncIterator[httpx.AsyncClient]:
    async with loopback_client(base_url=host.url, timeout=waiting.PATIENCE_SECONDS) as client:
        yield client


def event(url: str) -> dict[str, Any]:
    return {
        "eventType": "Microsoft.Storage.BlobCreated",
        "data": {"url": url, "eTag": "0x1", "blobType": "BlockBlob"},
    }


async def post(client: httpx.AsyncClient, body: Any, kind: str = "Notification", **query: str) -> httpx.Response:
    """Send something to the webhook, with the key that it wants."""
    headers = {"aeg-event-type": kind, "Content-Type": "application/json"}
    content = body if isinstance(body, str) else json.dumps(body)
    query = {"code": "blobs-key", **query}
    return await client.post("/runtime/webhooks/blobs", params=query, headers=headers, content=content)


async def notify(client: httpx.AsyncClient, function: str, *urls: str, key: str = "blobs-key") -> int:
    """Send events as Event Grid does; return the status."""
    query = {"functionName": f"Host.Functions.{function}", "code": key}
    return (await post(client, [event(url) for url in urls], **query)).status_code


@asynccontextmanager
async def own_host(
    folder: Path, settings: dict[str, str], name: str, *options: str, **more: Any
) -> AsyncIterator[HostProcess]:
    """A host with queues and locks of its own, whose timer never fires; ended hard at the end of the block."""
    own = {"AzureFunctionsWebHost__hostid": name, "POLL_SCHEDULE": NEVER, "RECORD": str(folder / "calls.jsonl")}
    host = await ready(await launch(folder, {**settings, **own}, *(options or SHORT_WAITS), **more))
    try:
        yield host
    finally:
        if host.process.returncode is None:
            await host.kill()


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

    @pytest.mark.parametrize("path", ["/api/nothing", "/echo/1"])
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

    async def test_the_root_is_a_page(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/")
        assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, "text/html")

    async def test_case_does_not_count_in_a_route_and_an_escaped_slash_stays(self, client: httpx.AsyncClient) -> None:
        answer = await client.post("/API/Echo/a%2fb%20c?x=1&x=2")
        assert (answer.json()["route"], answer.json()["query"]) == ({"id": "a%2Fb c"}, {"x": "1,2"})

    async def test_beyond_the_limit_of_outstanding_requests_the_answer_is_429(
        self, client: httpx.AsyncClient, record: Record
    ) -> None:
        asking = [asyncio.create_task(client.get("/api/waiting")) for _ in range(5)]
        await eventually(lambda: sum(each.done() for each in asking) == 2)
        turned_away = [each.result() for each in asking if each.done()]
        assert [(each.status_code, each.headers["x-function-scaleout"]) for each in turned_away] == [(429, "1")] * 2
        record.let_go_on()
        assert sorted(answer.status_code for answer in await asyncio.gather(*asking)) == [200, 200, 200, 429, 429]

    async def test_a_run_longer_than_function_timeout_replaces_the_worker_and_others_end_well(
        self, settings: dict[str, str], tmp_path: Path
    ) -> None:
        app, record = tmp_path / "app", Record(tmp_path / "calls.jsonl")
        app.mkdir()
        shutil.copy(APP / "function_app.py", app)
        (app / "host.json").write_text('{"version": "2.0", "functionTimeout": "00:00:12"}')
        async with (
            own_host(tmp_path, settings, "stuck", app=app) as host,
            loopback_client(base_url=host.url, timeout=waiting.PATIENCE_SECONDS) as client,
        ):
            hanging = asyncio.create_task(client.get("/api/hanging"))
            await eventually(lambda: bool(record.calls("hanging")))
            await asyncio.sleep(6)  # half of it, so that the other's own time is not over when this one's is
            other = asyncio.create_task(client.get("/api/waiting"))
            assert (await hanging).status_code == 500
            record.let_go_on()
            assert (await other).status_code == 200
            assert await host.process.wait() == 0
        assert "Timeout value of 00:00:12 exceeded by function 'Functions.hanging'" in host.log.read_text()

    async def test_no_key_of_a_request_reaches_the_log(self, client: httpx.AsyncClient, host: HostProcess) -> None:
        line = "Executed 'Functions.guarded' (Succeeded"
        before = host.log.read_text().count(line)
        await client.get("/api/guarded", params={"code": "function-key"})
        await eventually(lambda: host.log.read_text().count(line) > before)
        assert "function-key" not in host.log.read_text()


class TestBlobEvents:
    @pytest.mark.parametrize("function", ["Host.Functions.see_bytes", "unheard-of"])
    async def test_the_subscription_handshake_is_answered_whatever_the_function(
        self, client: httpx.AsyncClient, function: str
    ) -> None:
        answer = await client.post(
            f"/runtime/webhooks/blobs?functionName={function}&code=blobs-key",
            headers={"aeg-event-type": "SubscriptionValidation"},
            json=[{"data": {"validationCode": "code-512"}}],
        )
        assert (answer.status_code, answer.json()) == (200, {"validationResponse": "code-512"})
        assert answer.headers["content-type"].startswith("text/plain")

    @pytest.mark.parametrize(("key", "status"), [("", 401), ("wrong", 401), ("function-key", 403)])
    async def test_without_the_system_key_it_is_401_and_with_another_valid_one_403(
        self, client: httpx.AsyncClient, account: Account, key: str, status: int
    ) -> None:
        assert await notify(client, "see_bytes", account.url("inbox", "a.mp4"), key=key) == status

    async def test_an_unknown_type_of_event_is_400(self, client: httpx.AsyncClient) -> None:
        assert (await post(client, [], kind="Unheard")).status_code == 400

    @pytest.mark.parametrize(
        "body",
        [
            "",
            "no JSON",
            [{}],
            [{"data": {"blobType": "BlockBlob"}}],
            [{"data": {"url": "https://127.0.0.1/a/inbox/x"}}],
        ],
    )
    async def test_a_body_that_is_no_event_is_500(self, client: httpx.AsyncClient, body: Any) -> None:
        assert (await post(client, body, functionName="Host.Functions.see_bytes")).status_code == 500

    async def test_what_comes_before_a_bad_event_is_taken_all_the_same(
        self, client: httpx.AsyncClient, account: Account, record: Record
    ) -> None:
        url = await account.upload("inbox", "before-a-faulty-one.mp4", b"x")
        answer = await post(client, [event(url), {}], functionName="Host.Functions.see_reference")
        assert answer.status_code == 500
        await eventually(lambda: bool(record.calls("see_reference", name="before-a-faulty-one.mp4")))

    @pytest.mark.parametrize("name", ["/leading.mp4", "trailing.mp4/"])
    async def test_slashes_around_a_name_are_trimmed_so_the_event_is_lost(
        self, client: httpx.AsyncClient, account: Account, record: Record, name: str
    ) -> None:
        assert await notify(client, "see_reference", await account.upload("inbox", name, b"x")) == 202
        await account.drained("azure-webjobs-blobtrigger-local")
        assert not [call for call in record.calls("see_reference") if name.strip("/") in call["name"]]

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
        assert base64.b64decode(await account.take(POISON)).decode() == POISONED
        assert len(record.calls("see_reference", name="bad.mp4")) == 2

    @pytest.mark.parametrize(("function", "name"), [("see_bytes", "deleted.mp4"), ("renamed", "bytes.txt")])
    async def test_an_event_that_leads_nowhere_is_dropped_in_silence(
        self, client: httpx.AsyncClient, host: HostProcess, account: Account, record: Record, function: str, name: str
    ) -> None:
        before = len(record.calls(function))
        assert await notify(client, function, account.url("inbox", name)) == 202
        await account.drained("azure-webjobs-blobtrigger-local")
        assert len(record.calls(function)) == before
        assert "deleted.mp4" not in host.log.read_text()
        assert "renamed" not in host.log.read_text()


#: Exactly as Azure's host writes it.
POISONED = """\
{
  "Type": "BlobTrigger",
  "FunctionId": "Host.Functions.see_reference",
  "BlobType": "BlockBlob",
  "ContainerName": "inbox",
  "BlobName": "bad.mp4",
  "ETag": "\\"0x1\\""
}"""


class TestQueues:
    @pytest.fixture(autouse=True)
    async def queue(self, host: HostProcess, account: Account) -> None:
        """The host was there first, and takes up the queue of an app's own when somebody makes it."""
        assert host.process.returncode is None
        await account.make_queue("tasks")

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
    async def test_the_functions_are_listed_with_their_bindings(self, client: httpx.AsyncClient) -> None:
        listed = (await client.get("/admin/functions", headers=MASTER)).json()
        kinds = {function["name"]: function["config"]["bindings"][0]["type"] for function in listed}
        assert (kinds["see_reference"], kinds["tick"]) == ("blobTrigger", "timerTrigger")
        assert {(function["language"], function["isDisabled"]) for function in listed} == {("python", False)}

    async def test_the_host_says_that_it_runs(self, client: httpx.AsyncClient) -> None:
        status = (await client.get("/admin/host/status", headers=MASTER)).json()
        assert (status["state"], status["errors"]) == ("Running", [])

    @pytest.mark.parametrize("path", ["/admin/functions", "/admin/host/status"])
    @pytest.mark.parametrize(("key", "status"), [("function-key", 403), ("blobs-key", 403), ("wrong", 401), ("", 401)])
    async def test_it_takes_the_master_key(self, client: httpx.AsyncClient, path: str, key: str, status: int) -> None:
        assert (await client.get(path, headers={"x-functions-key": key})).status_code == status

    async def test_only_timers_are_run_by_hand_and_with_a_json_body(self, client: httpx.AsyncClient) -> None:
        assert (await client.post("/admin/functions/echo", headers=MASTER, json={})).status_code == 404
        assert (await client.post("/admin/functions/stumble", headers=MASTER)).status_code == 415


class TestLife:
    async def test_an_event_survives_a_host_that_is_killed(
        self, account: Account, settings: dict[str, str], tmp_path: Path
    ) -> None:
        record = Record(tmp_path / "calls.jsonl")
        url = await account.upload("inbox", "slow.mp4", b"x")
        async with (
            own_host(tmp_path, settings, "killed") as host,
            loopback_client(base_url=host.url, timeout=waiting.PATIENCE_SECONDS) as client,
        ):
            await notify(client, "see_reference", url)
            await eventually(lambda: len(record.calls("see_reference")) == 1)
        async with own_host(tmp_path, settings, "killed"):
            await eventually(lambda: len(record.calls("see_reference")) == 2)

    @pytest.mark.parametrize(
        ("query", "url", "blob"),
        [
            pytest.param({}, "https://account.test/inbox/talk.mp4", "talk.mp4", id="names no function"),
            pytest.param(
                {"functionName": "Host.Functions.see_bytes"}, "https://account.test/inbox", "", id="names no blob"
            ),
        ],
    )
    async def test_an_event_that_names_too_little_is_accepted_then_ends_the_host_until_it_is_poison(
        self, account: Account, settings: dict[str, str], tmp_path: Path, query: dict[str, str], url: str, blob: str
    ) -> None:
        name = f"unnamed-{len(query)}"
        for tries in range(2):  # as many as host.json allows
            async with (
                own_host(tmp_path, settings, name) as host,
                loopback_client(base_url=host.url, timeout=waiting.PATIENCE_SECONDS) as client,
            ):
                if tries == 0:
                    answer = await post(client, [event(url)], **query)
                    assert answer.status_code == 202
                assert await host.process.wait() == 0
                assert "An unhandled exception has occurred." in host.log.read_text()
                assert "Host is shutting down." in host.log.read_text()
        async with own_host(tmp_path, settings, name) as host:
            poison = json.loads(base64.b64decode(await account.take(POISON)))
            assert (poison["FunctionId"], poison["BlobName"]) == (query.get("functionName"), blob)
            await account.drained(f"azure-webjobs-blobtrigger-{name}")
            assert host.process.returncode is None

    async def test_one_host_holds_the_timers_lease_and_leaves_it_behind_when_it_is_killed(
        self, account: Account, settings: dict[str, str], tmp_path: Path
    ) -> None:
        lock = account.blobs.get_blob_client("azure-webjobs-hosts", "locks/leased/Host.Functions.tick.Listener")

        async def is_leased() -> bool:
            return await lock.exists() and (await lock.get_blob_properties()).lease.state == "leased"

        async with own_host(tmp_path, settings, "leased", "--timer-lease", "60"):
            await waiting.eventually(is_leased)
        assert await is_leased()

    async def test_a_host_that_ends_in_order_gives_the_lease_back(
        self, account: Account, settings: dict[str, str], tmp_path: Path
    ) -> None:
        lock = account.blobs.get_blob_client("azure-webjobs-hosts", "locks/ended/Host.Functions.tick.Listener")

        async def is_leased() -> bool:
            return await lock.exists() and (await lock.get_blob_properties()).lease.state == "leased"

        async with own_host(tmp_path, settings, "ended", "--timer-lease", "60") as host:
            await waiting.eventually(is_leased)
            assert await host.stop() == 0
        assert not await is_leased()

    async def test_a_host_that_is_told_to_end_lets_its_runs_go_on_for_a_while(
        self, settings: dict[str, str], tmp_path: Path
    ) -> None:
        record = Record(tmp_path / "calls.jsonl")
        async with (
            own_host(tmp_path, settings, "drained", "--drain", str(waiting.PATIENCE_SECONDS)) as host,
            loopback_client(base_url=host.url, timeout=waiting.PATIENCE_SECONDS) as client,
        ):
            run = asyncio.create_task(client.get("/api/waiting"))
            await eventually(lambda: bool(record.calls("waiting")))
            stopping = asyncio.create_task(host.stop())
            await eventually(lambda: not listens(host))  # it takes no more work
            record.let_go_on()
            assert (await run).status_code == 200
            assert await stopping == 0

    async def test_a_host_ends_with_its_parent(self, settings: dict[str, str], tmp_path: Path) -> None:
        parent = "import subprocess, sys; subprocess.run(sys.argv[1:])"
        async with own_host(tmp_path, settings, "orphan", parent=parent) as host:
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
    async def test_an_app_with_a_fault_leaves_an_empty_host_that_says_why_when_it_is_asked(
        self, settings: dict[str, str], tmp_path: Path, source: str, message: str
    ) -> None:
        (tmp_path / "function_app.py").write_text(source)
        (tmp_path / "host.json").write_text('{"version": "2.0"}')
        async with own_host(tmp_path, settings, "empty", app=tmp_path) as host:
            assert "0 functions loaded" in host.log.read_text()
            async with loopback_client(base_url=host.url, timeout=waiting.PATIENCE_SECONDS) as client:
                assert (await client.get("/api/health")).status_code == 404
                status = (await client.get("/admin/host/status", headers=MASTER)).json()
                assert [message in error for error in status["errors"]] == [True]

    @pytest.mark.parametrize(
        ("missing", "functions"),
        [
            ("INBOX_CONTAINER", {"see_reference"}),
            ("TranslationStorage__queueServiceUri", {"see_reference", "see_bytes", "take_task"}),
        ],
    )
    async def test_a_missing_setting_disables_its_functions_only(
        self, settings: dict[str, str], tmp_path: Path, missing: str, functions: set[str]
    ) -> None:
        without = {name: value for name, value in settings.items() if name != missing}
        async with (
            own_host(tmp_path, without, "lacking") as host,
            loopback_client(base_url=host.url, headers=MASTER, timeout=waiting.PATIENCE_SECONDS) as client,
        ):
            errors = (await client.get("/admin/host/status")).json()["errors"]
            assert {error.partition(":")[0] for error in errors} == functions
            assert all(f"the app setting {missing} is missing" in error for error in errors)
            assert not functions & {function["name"] for function in (await client.get("/admin/functions")).json()}
            assert (await client.get("/api/guarded")).text == "in: GET"

    async def test_a_host_file_that_is_wrong_ends_the_host(self, settings: dict[str, str], tmp_path: Path) -> None:
        (tmp_path / "host.json").write_text('{"version": "1.0"}')
        host = await launch(tmp_path, settings, app=tmp_path)
        assert await host.process.wait() == 1
        assert "host.json" in host.log.read_text()
