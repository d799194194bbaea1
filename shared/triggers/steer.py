"""What a person may have done with a job: stop it, try it again, say what became of a start that nobody knows."""

from collections.abc import Mapping

from shared.engine.context import Context
from shared.engine.engine import Engine
from shared.errors import SteerRefused
from shared.jobs import problems
from shared.jobs.job import Job, is_key
from shared.jobs.open_job import OpenTranslation
from shared.jobs.translation import AT_WORK, State
from shared.providers.base import Provider
from shared.storage.container import until_undisturbed
from shared.triggers.intake import Intake


class Steer:
    """Each answers False where there is no such job, and raises SteerRefused where it cannot be done as the job is."""

    def __init__(self, context: Context, engine: Engine, intake: Intake) -> None:
        self._context, self._engine, self._intake = context, engine, intake
        self._ledger = context.ledger

    async def cancel(self, key: str) -> bool:
        """End every translation that has not ended, also at its provider where that can be. Twice does no harm."""

        async def attempt() -> bool:
            read = await self._ledger.read_open(key) if is_key(key) else None
            if read is None:
                return is_key(key) and await self._ledger.read_done(key) is not None
            problem = problems.canceled(_unstoppable(read.value, self._context.providers))
            opened = self._context.open(read)
            if read.value.waits:
                opened.replace(await self._intake.give_up(read.value, problem))
            await self._engine.stop(opened, State.CANCELED, problem)
            return True

        return await until_undisturbed(attempt, f"the job {key}")

    async def retry(self, key: str, *, force: bool = False) -> bool:
        """Begin what failed or was canceled again, and bring home anew what is no longer in the outbox.

        What succeeded is not paid for again, unless `force` begins everything from nothing.
        """
        if not is_key(key):
            return False

        async def attempt() -> bool:
            if await self._ledger.read_open(key) is not None:
                raise SteerRefused("the job is at work or waits for its brief", "Wait for its end, or cancel it first.")
            done = await self._ledger.read_done(key)
            if done is not None:
                await self._intake.retry(done.value, force=force)
            return done is not None

        return await until_undisturbed(attempt, f"the job {key}")

    async def settle(self, key: str, target: str, operation: str | None) -> bool:
        """A start whose answer was lost: it is at the service under the id `operation`, or it never was (None)."""

        async def attempt() -> bool:
            read = await self._ledger.read_open(key) if is_key(key) else None
            if read is None or all(translation.target != target for translation in read.value.translations):
                return False
            unknown = OpenTranslation(self._context.open(read), target)
            self._refuse_known(unknown)
            if not await self._engine.settle(unknown, operation):
                raise SteerRefused(
                    f"{unknown.now.provider} knows no work {operation}, or it belongs to another translation",
                    "Look up the id at the service.",
                )
            return True

        return await until_undisturbed(attempt, f"the job {key}")

    def _refuse_known(self, unknown: OpenTranslation) -> None:
        """SteerRefused unless nobody knows what became of the start, and nobody can be sending it any more."""
        now, provider = unknown.now, self._context.providers.get(unknown.now.provider or "")
        if now.state is not State.STARTING or provider is None:
            raise SteerRefused(f"it is {now.state}: nobody asks what became of its start", "Look at the job again.")
        if provider.lease_of(now.step):
            raise SteerRefused(f"{provider.name} answers at once, and is asked again by itself", "Wait some minutes.")
        if self._context.clock() - now.since <= self._context.start_window:
            raise SteerRefused("the start may still be under way", "Try it again in a minute.")


def _unstoppable(job: Job, providers: Mapping[str, Provider]) -> list[str]:
    """The providers that are at work on it, and have no way to stop."""
    at_work = {t.provider for t in job.translations if t.provider and t.state in AT_WORK}
    return [name for name in sorted(at_work) if type(providers[name]).cancel is Provider.cancel]
