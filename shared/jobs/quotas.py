"""Limits on spending: how many translations a provider may have at once, and how many it may start in a day.

A start is counted for its day once it is claimed, and given back where nothing was started. What a limit holds is let
go at every tick, as many as there is room for, in the order in which the files came.
"""

import asyncio
from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import NamedTuple

from shared.jobs.ledger import Ledger
from shared.jobs.summary import JobSummary
from shared.jobs.translation import Problem

STALE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Hold:
    """A start that must wait, why, and until when where that is known."""

    problem: Problem
    until: datetime | None = None


class Place(NamedTuple):
    """The place of a translation in the order of arrival."""

    accepted: datetime
    key: str  #: of the job
    target: str


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
        self._held: defaultdict[str, list[Place]] = defaultdict(list)
        self._released: set[Place] = set()
        self._counted: datetime | None = None
        self._counting = asyncio.Lock()

    def observe(self, summaries: Iterable[JobSummary]) -> None:
        """Take from a listing, which was made anyway, what is at work and what is held."""
        self._in_flight, self._held, self._released = Counter(), defaultdict(list), set()
        for summary in summaries:
            self._in_flight += summary.in_flight
            for line in summary.translations:
                if line.is_limited and line.provider and summary.accepted and not summary.is_newer:
                    self._held[line.provider].append(Place(summary.accepted, summary.key, line.target))
        for places in self._held.values():
            places.sort()
        self._counted = self._clock()

    async def release(self, summaries: Iterable[JobSummary]) -> Set[str]:
        """Observe a listing; the jobs with held translations for which there is room now, the earliest first."""
        self.observe(summaries)
        for provider, places in self._held.items():
            self._released.update(places[: await self._room(provider)])
        return {place.key for place in self._released}

    async def admit(self, provider: str, place: Place) -> Hold | None:
        """Why it must wait: for room, for another day, or for those that came before it. None: it may be claimed."""
        if provider not in self._limits.in_flight and provider not in self._limits.daily_starts:
            return None
        if self._counted is None or self._clock() - self._counted > STALE:
            self.observe([summary async for summary in self._ledger.summaries()])
        held = self._full(provider) or await self._spent(provider) or self._behind(provider, place)
        places = self._held[provider]
        if place in places:
            places.remove(place)
        self._released.discard(place)
        if held:
            insort(places, place)
        else:
            self._in_flight[provider] += 1
        return held

    async def count(self, provider: str, claimed: datetime) -> Hold | None:
        """Count a start that was claimed at that moment; why it must wait where others were first to use up the day."""
        most = self._limits.daily_starts.get(provider)
        if most is None:
            return None
        async with self._counting:  # else the many of one tick would be in each other's way
            is_counted = await self._ledger.starts.count(claimed, provider, most)
        return None if is_counted else self._held_today(provider, most)

    async def give_back(self, provider: str, claimed: datetime) -> None:
        """Nothing came of a start that was claimed at that moment, and counted."""
        self._in_flight[provider] -= 1
        if provider in self._limits.daily_starts:
            async with self._counting:
                await self._ledger.starts.give_back(claimed, provider)

    async def _room(self, provider: str) -> int | None:
        """How many more may be started now; None: as many as come."""
        rooms = []
        if (most := self._limits.in_flight.get(provider)) is not None:
            rooms.append(most - self._in_flight[provider])
        if (most := self._limits.daily_starts.get(provider)) is not None:
            rooms.append(most - await self._ledger.starts.on(self._clock(), provider))
        return max(0, min(rooms)) if rooms else None

    def _full(self, provider: str) -> Hold | None:
        most = self._limits.in_flight.get(provider)
        if most is None or self._in_flight[provider] < most:
            return None
        reason = f"{provider} has {most} translations at work, as many as it may have"
        return Hold(_held("in-flight", reason, f"MAX_IN_FLIGHT_{_as_setting(provider)}"))

    async def _spent(self, provider: str) -> Hold | None:
        most = self._limits.daily_starts.get(provider)
        if most is None or await self._ledger.starts.on(self._clock(), provider) < most:
            return None
        return self._held_today(provider, most)

    def _held_today(self, provider: str, most: int) -> Hold:
        now = self._clock()
        until = datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo)
        reason = f"{provider} was started {most} times today, as often as it may be"
        return Hold(_held("daily", reason, f"DAILY_STARTS_{_as_setting(provider)}"), until)

    def _behind(self, provider: str, place: Place) -> Hold | None:
        """A hold where others came before it and wait, unless the tick has let it go with them."""
        if place in self._released or not any(other < place for other in self._held[provider]):
            return None
        setting = f"{'MAX_IN_FLIGHT' if provider in self._limits.in_flight else 'DAILY_STARTS'}_{_as_setting(provider)}"
        return Hold(_held("in-turn", f"files that came before it wait for {provider} as well", setting))


def _held(which: str, reason: str, setting: str) -> Problem:
    advice = f"Nothing to do: it starts by itself. The app setting {setting} sets the limit."
    return Problem(code=f"held-{which}", reason=reason, advice=advice)


def _as_setting(provider: str) -> str:
    """`AZURE_VIDEO` for azure-video."""
    return provider.upper().replace("-", "_")
