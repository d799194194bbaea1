"""A call is known again in another run, whatever its ids, addresses and signatures."""

from tests.faults.calls import Aliases, Calls, Point

ALIASES = Aliases({"run-0017": "run", "jobs-lane3": "jobs", "0a" * 12: "film.mp4"})


def name(method: str, url: str) -> str:
    return Calls(ALIASES).name(method, url)


def test_a_call_is_named_by_its_method_and_address_in_stable_words() -> None:
    url = f"https://127.0.0.1:4711/babeldrop/jobs-lane3/open/{'0a' * 12}"
    assert name("PUT", url) == "PUT /babeldrop/jobs/open/film.mp4 #1"


def test_ids_that_a_service_made_up_do_not_count() -> None:
    assert name("GET", f"http://here/v1/media/{'b1' * 12}") == "GET /v1/media/* #1"


def test_only_the_part_of_the_query_that_says_what_is_asked_for_counts() -> None:
    url = "https://here/babeldrop/outbox/run-0017/a%20b.mp3?comp=block&blockid=MDAw&sig=x%3D&timeout=3"
    assert name("PUT", url) == "PUT /babeldrop/outbox/run/a b.mp3?comp=block #1"


def test_the_same_call_again_is_another_call() -> None:
    calls = Calls(ALIASES)
    named = [calls.name(method, "http://here/a") for method in ("GET", "PUT", "GET")]
    assert named == ["GET /a #1", "PUT /a #1", "GET /a #2"]


def test_a_call_that_asks_only_is_a_read() -> None:
    calls = ("GET /a #1", "HEAD /a #1", "PUT /a #1", "POST /a #1", "DELETE /a #1")
    assert [Point(call, "after").is_after_change for call in calls] == [False, False, True, True, True]
    assert not any(Point(call, "before").is_after_change for call in calls)
