"""The lines of Azurite's access log."""

import pytest

from sandbox.access_log import Access, AccessLog, count, parse
from sandbox.events import created_by

HEAD = "127.0.0.1 - - [21/Nov/2026:03:56:54 +0000] "


def access(request: str, status: int = 201) -> Access:
    found = parse(f'{HEAD}"{request} HTTP/1.1" {status} -', "blob")
    assert found is not None
    return found


def test_a_line_says_who_was_asked_for_what_and_how_it_went() -> None:
    assert access("PUT /babeldrop/inbox/talks/intro.mp4?comp=block&blockid=YWFhYQ%3D%3D&caller=sandbox") == Access(
        "PUT",
        "babeldrop",
        "inbox",
        "talks/intro.mp4",
        {"comp": "block", "blockid": "YWFhYQ==", "caller": "sandbox"},
        201,
        "blob",
    )


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a%20b/%C3%BC.txt", "a b/ü.txt"),
        ("100%25.mp4", "100%.mp4"),
        ("%2541.mp4", "%41.mp4"),
        ("a%2Bb.mp4", "a+b.mp4"),
        ("a+b.mp4", "a+b.mp4"),
        ("q%3Fx=1%23&y.mp4", "q?x=1#&y.mp4"),
        ("a//b.mp4", "a//b.mp4"),
        ("a%2Fb.mp4", "a/b.mp4"),
        ("back%5Cslash.mp4", "back/slash.mp4"),
        ("quote%22d.mp4", 'quote"d.mp4'),
        ("%E6%97%A5%E6%9C%AC.mp4", "日本.mp4"),
    ],
)
def test_a_name_is_what_storage_calls_the_blob(path: str, name: str) -> None:
    assert access(f"PUT /babeldrop/inbox/{path}").blob == name


def test_a_request_to_a_container_has_no_blob() -> None:
    found = access("PUT /babeldrop/inbox?restype=container")
    assert (found.container, found.blob) == ("inbox", "")


@pytest.mark.parametrize("line", ["", "Azurite Blob service is starting on 127.0.0.1:0", f'{HEAD}"garbage" 400 -'])
def test_other_lines_are_no_requests(line: str) -> None:
    assert parse(line, "blob") is None


@pytest.mark.parametrize(
    ("request_", "status", "api"),
    [
        ("PUT /babeldrop/inbox/a.mp4", 201, "PutBlob"),
        ("PUT /babeldrop/inbox/a.mp4?comp=blocklist", 201, "PutBlockList"),
        ("PUT /babeldrop/inbox/a.mp4", 202, "CopyBlob"),
        ("PUT /babeldrop/inbox/a.mp4?comp=block&blockid=YQ%3D%3D", 201, None),
        ("PUT /babeldrop/inbox/a.mp4?comp=metadata", 200, None),
        ("PUT /babeldrop/inbox/a.mp4?comp=lease", 201, None),
        ("PUT /babeldrop/inbox/a.mp4?comp=appendblock", 201, None),
        ("PUT /babeldrop/inbox/a.mp4", 409, None),
        ("PUT /babeldrop/inbox/a.mp4", 412, None),
        ("PUT /babeldrop/inbox?restype=container", 201, None),
        ("GET /babeldrop/inbox/a.mp4", 200, None),
        ("DELETE /babeldrop/inbox/a.mp4", 202, None),
    ],
)
def test_only_a_request_that_made_a_blob_makes_an_event(request_: str, status: int, api: str | None) -> None:
    assert created_by(access(request_, status)) == api


def test_a_new_message_of_a_queue_makes_no_event() -> None:
    found = parse(f'{HEAD}"PUT /babeldrop/poison/messages/1?popreceipt=x HTTP/1.1" 204 -', "queue")
    assert found is not None
    assert created_by(found) is None


def test_requests_are_counted_as_reads_writes_and_deletes() -> None:
    methods = ["GET", "HEAD", "PUT", "POST", "DELETE"]
    assert count(access(f"{method} /babeldrop/jobs/a") for method in methods) == {"read": 2, "write": 2, "delete": 1}


def test_the_sandbox_s_own_requests_are_told_from_the_app_s() -> None:
    log = AccessLog()
    with log.recording() as accesses:
        log.feed(f'{HEAD}"GET /babeldrop/jobs/a?caller=sandbox HTTP/1.1" 200 1', "blob")
        log.feed(f'{HEAD}"GET /babeldrop/jobs/a HTTP/1.1" 200 1', "blob")
    log.feed(f'{HEAD}"GET /babeldrop/jobs/later HTTP/1.1" 200 1', "blob")
    assert [each.by_sandbox for each in accesses] == [True, False]
