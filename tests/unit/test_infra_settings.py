"""What the deployment sets is what the code reads."""

import re
from typing import Any, get_args

from shared.settings import NAMES, Settings
from tests.unit.infra import INFRA, functions, triggers, variable
from tools.bicep_check.template import decorators, load

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


def by_parameter() -> dict[str, Any]:
    """The settings that a parameter gives, as it is or as a string, with that parameter."""
    parameters = load(INFRA / "main.bicep").section("parameters")
    named: dict[str, Any] = {}
    for name, value in variable("main.bicep", "appSettings").items():
        match value:
            case {"function": {"type": "string", "parameters": {"value_to_convert": parameter}}}:
                named[name] = parameter
            case _:
                named[name] = value
    return {name: parameters[value] for name, value in named.items() if str(value) in parameters}


def test_a_deployment_that_says_nothing_gets_the_codes_own_defaults() -> None:
    defaults = {name: field.default for name, field in Settings.model_fields.items() if not field.is_required()}
    given = {name: found["default"] for name, found in by_parameter().items() if defaults.get(name)}
    assert len(given) > 3
    assert given == {name: defaults[name] for name in given}


def test_the_deployment_offers_the_versions_that_the_code_speaks() -> None:
    offered = decorators(by_parameter()["SPEECH_API_VERSION"])["allowed"]
    assert tuple(offered) == get_args(Settings.model_fields["SPEECH_API_VERSION"].annotation)


def test_a_private_network_keeps_signed_addresses_and_vozo_out() -> None:
    settings = variable("main.bicep", "appSettings")
    access = settings["SOURCE_ACCESS"]["operator"]["operands"]
    assert (access["condition"], access["true_value"]) == ("vnetEnabled", "identity")
    assert settings["VOZO_API_KEY"]["operator"]["operands"]["condition"] == "vozoEnabled"
    assert re.search(r"^var vozoEnabled = .* && !vnetEnabled$", (INFRA / "main.bicep").read_text(), re.MULTILINE)


def test_a_blob_trigger_takes_its_events_from_event_grid() -> None:
    sources = {trigger["source"] for trigger in triggers() if trigger["type"] == "blobTrigger"}
    assert functions()
    assert sources == {"EventGrid"}
