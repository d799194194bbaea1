"""The parts of the bench that measure nothing: what counts as whose, and what is called met."""

from bench.calls import Call, Script
from bench.imports import used
from bench.operations import Tally
from bench.reading import Reading, table
from sandbox.access_log import Access
from sandbox.azurite import DATA, SERVICES


def access(container: str, blob: str, method: str = "PUT", account: str = DATA, **query: str) -> Access:
    return Access(method, account, container, blob, query, 201, "blob")


def test_a_budget_holds_up_to_its_very_limit() -> None:
    assert Reading("reads", 10, 10).met
    assert not Reading("reads", 11, 10).met


def test_the_table_says_what_was_missed() -> None:
    _, _, met, missed = table([Reading("reads", 10, 10), Reading("memory", 38.94, 30, "MB")]).splitlines()
    assert met.endswith("  met")
    assert missed.split() == ["memory", "38.94", "MB", "30", "MB", "NOT", "MET"]


def test_only_what_the_app_asked_is_counted() -> None:
    others = [
        access("jobs", "open/a", caller="sandbox"),
        access("inbox", "film.mp4", "GET", sig="cut"),
        access("results", "film.mp4", "GET", account=SERVICES),
    ]
    assert Tally.of(others) == Tally([], [], [])


def test_receipts_count_and_results_and_listings_stand_apart() -> None:
    record, receipt = access("jobs", "open/a"), access("outbox", "film.mp4.es-ES.translation.json")
    result = access("outbox", "film.es-ES.mp4")
    listing = access("jobs", "", "GET", comp="list", prefix="open/")
    tally = Tally.of([record, receipt, result, listing])
    assert tally == Tally([record, receipt], [result], [listing])
    assert (tally.receipts, tally.without_receipts) == ([receipt], [record])


def test_a_package_is_imported_by_its_topmost_module_that_was_loaded() -> None:
    loaded = {"sys": None, "azure.functions.http": "/f/http.py", "azure.functions": "/f/__init__.py", "ours": "/o.py"}
    assert used(loaded, [{"/f/__init__.py", "/f/http.py"}, {"/never/loaded.py"}]) == ["azure.functions"]


def test_recorded_calls_are_made_for_another_file() -> None:
    recorded = [
        Call.of(access("jobs", f"open/{'0a' * 12}")),
        Call.of(access("jobs", "stems/talks/first", "HEAD")),
        Call.of(access("jobs", "", "GET", comp="list", prefix="open/")),
    ]
    other = Script(recorded, "drops", "talks/first.mp4").for_file("talks/other.mp4", "key")
    assert other == [
        Call("write", "jobs", "open/key"),
        Call("head", "jobs", "stems/talks/other"),
        Call("list", "jobs", "open/"),
    ]
