"""What the deployment sets is what the code reads."""

import re

from shared.settings import NAMES
from tests.unit.infra import functions, triggers, variable

# Translator is provisioned ahead of the code that uses it. Whoever writes that code removes the names here.
TRANSLATOR = {
    "TRANSLATOR_ENDPOINT",
    "TRANSLATOR_KEY",
    "TRANSLATOR_REGION",
    "TRANSLATOR_RESOURCE_ID",
    "DOCUMENT_API_VERSION",
    "TEXT_API_VERSION",
    "MAX_IN_FLIGHT_AZURE_DOCUMENT",
    "MAX_IN_FLIGHT_AZURE_TEXT",
    "DAILY_STARTS_AZURE_DOCUMENT",
    "DAILY_STARTS_AZURE_TEXT",
}
CONNECTION_PARTS = ("blobServiceUri", "queueServiceUri", "credential", "clientId")


def named_in_triggers() -> set[str]:
    """Settings that the triggers name between per cent signs."""
    return set(re.findall(r"%(\w+)%", str(triggers())))


def named_by_connections() -> set[str]:
    """Settings that the triggers' connections stand for."""
    connections = {trigger["connection"] for trigger in triggers() if "connection" in trigger}
    return {f"{connection}__{part}" for connection in connections for part in CONNECTION_PARTS}


def test_the_deployment_sets_exactly_what_the_code_reads() -> None:
    deployed = set(variable("main.bicep", "appSettings"))
    assert deployed - TRANSLATOR == NAMES | named_in_triggers() | named_by_connections()


def test_the_exceptions_end_when_the_code_reads_them() -> None:
    assert not TRANSLATOR & NAMES


def test_the_platforms_settings_are_not_the_codes() -> None:
    assert not set(variable("main.bicep", "platformSettings")) & NAMES


def test_triggers_name_settings_that_are_never_empty() -> None:
    settings = variable("main.bicep", "appSettings")
    assert all(settings[name] for name in named_in_triggers() | named_by_connections())


def test_a_blob_trigger_takes_its_events_from_event_grid() -> None:
    sources = {trigger["source"] for trigger in triggers() if trigger["type"] == "blobTrigger"}
    assert functions()
    assert sources == {"EventGrid"}
