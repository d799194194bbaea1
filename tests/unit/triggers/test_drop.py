"""What a drop is beside what was current under its name, and whether its wish to begin anew counts."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shared.jobs.job import job_key
from shared.jobs.ledger import Seen
from shared.names import BlobName
from shared.storage.container import Facts, Versioned
from shared.triggers.drop import Drop, DropKind
from tests.unit.records import NOW

NAME = BlobName("to_fr/talk.mp4")
FIRST = Facts(name=NAME, etag="0x1", size=4, md5="m", created=NOW, metadata={"force": "true"})
LATER = NOW + timedelta(minutes=1)


def seen(etag: str = "0x1", md5: str = "m", *, forced: bool = True, has_time: bool = True) -> Versioned[Seen]:
    """What was current, from an upload at noon."""
    key = job_key(NAME, f"{md5}/4")
    uploaded = NOW if has_time else None
    return Versioned(Seen(key=key, etag=etag, stem="to_fr/talk", forced=forced, uploaded=uploaded), "0x9")


@pytest.mark.parametrize(
    ("before", "kind"),
    [
        (None, DropKind.NEW),
        (seen(), DropKind.SAME),
        (seen(etag="0x0"), DropKind.AGAIN),
        (seen(etag="0x0", md5="other"), DropKind.NEWER),
    ],
)
def test_it_is_told_by_etag_and_content(before: Versioned[Seen] | None, kind: DropKind) -> None:
    assert Drop(NAME, FIRST, before).kind is kind


@pytest.mark.parametrize("has_event", [True, False])
@pytest.mark.parametrize(
    ("before", "created", "counts"),
    [
        (None, NOW, (True, True)),
        (seen(), NOW, (False, False)),  # the very same drop
        (seen(etag="0x0"), LATER, (True, True)),  # another upload
        (seen(etag="0x0"), NOW, (True, False)),  # its properties have changed, unless an event tells of an upload
        (seen(etag="0x0", forced=False), NOW, (True, True)),  # the wish is new
        (seen(etag="0x0", has_time=False), LATER, (True, False)),  # kept by an earlier version of the app
    ],
)
def test_force_counts_once_for_an_upload(
    before: Versioned[Seen] | None, created: datetime, counts: tuple[bool, bool], has_event: bool
) -> None:
    assert Drop(NAME, replace(FIRST, created=created), before, has_event).is_forced is counts[0 if has_event else 1]


def test_without_the_metadata_nothing_is_forced() -> None:
    assert not Drop(NAME, Facts(name=NAME, etag="0x1"), None).is_forced
