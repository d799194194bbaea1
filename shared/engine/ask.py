"""Asking a provider how a step goes."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from shared import telemetry
from shared.errors import NotFound, ProviderError, Unreachable
from shared.jobs.open_job import OpenTranslation
from shared.jobs.step import Work
from shared.jobs.translation import Problem, State
from shared.providers.base import Provider
from shared.providers.outcome import Outcome
from shared.providers.task import Scratch

log = logging.getLogger(__name__)
#: How long a service must say that it does not know the work before it is believed: it may not find at once what it
#: has just accepted, and one odd answer says nothing.
LOST_AFTER = timedelta(minutes=1)
OURS = "Nothing: it is tried again. If it lasts, ask whoever runs the app to look into its log."


@dataclass(frozen=True, slots=True)
class Troubled:
    """There was no answer about the work: it may go on, or have ended. It is asked about again."""

    error: ProviderError


Answer = Outcome | Troubled


async def ask(provider: Provider, work: Work, scratch: Scratch, name: str) -> Answer:
    """What the provider says, or what kept it from answering. `name` is the job's, for the log."""
    with telemetry.labelled(provider=provider.name, operation="check"):
        try:
            return await provider.check(work, scratch)
        except ProviderError as error:
            log.warning("%s: %s could not be asked about %s: %s", name, provider.name, work.id, error.reason)
            return Troubled(error)
        except Exception:
            # A mistake of ours in reading an answer must neither hold up other languages nor outlast the deadline.
            log.exception("%s: %s could not be asked about %s", name, provider.name, work.id)
            return Troubled(Unreachable(f"the app stumbled over an answer of {provider.name}", OURS))


def is_lost(asked: OpenTranslation, troubled: Troubled) -> bool:
    """Write the trouble down, which people are told while it lasts; whether the work counts as lost by now."""
    now, problem = asked.opened.now(), Problem.of(troubled.error)
    told = asked.record(lambda t: t.trouble(now, problem), State.RUNNING, State.DELIVERING)
    lasts = now - told.troubled if told.troubled else timedelta()
    return isinstance(troubled.error, NotFound) and lasts >= LOST_AFTER
