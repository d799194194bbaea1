"""The steps of a text file, in their order. Pure.

`read.0` begins; `send.0`, `send.1` and so on send the requests of the first round; `read.1` reads the file again. A
request is halved into `send-0` and `send-1`, and the second of these into `send-10` and `send-11`, under its number.
"""

from typing import Any

from shared.jobs.step import Step, Work
from shared.providers.outcome import Next
from shared.providers.text_client import Translated

READ, SEND = "read", "send"


def is_read(step: Step) -> bool:
    """Whether the step reads the file and sends nothing."""
    return step.name == READ


def half_of(step: Step) -> str:
    """Which half of which half of its request the step sends, a digit for each; empty where it is the whole."""
    return step.name.partition("-")[2]


def first_half(step: Step) -> Step:
    """The step that sends the first half of what this one was to send."""
    return Step(name=f"{SEND}-{half_of(step)}0", number=step.number)


def following(step: Step, requests: int) -> Step | None:
    """The step after one that is done; None where it was the last of the round's requests."""
    half = half_of(step).rstrip("1")
    if half:
        return Step(name=f"{SEND}-{half[:-1]}1", number=step.number)
    return Step(name=SEND, number=step.number + 1) if step.number + 1 < requests else None


def after(work: Work, answer: Translated | None = None, sent: int = 1, wait: float = 0.0) -> Next:
    """What follows a step that was sent so often, with what its answer was charged."""
    operation = counted(work, sent)
    step = following(work.step, operation["requests"])
    if step is None or operation["calls"] >= operation["most"]:
        step = Step(name=READ, number=len(operation["rounds"]))
    return Next(step, operation, answer.units if answer else {}, wait)


def counted(work: Work, sent: int) -> dict[str, Any]:
    """What is to be remembered, once a request was sent so often."""
    return dict(work.operation) | {"calls": work.operation.get("calls", 0) + sent}
