"""What an operator sees: one trace for each job, log lines with labels, measurements. `docs/queries.md` names them.

Nothing is set up here. In Azure the Functions worker sets OpenTelemetry up before it loads the app; where nobody has,
spans and measurements do nothing.
"""

import logging
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, Protocol

from opentelemetry import metrics, trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

NAME = "babeldrop"
TRACEPARENT = "traceparent"

tracer = trace.get_tracer(NAME)


class Traced(Protocol):
    """A job, as far as its trace is concerned. `trace` is the W3C traceparent of the span that it was accepted in."""

    @property
    def key(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def trace(self) -> str: ...


_meter = metrics.get_meter(NAME)
_jobs = _meter.create_gauge("babeldrop.jobs", "{translation}", "translations of open jobs")
_due_age = _meter.create_gauge("babeldrop.due_age", "s", "how long the oldest due job has waited")
_took = _meter.create_histogram(
    "babeldrop.translation.duration",
    "s",
    "from the acceptance of a file to the end of a translation",
    explicit_bucket_boundaries_advisory=(10, 60, 300, 900, 1800, 3600, 7200, 21600, 86400),
)
_throttled = _meter.create_counter("babeldrop.provider.throttled", "{answer}", "answers that ask us to come later")
_latency = _meter.create_histogram(
    "babeldrop.provider.latency",
    "s",
    "from a request to its answer",
    explicit_bucket_boundaries_advisory=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
_units = {
    "characters": _meter.create_counter("babeldrop.characters", "{character}", "characters charged"),
    "minutes": _meter.create_counter("babeldrop.minutes", "min", "minutes of media translated"),
}

_labels: ContextVar[Mapping[str, str]] = ContextVar("labels", default=MappingProxyType({}))
_counted: set[tuple[str, str]] = set()


@contextmanager
def labelled(**labels: str) -> Iterator[None]:
    """Log lines written within carry these labels, whichever library writes them."""
    before = _labels.set({**_labels.get(), **labels})
    try:
        yield
    finally:
        _labels.reset(before)


def label(**labels: str) -> None:
    """Change labels until the enclosing `labelled`, or what stands on it, ends."""
    _labels.set({**_labels.get(), **labels})


@contextmanager
def accepting(name: str) -> Iterator[None]:
    """A file of the inbox is accepted: a span of the invocation. A job that begins within stays in its trace."""
    with labelled(operation="accept", blob=name), _span("accept"):
        yield


@contextmanager
def moving(operation: str, job: Traced) -> Iterator[None]:
    """A job is moved: a span of the job's own trace, with a link to the invocation that moves it."""
    here = trace.get_current_span().get_span_context()
    parent = TraceContextTextMapPropagator().extract({TRACEPARENT: job.trace}) if job.trace else None
    links = [Link(here)] if here.is_valid else []
    with labelled(operation=operation, job=job.key, blob=job.name), _span(operation, parent, links=links):
        yield


@contextmanager
def timed() -> Iterator[None]:
    """One request to the provider that the labels name, measured whether it is answered or not.

    It has a span only below a span of ours: there may be ten thousand polls in a tick.
    """
    labels, begun = _some_labels("provider", "operation"), time.perf_counter()
    in_job = trace.get_current_span().is_recording()
    try:
        with _span(f"{labels['provider']} {labels['operation']}", kind=SpanKind.CLIENT) if in_job else nullcontext():
            yield
    finally:
        _latency.record(time.perf_counter() - begun, labels)


def throttled() -> None:
    """The provider that the labels name asks us to come later."""
    _throttled.add(1, _some_labels("provider"))


def traceparent() -> str:
    """The present span as W3C writes it; empty where there is none."""
    carrier: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carrier)
    return carrier.get(TRACEPARENT, "")


def show_jobs(counts: Counter[tuple[str, str]], due_age: float) -> None:
    """The tick's picture: translations by (state, provider), and the age in seconds of the oldest due job."""
    _counted.update(counts)
    # A gauge keeps what it was told last, so what is gone must be told to be none.
    for state, provider in _counted:
        _jobs.set(counts[state, provider], {"state": state, "provider": provider})
    _due_age.set(due_age)


def ended(seconds: float, state: str, provider: str, reason: str) -> None:
    """A translation has ended, so long after its file was accepted; `reason` is a problem's code, or empty."""
    _took.record(seconds, {"state": state, "provider": provider, "reason": reason})


def charge(provider: str, units: Mapping[str, float]) -> None:
    """Count what a provider charges for; units without a measurement are in the receipts alone."""
    for name in units.keys() & _units.keys():
        _units[name].add(units[name], {"provider": provider})


def label_logs() -> None:
    """Have every log record carry the labels of its moment as attributes, which Azure Monitor shows as dimensions.

    The record factory does it, because it alone sees the records of all loggers, libraries included, whatever handlers
    the worker has attached or will attach; a filter sees those of its own logger or handler only.
    """
    make = logging.getLogRecordFactory()
    if not isinstance(make, _Labelling):
        logging.setLogRecordFactory(_Labelling(make))


def _some_labels(*names: str) -> dict[str, str]:
    return {name: _labels.get().get(name, "") for name in names}


class _Labelling:
    """A factory of log records that adds the labels."""

    def __init__(self, make: Any) -> None:
        self._make = make

    def __call__(self, *args: Any, **kwargs: Any) -> logging.LogRecord:
        record: logging.LogRecord = self._make(*args, **kwargs)
        vars(record).update(_labels.get())
        return record


@contextmanager
def _span(name: str, parent: Context | None = None, **given: Any) -> Iterator[None]:
    given |= {"attributes": _labels.get(), "record_exception": False, "set_status_on_exception": False}
    with tracer.start_as_current_span(name, parent, **given) as span:
        try:
            yield
        except Exception as error:
            # Its kind alone: the words of an error that nobody has handled yet may hold a signed address.
            span.set_status(StatusCode.ERROR, type(error).__name__)
            raise
