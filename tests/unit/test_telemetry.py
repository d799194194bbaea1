"""One trace for each job, log lines that say what they are about, and what a tick and a call measure."""

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta

import httpx
import pytest
from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import Counter, Histogram, MeterProvider
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    ExponentialHistogramDataPoint,
    HistogramDataPoint,
    InMemoryMetricReader,
    MetricsData,
)
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared import telemetry
from shared.errors import ProviderError, Unreachable
from shared.jobs.ledger import OPEN
from shared.jobs.translation import State
from shared.providers.vozo import Vozo
from tests.memory_container import Operation
from tests.unit.model.world import NAME, TARGET, World
from tests.unit.providers.wire import Wire, a_scratch, answer
from tests.unit.records import a_job, a_translation

type Values = dict[tuple[str, str, str], float]
HISTOGRAMS = (HistogramDataPoint, ExponentialHistogramDataPoint)
DELTA = {Counter: AggregationTemporality.DELTA, Histogram: AggregationTemporality.DELTA}


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """What ends up in the trace, as the platform's exporter would see it."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(telemetry, "tracer", provider.get_tracer("test"))
    return exporter


@pytest.fixture(scope="session")
def reader() -> InMemoryMetricReader:
    """OpenTelemetry takes one meter provider for a process."""
    reader = InMemoryMetricReader(DELTA)  # type: ignore[arg-type]  # it wants types of no instrument in particular
    metrics.set_meter_provider(MeterProvider([reader]))
    return reader


@pytest.fixture
def measured(reader: InMemoryMetricReader) -> Callable[[], Values]:
    """What was measured since the test began, by name, provider, and state or operation."""
    reader.get_metrics_data()
    return lambda: _values(reader.get_metrics_data())


@pytest.fixture(autouse=True)
def factory() -> Iterator[None]:
    before = logging.getLogRecordFactory()
    yield
    logging.setLogRecordFactory(before)


def _values(data: MetricsData | None) -> Values:
    scopes = [scope for resource in data.resource_metrics for scope in resource.scope_metrics] if data else []
    found: Values = {}
    for metric in (metric for scope in scopes for metric in scope.metrics):
        for point in metric.data.data_points:
            given = {str(key): str(value) for key, value in (point.attributes or {}).items()}
            key = (metric.name, given.get("provider", ""), given.get("state") or given.get("operation", ""))
            found[key] = point.count if isinstance(point, HISTOGRAMS) else point.value
    return found


def _seconds(data: MetricsData | None) -> float:
    """The sum of all durations from drop to end."""
    scopes = [scope for resource in data.resource_metrics for scope in resource.scope_metrics] if data else []
    metrics = [
        metric for scope in scopes for metric in scope.metrics if metric.name == "babeldrop.translation.duration"
    ]
    points = [point for metric in metrics for point in metric.data.data_points]
    return sum(point.sum for point in points if isinstance(point, HISTOGRAMS))


def trace_ids(spans: InMemorySpanExporter, name: str) -> set[int]:
    return {span.context.trace_id for span in spans.get_finished_spans() if span.name == name and span.context}


def linked(span: ReadableSpan) -> list[int]:
    return [link.context.span_id for link in span.links]


async def translate(world: World) -> None:
    """A drop, a tick while it runs, the callback, the tick that delivers."""
    key = world.drop()
    work_id = f"{key}.{TARGET}.a1"
    world.service.busy.add(work_id)
    process = world.process()
    await process.accept(NAME)
    world.service.busy.clear()
    token = (world.callbacks.url("blind", work_id) or "").rpartition("/")[2]
    assert await process.look("blind", token, {})
    with telemetry.tracer.start_as_current_span("poll_operations"):
        await process.tick()
    assert world.done[key].state == "succeeded"


class TestTheTrace:
    async def test_accepting_looking_and_ticking_are_one_trace(self, spans: InMemorySpanExporter) -> None:
        await translate(World("blind"))
        accept, advance, look = (trace_ids(spans, name) for name in ("accept", "advance", "look"))
        assert len(accept) == 1
        assert accept == advance == look

    async def test_it_is_not_the_tick_s_but_has_a_link_to_it(self, spans: InMemorySpanExporter) -> None:
        await translate(World("blind"))
        (tick,) = [span for span in spans.get_finished_spans() if span.name == "poll_operations"]
        advances = [span for span in spans.get_finished_spans() if span.name == "advance"]
        assert tick.context
        assert trace_ids(spans, "poll_operations") != trace_ids(spans, "advance")
        assert linked(advances[-1]) == [tick.context.span_id]

    async def test_it_outlives_the_process(self, spans: InMemorySpanExporter) -> None:
        world = World("blind")
        key = world.drop()
        world.service.busy.add(f"{key}.{TARGET}.a1")
        await world.process().accept(NAME)
        world.service.busy.clear()
        await world.process().tick()
        assert len(trace_ids(spans, "accept") | trace_ids(spans, "advance")) == 1

    async def test_a_job_that_runs_on_leaves_no_span(self, spans: InMemorySpanExporter) -> None:
        world = World("blind")
        world.service.busy.add(f"{world.drop()}.{TARGET}.a1")
        process = world.process()
        await process.accept(NAME)
        spans.clear()
        await process.tick()
        assert spans.get_finished_spans() == ()

    async def test_a_request_has_a_span_below_a_job_s_and_nowhere_else(self, spans: InMemorySpanExporter) -> None:
        vozo = Wire(answer(200, {}), answer(200, {})).service("Vozo")
        with telemetry.labelled(provider="vozo", operation="check"):
            await vozo.call("GET", "/x")
            assert spans.get_finished_spans() == ()
            with telemetry.moving("advance", a_job()), telemetry.labelled(operation="check"):
                await vozo.call("GET", "/x")
        assert [span.name for span in spans.get_finished_spans()] == ["vozo check", "advance"]

    async def test_superseding_belongs_to_the_trace_of_the_superseded(self, spans: InMemorySpanExporter) -> None:
        world = World("blind")
        world.service.busy.add(f"{world.drop()}.{TARGET}.a1")
        process = world.process()
        await process.accept(NAME)
        first = trace_ids(spans, "accept")
        world.drop(b"second")
        await process.accept(NAME)
        assert trace_ids(spans, "stop") == first
        assert len(trace_ids(spans, "accept")) == 2

    async def test_spans_say_what_they_are_about(self, spans: InMemorySpanExporter) -> None:
        world = World("blind")
        key = world.drop()
        await world.process().accept(NAME)
        (advance,) = [span for span in spans.get_finished_spans() if span.name == "advance"]
        assert dict(advance.attributes or {}) == {"operation": "advance", "job": key, "blob": NAME}

    async def test_a_failed_move_shows_the_kind_of_error_and_none_of_its_words(
        self, spans: InMemorySpanExporter
    ) -> None:
        with pytest.raises(ValueError, match="sig="), telemetry.moving("advance", a_job()):
            raise ValueError("https://storage/x?sig=secret")
        (span,) = spans.get_finished_spans()
        assert not span.status.is_ok
        assert "ValueError" in span.to_json()
        assert "secret" not in span.to_json()

    async def test_without_opentelemetry_the_record_is_as_small_as_ever(self) -> None:
        world = World("blind")
        key = world.drop()
        world.service.busy.add(f"{key}.{TARGET}.a1")
        await world.process().accept(NAME)
        assert world.records(OPEN)[key].trace == ""
        assert b"trace" not in world.jobs.blobs[OPEN + key].data


class TestLogLines:
    def test_lines_of_any_library_carry_the_labels(self, caplog: pytest.LogCaptureFixture) -> None:
        telemetry.label_logs()
        job = a_job()
        with telemetry.moving("advance", job), telemetry.labelled(provider="vozo"):
            telemetry.label(operation="start")
            logging.getLogger("azure.storage").warning("slow")
        (record,) = caplog.records
        labels = [vars(record).get(name) for name in ("job", "provider", "operation", "blob")]
        assert labels == [job.key, "vozo", "start", job.name]

    def test_lines_outside_of_a_job_carry_none(self, caplog: pytest.LogCaptureFixture) -> None:
        telemetry.label_logs()
        with telemetry.labelled(job="x"):
            telemetry.label(provider="vozo")
        logging.getLogger("shared").warning("words")
        assert not {"job", "provider"} & vars(caplog.records[0]).keys()

    def test_labelling_twice_changes_nothing(self) -> None:
        telemetry.label_logs()
        factory = logging.getLogRecordFactory()
        telemetry.label_logs()
        assert logging.getLogRecordFactory() is factory

    async def test_what_goes_wrong_in_a_tick_is_labelled(self, caplog: pytest.LogCaptureFixture) -> None:
        telemetry.label_logs()
        world = World("blind")
        key = world.drop()
        world.service.busy.add(f"{key}.{TARGET}.a1")
        process = world.process()
        await process.accept(NAME)

        async def unreachable(operation: Operation) -> None:
            if operation.kind == "check":
                raise Unreachable("nobody answers")

        world.account.before = unreachable
        await process.tick()
        (record,) = [record for record in caplog.records if "nobody answers" in record.getMessage()]
        labels = [vars(record).get(name) for name in ("job", "provider", "operation", "blob")]
        assert labels == [key, "blind", "check", NAME]


class TestMeasurements:
    async def test_a_tick_shows_translations_by_state_and_what_is_gone_as_none(
        self, measured: Callable[[], Values]
    ) -> None:
        world = World("blind")
        key = world.drop()
        world.service.busy.add(f"{key}.{TARGET}.a1")
        process = world.process()
        await process.accept(NAME)
        await process.tick()
        assert measured()["babeldrop.jobs", "blind", "running"] == 1
        world.service.busy.clear()
        await process.tick()
        await process.tick()
        assert measured()["babeldrop.jobs", "blind", "running"] == 0

    async def test_an_end_is_measured_once_from_the_acceptance(
        self, reader: InMemoryMetricReader, measured: Callable[[], Values]
    ) -> None:
        world = World("blind")
        key = world.drop()
        world.service.busy.add(f"{key}.{TARGET}.a1")
        process = world.process()
        await process.accept(NAME)
        world.now += timedelta(minutes=5)
        world.service.busy.clear()
        await process.tick()
        assert world.done[key].state == "succeeded"
        assert _seconds(reader.get_metrics_data()) == pytest.approx(300)
        await process.tick()
        assert ("babeldrop.translation.duration", "blind", "succeeded") not in measured()

    async def test_a_tick_shows_the_age_of_what_is_due(self, measured: Callable[[], Values]) -> None:
        world = World("blind")
        world.service.busy.add(f"{world.drop()}.{TARGET}.a1")
        process = world.process()
        await process.accept(NAME)
        await process.tick()
        assert measured()["babeldrop.due_age", "", ""] == 0
        world.now += timedelta(hours=5)
        await process.tick()
        assert measured()["babeldrop.due_age", "", ""] == pytest.approx(3600)

    async def test_a_request_is_timed_by_provider_and_operation(self, measured: Callable[[], Values]) -> None:
        with telemetry.labelled(provider="vozo", operation="check"):
            await Wire(answer(200, {})).service("Vozo").call("GET", "/x")
        assert measured()["babeldrop.provider.latency", "vozo", "check"] == 1

    async def test_a_request_without_an_answer_is_timed_as_well(self, measured: Callable[[], Values]) -> None:
        with telemetry.labelled(provider="vozo", operation="start"), pytest.raises(Unreachable):
            await Wire(httpx.ReadTimeout("slow")).service("Vozo").call("GET", "/x")
        assert measured()["babeldrop.provider.latency", "vozo", "start"] == 1

    @pytest.mark.parametrize(
        ("given", "count"),
        [(answer(429), 1), (answer(400, {"code": 1304, "message": "busy"}), 1), (answer(400), None)],
        ids=["429", "Vozo's code", "a refusal"],
    )
    async def test_being_asked_to_come_later_is_counted_once(
        self, measured: Callable[[], Values], given: httpx.Response, count: int | None
    ) -> None:
        vozo = Vozo(Wire(given).service("Vozo"))
        work = a_job(a_translation(State.RUNNING, operation={"task_id": "t"})).work("es-ES")
        with telemetry.labelled(provider="vozo"), pytest.raises(ProviderError):
            await vozo.check(work, a_scratch())
        assert measured().get(("babeldrop.provider.throttled", "vozo", "")) == count

    def test_what_a_provider_charges_for_is_counted(self, measured: Callable[[], Values]) -> None:
        telemetry.charge("azure-text", {"characters": 120, "pages": 3})
        telemetry.charge("vozo", {"minutes": 1.5})
        values = measured()
        assert values["babeldrop.characters", "azure-text", ""] == 120
        assert values["babeldrop.minutes", "vozo", ""] == 1.5


def test_no_trace_is_no_traceparent() -> None:
    assert not trace.get_current_span().get_span_context().is_valid
    assert telemetry.traceparent() == ""
