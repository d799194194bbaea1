"""What is printed about the points that were tried."""

from collections import Counter
from collections.abc import Iterator, Sequence

from tests.faults.verdict import Trial, Verdict

BAD = (Verdict.DOUBLED, Verdict.LOST)


def report(trials: Sequence[Trial]) -> str:
    """The counts in a table, and below it what went wrong, point by point."""
    return "\n".join([*_table(trials), *_faults(trials)])


def tried(trials: Sequence[Trial]) -> int:
    """At how many points the app died."""
    return sum(trial.verdict is not Verdict.NOT_REACHED for trial in trials)


def count(trials: Sequence[Trial], verdict: Verdict) -> int:
    """How many points ended so."""
    return Counter(trial.verdict for trial in trials)[verdict]


def _table(trials: Sequence[Trial]) -> Iterator[str]:
    yield "The app was ended before and after each of its outgoing calls:"
    yield f"  {'points tried':<12} {tried(trials):>5}"
    for verdict in Verdict:
        yield f"  {verdict:<12} {count(trials, verdict):>5}"


def _faults(trials: Sequence[Trial]) -> Iterator[str]:
    for trial in trials:
        if trial.verdict in BAD:
            yield f"{trial.verdict}: {trial.point}: {'; '.join(trial.reasons)}"
