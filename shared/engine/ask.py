"""Asking a provider how a step goes."""

import logging
from collections.abc import Mapping

from shared import telemetry
from shared.errors import NotFound, ProviderError
from shared.jobs.job import Work
from shared.providers.base import Failed, Outcome, Provider, Running

log = logging.getLogger(__name__)


async def check(providers: Mapping[str, Provider], name: str, provider: str, work: Work) -> Outcome:
    """What the provider says; trouble on the way counts as still running, for it will be asked again.

    `name` is the job's, for the log.
    """
    with telemetry.labelled(provider=provider, operation="check"):
        try:
            return await providers[provider].check(work)
        except NotFound as error:
            return Failed(error)
        except ProviderError as error:
            log.warning("%s: %s could not be asked about %s: %s", name, provider, work.id, error.reason)
            return Running()
