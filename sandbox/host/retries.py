"""Retry policies of functions.

https://learn.microsoft.com/azure/azure-functions/functions-bindings-error-pages
"""

from dataclasses import dataclass

from sandbox.host.protocol import Message


@dataclass(frozen=True)
class RetryPolicy:
    """How often a failed run is repeated, and after how many seconds. A negative `count` has no end."""

    count: int
    shortest: float
    longest: float

    def allows(self, retry: int) -> bool:
        """Whether the retry with this number, from 1, may be made."""
        return self.count < 0 or retry <= self.count

    def delay(self, retry: int) -> float:
        """Seconds before the retry with this number, from 1."""
        doublings = min(retry - 1, 32)
        return min(self.longest, self.shortest * 2.0**doublings)


def retry_policy(options: Message | None) -> RetryPolicy | None:
    """Read the worker's retry options."""
    if options is None:
        return None
    if options.retry_strategy == "fixed_delay":
        seconds = options.delay_interval.total_seconds()
        return RetryPolicy(options.max_retry_count, seconds, seconds)
    shortest, longest = options.minimum_interval, options.maximum_interval
    return RetryPolicy(options.max_retry_count, shortest.total_seconds(), longest.total_seconds())
