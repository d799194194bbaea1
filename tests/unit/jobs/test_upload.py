"""What an upload of a correction counts for, as the record of its job is now, and what it does to that record."""

from shared.jobs.iterations import Iteration
from shared.jobs.job import Job
from shared.jobs.translation import State
from shared.jobs.upload import Upload
from tests.unit.jobs.test_iterations import LATER, an_edit, dubbed, made
from tests.unit.records import NOW, PROBLEM, a_job

FIRST = Iteration(target="es-ES", number=1, status=State.SUCCEEDED, ended=NOW)


def an_upload(*targets: str) -> Upload:
    """An upload that counts for those languages."""
    return Upload("a.vtt", "0x1", tuple(an_edit(target=target) for target in targets), {})


def two_languages(french: State) -> Job:
    """A job whose Spanish has succeeded, and whose French is in that state."""
    return a_job(dubbed(), dubbed(french).model_copy(update={"target": "fr-FR"}), iterations=(FIRST,))


def test_it_counts_for_what_has_succeeded_and_for_what_is_at_work() -> None:
    judged = an_upload("es-ES", "fr-FR").judged(two_languages(State.RUNNING))
    assert (len(judged.edits), judged.refused) == (2, {})


def test_it_does_not_count_for_a_language_that_has_failed_meanwhile() -> None:
    judged = an_upload("es-ES", "fr-FR").judged(two_languages(State.FAILED))
    assert [edit.target for edit in judged.edits] == ["es-ES"]
    assert judged.refused["fr-FR"].reason == "fr-FR has ended as failed"


def test_it_does_not_count_for_a_language_that_a_newer_brief_does_not_name() -> None:
    judged = an_upload("de-DE").judged(two_languages(State.SUCCEEDED))
    assert judged.refused["de-DE"].reason == "de-DE is no longer a language of the brief"


def test_the_edits_that_wait_know_what_it_was_refused_for() -> None:
    upload = Upload("a.vtt", "0x1", (an_edit(),), {"fr-FR": PROBLEM})
    [waits] = upload.queue(two_languages(State.FAILED)).edits
    assert waits.refused == {"fr-FR": PROBLEM}


def test_an_earlier_upload_does_not_wait_where_the_newer_one_is_refused() -> None:
    earlier = an_upload("es-ES", "fr-FR").queue(two_languages(State.RUNNING))
    newer = Upload("a.vtt", "0x2", (an_edit(etag="0x2"),), {"fr-FR": PROBLEM})
    assert [(edit.target, edit.etag) for edit in newer.queue(earlier).edits] == [("es-ES", "0x2")]


def test_what_is_made_already_is_what_it_is_made_of() -> None:
    job = a_job(dubbed(), iterations=(FIRST, made(an_edit())))
    again = Upload("a.vtt", "0x2", (an_edit(etag="0x2"),), {})
    assert again.queue(job) == job
    assert again.made_of(job) == {"es-ES": "0x1"}


def test_nothing_is_made_of_what_newer_content_has_superseded() -> None:
    at_work = an_upload("es-ES").queue(a_job(dubbed(), iterations=(FIRST,))).again(LATER)
    running = at_work.translation("es-ES")
    superseded = at_work.put(running.to(State.SUPERSEDED, LATER))
    judged = an_upload("es-ES").judged(superseded)
    assert judged.edits == ()
    assert "a newer version of" in judged.refused["es-ES"].reason
