"""The deployment, the pages and the code call what is measured by the same names."""

import json
import re

import pytest

from tests.unit.documents import DOCS, rows
from tests.unit.infra import INFRA, ROOT, functions, variable

ALERTS = (INFRA / "modules" / "alerts.bicep").read_text()
QUERIES = (DOCS / "queries.md").read_text()
METRICS = set(re.findall(r'"(babeldrop\.[\w.]+)"', (ROOT / "shared" / "telemetry.py").read_text()))


def test_the_page_lists_exactly_what_the_code_measures() -> None:
    assert METRICS
    assert {row[0].strip("`") for row in rows(QUERIES, "The names in the telemetry")} == METRICS


@pytest.mark.parametrize("text", [ALERTS, QUERIES], ids=["alerts", "queries"])
def test_queries_ask_for_what_is_measured(text: str) -> None:
    asked = set(re.findall(r'"(babeldrop\.[\w.]+)"', text))
    assert asked
    assert asked <= METRICS


@pytest.mark.parametrize("text", [ALERTS, QUERIES], ids=["alerts", "queries"])
def test_queries_name_functions_that_there_are(text: str) -> None:
    asked = set(re.findall(r'name has "(\w+)"', text))
    assert asked
    assert asked <= functions().keys()


def test_nothing_records_the_signed_addresses_that_are_fetched() -> None:
    assert variable("main.bicep", "platformSettings")["OTEL_PYTHON_DISABLED_INSTRUMENTATIONS"] == "httpx"


def test_host_and_worker_both_speak_opentelemetry() -> None:
    assert json.loads((ROOT / "host.json").read_text())["telemetryMode"] == "OpenTelemetry"
    assert variable("main.bicep", "platformSettings")["PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY"] == "true"
    assert re.search(r"^azure-monitor-opentelemetry==", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
