"""Limits on spending: how many translations a provider may have at once, and how many it may start in a day."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from shared.jobs.ledger import Ledger
from shared.jobs.summary import JobSummary
from shared.jobs.translation import AT_WORK, Problem

STALE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Hold:
    """A start that must wait, why, and until when where that is known."""

    problem: Problem
    until: datetime | None = None


@dataclass(frozen=True)
class Limits:
    """The limits by provider; a provider without one is not limited."""

    in_flight: Mapping[str, int] = field(default_factory=dict)
    daily_starts: Mapping[str, int] = field(default_factory=dict)


class Quotas:
    """Counts what is in flight from the ledger's listing, softly, and the day's starts exactly."""

    def __init__(self, ledger: Ledger, limits: Limits, clock: Callable[[], datetime]) -> None:
        self._ledger, self._limits, self._clock = ledger, limits, clock
        self._in_flight: Counter[str] = Counter()
        self._counted: datetime | None = None

    def observe(self, summaries: Iterable[JobSummary]) -> None:
        """Take the counts from a listing that was made anyway."""
        self._in_flight = Counter(
            line.provider
            for summary in summaries
            for line in summary.translations
            if line.provider and line.state in AT_WORK
        )
        self._counted = self._clock()

    async def hold(self, provider: str) -> Hold | None:
        """None, with the start counted, or why it must wait."""
        if full := await self._full(provider):
            return full
        self._in_flight[provider] += 1
        spent = await self._spent(provider)
        if spent:
            self._in_flight[provider] -= 1
        return spent

    async def _full(self, provider: str) -> Hold | None:
        most = self._limits.in_flight.get(provider)
        if most is None:
            return None
        if self._counted is None or self._clock() - self._counted > STALE:
            self.observe([summary async for summary in self._ledger.summaries()])
        if self._in_flight[provider] >= most:
            reason = f"{provider} has {most} translations at work, as many as it may have"
            return Hold(_held("in-flight", reason, f"MAX_IN_FLIGHT_{_as_setting(provider)}"))
        return None

    async def _spent(self, provider: str) -> Hold | None:
        most = self._limits.daily_starts.get(provider)
        now = self._clock()
        if most is None or await self._ledger.count_start(f"{now:%Y-%m-%d}", provider, most):
            return None
        until = datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo)
        reason = f"{provider} was started {most} times today, as often as it may be"
        return Hold(_held("daily", reason, f"DAILY_STARTS_{_as_setting(provider)}"), until)


def _held(which: str, reason: str, setting: str) -> Problem:
    advice = f"Nothing to do: it starts by itself. The app setting {setting} sets the limit."
    return Problem(code=f"held-{which}", reason=reason, advice=advice)


def _as_setting(provider: str) -> str:
    """`AZURE_VIDEO` for azure-video."""
    return provider.upper().replace("-", "_")
