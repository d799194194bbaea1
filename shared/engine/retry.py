"""When to try again: a value, worked out from an error and the number of tries."""

from shared.errors import AnswerLost, BabeldropError, Denied, ProviderError, ResultUnavailable, Throttled

#: Waits in seconds by kind of error, the first match counts; past the end of its row the last wait is repeated
#: until the job's deadline, except for the kinds in GIVES_UP.
WAITS: tuple[tuple[type[BabeldropError], tuple[float, ...]], ...] = (
    (Throttled, (15, 30, 60, 120, 300)),
    (Denied, (60, 120, 240, 480, 960)),  # together they outlast the half hour that a new role may take
    (AnswerLost, (0, 10, 30, 60, 300)),
    (ResultUnavailable, (5, 30, 60, 300, 900)),
    (BabeldropError, (5, 15, 60, 300)),
)
GIVES_UP = (Denied,)
LONGEST = 3600.0


def wait_before(error: BabeldropError, tries: int) -> float | None:
    """Seconds to wait after the `tries`-th try (from 1) ended in `error`, or None for never again.

    A service's own Retry-After is honoured, up to an hour.
    """
    if not error.retryable:
        return None
    waits = next(waits for kind, waits in WAITS if isinstance(error, kind))
    if isinstance(error, GIVES_UP) and tries > len(waits):
        return None
    if isinstance(error, ProviderError) and error.wait is not None:
        return min(error.wait, LONGEST)
    return waits[min(tries, len(waits)) - 1]
