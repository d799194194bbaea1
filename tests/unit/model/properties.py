"""What must be true when everything has come to rest, whatever happened before; design 3.2 and its tenets 2 and 3."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from shared.jobs.iterations import Iteration
from shared.jobs.job import Job, job_key
from shared.jobs.ledger import OPEN
from shared.jobs.translation import State, Translation
from shared.outbox.names import ResultNames, edit_receipt
from shared.outbox.publish import WORK
from tests.unit.model.services import CHARGED, Service
from tests.unit.model.world import World

UNKNOWN = "outcome-unknown"


def violations(world: World, faults: int) -> Iterator[str]:
    """What is not as it must be, in words, when that many faults have happened."""
    yield from (f"{key} is open for ever" for key in world.records(OPEN))
    for service in world.services.values():
        yield from _paid_twice(world, service, faults)
        if service.paid_late:
            yield f"{service.paid_late} steps were paid for after the file was superseded"
        yield from _paid_in_vain(world, service)
        yield from _billed_wrongly(world, service)
    yield from _drop(world, world.name)
    yield from _edits(world)


def needlessly_unknown(world: World) -> Iterator[str]:
    """Without any fault, everything is known."""
    for job in world.done.values():
        for translation in job.translations:
            if translation.problem is not None and translation.problem.code == UNKNOWN:
                yield f"{job.work_id(translation.target)} is unknown, and nothing went wrong"


def _paid_twice(world: World, service: Service, faults: int) -> Iterator[str]:
    """A step that may be sent again is paid once more for each fault at the most, and the receipts count that."""
    repeated = {paid: count for paid, count in Counter(service.paid).items() if count > 1}
    more = Counter({work: 0 for work, _ in repeated})
    for (work, step), count in repeated.items():
        more[work] += count - 1
        if service.lease is None or more[work] > faults + world.lost:
            yield f"{work} was paid {count} times for its step {step}"
    told = {job.work_id(t.target): t.repeats for job in world.done.values() for t in job.translations}
    yield from (
        f"{work} was paid {count} times more, told is {told.get(work)}"
        for work, count in more.items()
        if count > told.get(work, count)
    )


def _paid_in_vain(world: World, service: Service) -> Iterator[str]:
    """Paid work is delivered, failed at the service, is not wanted any more, or is told to be unknown."""
    for work, _ in service.paid:
        key, _, rest = work.partition(".")
        target, _, attempt = rest.rpartition(".a")
        job = world.done.get(key)
        if job is None or job.attempt < int(attempt):
            yield f"{work} was paid, and the ledger does not know it"
        elif work not in service.failing and not _is_accounted_for(job, target, int(attempt)):
            yield f"{work} was paid, and its results were thrown away"


def _billed_wrongly(world: World, service: Service) -> Iterator[str]:
    """What succeeded at a service that answers at once tells what each of its slices was charged, once."""
    if service.lease is None:
        return
    slices = len({step for _, step in service.paid})
    expected = {unit: count * slices for unit, count in CHARGED.items()}
    for job in world.done.values():
        for translation in job.translations:
            is_done = translation.state is State.SUCCEEDED and translation.provider == service.name
            if is_done and translation.units != expected:
                yield f"{translation.target} of {job.key} tells {translation.units} of {expected}"


def _is_accounted_for(job: Job, target: str, attempt: int) -> bool:
    if job.translation(target).begun_in > attempt:
        return job.generation > 1  # other content had come in between, and nobody wanted this any more
    translation = job.translation(target)
    is_unknown = translation.problem is not None and translation.problem.code == UNKNOWN
    return translation.state is not State.FAILED or is_unknown


def _edits(world: World) -> Iterator[str]:
    """A correction is made once, and of the content that is current, or its receipt says why it is not."""
    made = [i for job in world.done.values() for i in job.iterations if i.edit and i.status is not State.SUPERSEDED]
    yield from _made_too_late(world)
    for name, stored in world.edits.blobs.items():
        ends = [i.status for i in made if i.edit and (i.edit.name, i.edit.etag) == (name, stored.facts.etag)]
        if not ends and world.receipt(edit_receipt(name)).get("status") != "refused":
            yield f"{name} was corrected, and nothing came of it"
        if ends.count(State.SUCCEEDED) > 1:
            yield f"{name} was made {ends.count(State.SUCCEEDED)} times"
        latest = [i.edit.etag for i in sorted(made, key=_order) if i.edit and i.edit.name == name][-1:]
        if world.receipt(edit_receipt(name)).get("source", {}).get("etag") != stored.facts.etag:
            yield f"the receipt of {name} answers another upload than the one that lies there"
        if ends and latest != [stored.facts.etag]:
            yield f"an older upload of {name} was made after the one that lies there"


def _made_too_late(world: World) -> Iterator[str]:
    """No correction of older content is made any more once newer content has come."""
    jobs = list(world.done.values())
    for older, newer in ((older, newer) for older in jobs for newer in jobs if older.generation < newer.generation):
        for i in older.iterations:
            if i.edit and i.status is State.SUCCEEDED and i.ended and i.ended > newer.accepted:
                yield f"{i.edit.name} was made of content that a newer drop had replaced"


def _order(iteration: Iteration) -> tuple[int, int]:
    """Iterations of one translation in the order in which they were begun."""
    return iteration.begun_in, iteration.number


def _drop(world: World, name: str) -> Iterator[str]:
    facts = world.inbox.blobs[name].facts
    job = world.done.get(job_key(name, facts.version))
    if job is None:
        yield f"{name} was dropped, and nothing came of it"
        return
    if job.etag != facts.etag and job.state != State.SUCCEEDED:
        yield f"{name} was dropped again, and was not tried again"
    names = ResultNames(job.stem, job.name)
    told = world.receipt(names.receipt())
    if (told.get("status"), told.get("attempt"), told.get("id")) != (job.state, job.attempt, job.key):
        yield f"the receipt of the drop says {told.get('status')} of attempt {told.get('attempt')}, not {job.state}"
    for translation in job.translations:
        yield from _translation(world, job, translation, world.receipt(names.receipt(translation.target)))


def _translation(world: World, job: Job, translation: Translation, told: dict[str, Any]) -> Iterator[str]:
    source = told.get("source", {}).get("version")
    if (told.get("status"), told.get("attempt"), source) != (translation.state, job.attempt, job.version):
        yield f"the receipt of {translation.target} says {told.get('status')}, not {translation.state}"
    if translation.state is State.SUCCEEDED and not translation.outputs:
        yield f"{translation.target} succeeded without results"
    for output in translation.outputs:
        stored = world.outbox.blobs.get(output.name)
        if stored is None and output.name in world.deleted:
            continue  # whoever deleted it asks again, where the app died before it answered
        if stored is None or not stored.facts.metadata[WORK].startswith(job.work_id(translation.target)):
            yield f"{output.name} is not the result of {job.work_id(translation.target)}"
