"""What the deployment sets is what the code reads."""

import re
from typing import Any, get_args

import pytest

from shared.settings import FIELDS, NAMES, parse
from tests.unit.infra import INFRA, SHAPES, functions, settings, triggers, variable
from tools.bicep_check.template import decorators, load

# Set ahead of the code that reads them. Whoever writes that code removes the names here.
LATER = frozenset[str]()
CONNECTION_PARTS = ("blobServiceUri", "queueServiceUri", "credential", "clientId")
EACH = pytest.mark.parametrize("shape", SHAPES)


def by_template() -> dict[str, Any]:
    """Every setting of the code that the template has, with its expression; some are left out where they are empty."""
    found: dict[str, Any] = variable("main.bicep", "appSettings") | variable("main.bicep", "optionalSettings")
    return found


def named_in_triggers() -> set[str]:
    """Settings that the triggers name between per cent signs."""
    return set(re.findall(r"%(\w+)%", str(triggers())))


def named_by_connections() -> set[str]:
    """Settings that the triggers' connections stand for."""
    connections = {trigger["connection"] for trigger in triggers() if "connection" in trigger}
    return {f"{connection}__{part}" for connection in connections for part in CONNECTION_PARTS}


def as_the_app_gets_them(shape: str) -> dict[str, str]:
    """A deployment's settings, with addresses and ids in place of what only Azure knows, and secrets for references."""
    resolved = {
        name: "https://made-up.example" if name.endswith("Uri") else "made-up" if value.startswith("[") else value
        for name, value in settings(shape).items()
    }
    return {name: "made-up" if value.startswith("@Microsoft") else value for name, value in resolved.items()}


def test_the_deployment_sets_exactly_what_the_code_reads() -> None:
    assert set(by_template()) - LATER == NAMES | named_in_triggers() | named_by_connections()


def test_the_exceptions_end_when_the_code_reads_them() -> None:
    assert not LATER & NAMES


@EACH
def test_what_the_code_cannot_do_without_is_set_in_each_shape(shape: str) -> None:
    required = {name for name, field in FIELDS.items() if field.is_required()}
    given = {name for name, value in settings(shape).items() if value}
    assert required | named_in_triggers() | named_by_connections() <= given
    assert not set(settings(shape)) - set(by_template()) - set(variable("main.bicep", "platformSettings"))


@EACH
def test_the_code_takes_the_settings_of_each_shape(shape: str) -> None:
    assert parse(as_the_app_gets_them(shape)).CALLBACK_SECRET == "made-up"  # noqa: S105  no secret


@EACH
def test_a_secret_is_set_as_a_reference_to_the_vault(shape: str) -> None:
    secrets = {name: value for name, value in settings(shape).items() if name in ("CALLBACK_SECRET", "VOZO_API_KEY")}
    assert secrets
    assert [value for value in secrets.values() if not value.startswith("@Microsoft.KeyVault(VaultName=kv-")] == []


def test_the_platforms_settings_are_not_the_codes() -> None:
    assert not set(variable("main.bicep", "platformSettings")) & NAMES


def by_parameter() -> dict[str, Any]:
    """The settings that a parameter gives, as it is or as a string, with that parameter."""
    parameters = load(INFRA / "main.bicep").section("parameters")
    named: dict[str, Any] = {}
    for name, value in by_template().items():
        match value:
            case {"function": {"type": "string", "parameters": {"value_to_convert": parameter}}}:
                named[name] = parameter
            case _:
                named[name] = value
    return {name: parameters[value] for name, value in named.items() if str(value) in parameters}


def test_a_deployment_that_says_nothing_gets_the_codes_own_defaults() -> None:
    defaults = {name: field.default for name, field in FIELDS.items() if not field.is_required()}
    given = {name: found["default"] for name, found in by_parameter().items() if defaults.get(name)}
    assert len(given) > 3
    assert given == {name: defaults[name] for name in given}


def test_the_deployment_offers_the_versions_that_the_code_speaks() -> None:
    offered = decorators(by_parameter()["SPEECH_API_VERSION"])["allowed"]
    assert tuple(offered) == get_args(FIELDS["SPEECH_API_VERSION"].annotation)


def test_in_a_private_network_no_signed_address_leaves_the_app() -> None:
    private = settings("private-network")
    assert (private["SOURCE_ACCESS"], private["DOCUMENT_ACCESS"]) == ("identity", "identity")
    assert "VOZO_API_KEY" not in private


def test_a_blob_trigger_takes_its_events_from_event_grid() -> None:
    sources = {trigger["source"] for trigger in triggers() if trigger["type"] == "blobTrigger"}
    assert functions()
    assert sources == {"EventGrid"}
