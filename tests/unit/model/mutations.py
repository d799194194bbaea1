"""Ways to break the app, each of which the model must find: so that it is known to look."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

import pytest

from shared.errors import RecordChanged
from shared.jobs.job import Job
from shared.jobs.ledger import Ledger
from shared.jobs.open_job import Move, OpenJob
from shared.jobs.step import Work
from shared.outbox.receipts import Order, Receipts
from shared.providers.outcome import Found
from shared.providers.task import Scratch, Task
from shared.storage.container import ANY, Versioned
from shared.triggers import intake
from tests.unit.model.services import Blind, Listed, Sliced


class Mutation(NamedTuple):
    """What is broken, where it must be found, and what must be said of it."""

    spoil: Callable[[pytest.MonkeyPatch], None]
    scenario: str
    route: str
    finding: str


def writes_without_condition(patch: pytest.MonkeyPatch) -> None:
    """The ledger writes over whatever is there."""
    save = Ledger.save

    async def careless(self: Ledger, replaced: Versioned[Job], job: Job) -> Versioned[Job]:
        return await save(self, replaced._replace(etag=ANY), job)

    patch.setattr(Ledger, "save", careless)


def starts_before_it_claims(patch: pytest.MonkeyPatch) -> None:
    """The claim of a step is written only when the step has been taken."""

    async def later(self: OpenJob, moves: Mapping[str, Move]) -> None:
        for target, move in moves.items():
            self.record(target, move)

    patch.setattr(OpenJob, "claim", later)


def never_asks_what_is_done(patch: pytest.MonkeyPatch) -> None:
    """A leftover of a job that has ended is taken for a job at work."""

    async def ours(_self: OpenJob) -> None:
        pass

    patch.setattr(OpenJob, "confirm", ours)


def takes_unknown_for_nothing(patch: pytest.MonkeyPatch) -> None:
    """A start that cannot be found is taken again."""

    async def find(_self: Blind, _work: Work, _scratch: Scratch) -> Found:
        return Found.NOTHING

    patch.setattr(Blind, "find", find)


def writes_receipts_in_any_order(patch: pytest.MonkeyPatch) -> None:
    """A late receipt replaces the last one."""
    patch.setattr(Order, "__gt__", lambda _self, _other: False)


def trusts_that_what_was_seen_was_begun(patch: pytest.MonkeyPatch) -> None:
    """The rescan does not ask the ledger about what was accepted."""

    async def is_done(_self: Ledger, _key: str, _generation: int) -> bool:
        return True

    patch.setattr(Ledger, "is_done", is_done)


def keeps_the_answer_after_the_record(patch: pytest.MonkeyPatch) -> None:
    """A slice counts before its answer is kept: its process would keep it with the next one, and is gone by then."""
    keep = Sliced.keep

    async def only_the_last(self: Sliced, task: Task) -> None:
        if task.step.number + 1 == self.slices:
            await keep(self, task)

    patch.setattr(Sliced, "keep", only_the_last)


def asks_before_the_request_has_ended(patch: pytest.MonkeyPatch) -> None:
    """The lease is shorter than the request may take."""
    patch.setattr(Sliced, "lease", timedelta(minutes=1))


def searches_before_the_request_has_arrived(patch: pytest.MonkeyPatch) -> None:
    """A list of the service's work is believed although a start may still be on its way there."""
    patch.setattr(Listed, "on_its_way", timedelta())


def goes_on_after_superseding(patch: pytest.MonkeyPatch) -> None:
    """A slice is sent although newer content has taken the place of the file."""
    claim = OpenJob.claim

    async def careless(self: OpenJob, moves: Mapping[str, Move]) -> None:
        before = self.job
        try:
            await claim(self, moves)
        except RecordChanged:
            for target, move in moves.items():
                before = before.put(move(before.translation(target)))
            self.job = before

    async def ours(_self: OpenJob) -> None:
        pass

    patch.setattr(OpenJob, "claim", careless)
    patch.setattr(OpenJob, "confirm", ours)


def closes_what_has_changed(patch: pytest.MonkeyPatch) -> None:
    """A job is closed although an edit has come since it was read."""
    drop_open = Ledger.drop_open

    async def careless(self: Ledger, opened: Versioned[Job]) -> bool:
        there = await self.read_open(opened.value.key)
        return await drop_open(self, there or opened)

    patch.setattr(Ledger, "drop_open", careless)


def takes_an_older_upload(patch: pytest.MonkeyPatch) -> None:
    """A correction counts although a newer upload of it lies there."""
    write = Receipts._write

    async def careless(self: Receipts, name: str, receipt: Mapping[str, Any], order: Order, *_check: object) -> None:
        await write(self, name, receipt, order)

    patch.setattr(Receipts, "_write", careless)


def begins_everything_after_waiting(patch: pytest.MonkeyPatch) -> None:
    """A later attempt keeps nothing of the one before."""
    patch.setattr(intake, "upon", lambda _done, planned, *_: planned)


MUTATIONS = [
    Mutation(writes_without_condition, "the same event twice", "blind", "was paid 2 times"),
    Mutation(writes_without_condition, "fallback, two ticks", "findable blind", "was paid 2 times"),
    Mutation(starts_before_it_claims, "the same event twice", "blind", "was paid 2 times"),
    Mutation(never_asks_what_is_done, "the same event twice and a tick", "blind", "was paid 2 times"),
    Mutation(takes_unknown_for_nothing, "late event and tick", "blind", "was paid 2 times"),
    Mutation(writes_receipts_in_any_order, "event and tick", "blind", "the receipt of the drop says running"),
    Mutation(keeps_the_answer_after_the_record, "event", "sliced", "thrown away|is open for ever"),
    Mutation(asks_before_the_request_has_ended, "late event and tick", "sliced", "was paid 2 times"),
    Mutation(searches_before_the_request_has_arrived, "late event and tick", "listed", "was paid 2 times"),
    Mutation(goes_on_after_superseding, "newer content and tick", "sliced", "after the file was superseded"),
    Mutation(closes_what_has_changed, "second edit and tick", "findable", "was corrected, and nothing came of it"),
    Mutation(takes_an_older_upload, "two edits", "findable", "answers another upload|an older upload"),
    Mutation(begins_everything_after_waiting, "newer content and brief of a retry", "findable", "thrown away"),
    Mutation(trusts_that_what_was_seen_was_begun, "event", "findable", "nothing came of it"),
]
