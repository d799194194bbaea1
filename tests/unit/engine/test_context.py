"""What a provider is handed with a step."""

from dataclasses import replace

from shared.engine.context import Context
from shared.jobs.open_job import OpenTranslation
from shared.jobs.step import Step
from shared.jobs.translation import State
from shared.providers.vozo import Vozo
from shared.storage.container import Versioned
from tests.unit.model.world import World
from tests.unit.records import a_job, a_translation


def context() -> Context:
    """That of a process of the model's world, whose clock stands at noon."""
    return World("blind").context()


def test_a_task_has_what_the_brief_asks_and_what_earlier_steps_left() -> None:
    brief = {"source": "en-US", "options": {"vozo": {"export_type": "audio"}}}
    job = a_job(a_translation(State.STARTING, provider="vozo", operation={"task": 1}, lost=1, begun_in=3), brief=brief)
    its = replace(context(), providers={"vozo": Vozo(None)})
    opened = OpenTranslation(its.open(Versioned(job, None)), "es-ES")
    task = its.task(opened, Step(name="slice", number=2))
    assert (task.id, task.pair, task.options) == (f"{job.key}.es-ES.a3", ("en-US", "es-ES"), {"export_type": "audio"})
    assert (task.operation, task.lost, str(task.step)) == ({"task": 1}, 1, "slice.2")
    assert (task.callback_url or "").startswith("https://app/api/callbacks/vozo/")


def test_a_forced_attempt_has_another_scratch() -> None:
    its, job = context(), a_job(a_translation())
    places = {its.scratch(job.model_copy(update={"forced": forced}), "es-ES", "vozo").blob("a") for forced in (0, 2)}
    assert len(places) == 2
