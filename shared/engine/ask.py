"""Asking a provider how a step goes."""

import logging

from shared import telemetry
from shared.errors import NotFound, ProviderError
from shared.jobs.translation import Work
from shared.providers.base import Failed, Outcome, Provider, Running, Scratch

log = logging.getLogger(__name__)


async def ask(provider: Provider, work: Work, scratch: Scratch, name: str) -> Outcome:
    """What the provider says; trouble on the way counts as still running, for it will be asked again.

    `name` is the job's, for the log.
    """
    with telemetry.labelled(provider=provider.name, operation="check"):
        try:
            return await provider.check(work, scratch)
        except NotFound as error:
            return Failed(error)
        except ProviderError as error:
            log.warning("%s: %s could not be asked about %s: %s", name, provider.name, work.id, error.reason)
            return Running()
        except Exception:
            # A mistake of ours in reading an answer must neither hold up other languages nor outlast the deadline.
            log.exception("%s: %s could not be asked about %s", name, provider.name, work.id)
            return Running()
