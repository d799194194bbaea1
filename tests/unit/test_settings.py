"""App settings: what a deployment says, checked before anything runs."""

import pytest

from shared.errors import SettingsRefused
from shared.providers.registry import PROVIDERS, default_route
from shared.providers.video_access import AzureVideoSettings
from shared.settings import FIELDS, Settings, parse

REQUIRED = {
    "TranslationStorage__blobServiceUri": "https://account.blob.core.windows.net/",
    "TranslationStorage__queueServiceUri": "https://account.queue.core.windows.net/",
    "INBOX_CONTAINER": "inbox",
    "OUTBOX_CONTAINER": "outbox",
    "JOBS_CONTAINER": "jobs",
    "POLL_SCHEDULE": "*/30 * * * * *",
}


def settings(**given: str) -> Settings:
    return parse(REQUIRED | given)


def test_only_a_few_are_required() -> None:
    assert FIELDS.keys() - settings().model_fields_set > {"SPEECH_API_VERSION", "MAX_IN_FLIGHT_VOZO"}


def test_every_mistake_is_named_at_once() -> None:
    with pytest.raises(SettingsRefused) as refused:
        parse({"OUTBOX_CONTAINER": "outbox", "SPEECH_API_VERSION": "2019", "MAX_TARGETS": "many"})
    missing = set(REQUIRED) - {"OUTBOX_CONTAINER"}
    assert [name for name in (*missing, "SPEECH_API_VERSION", "MAX_TARGETS") if name not in refused.value.reason] == []


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("POLL_SCHEDULE", "", "Field required"),
        ("TranslationStorage__blobServiceUri", "account.blob.core.windows.net", "must be an https:// address"),
        ("SPEECH_ENDPOINT", "http://speech.example", "must be an https:// address"),
        ("SPEECH_ENDPOINT", "https://", "must be an https:// address"),
        ("SPEECH_ENDPOINT", "https://[", "Invalid IPv6 URL"),
        ("SPEECH_API_VERSION", "latest", "2026-03-01"),
        ("TranslationStorage__credential", "key", "managedidentity"),
        ("SOURCE_ACCESS", "key", "'sas' or 'identity'"),
        ("DELETE_AFTER_DELIVERY", "perhaps", "valid boolean"),
        ("CALLBACK_SECRET", "@Microsoft.KeyVault(SecretUri=https://kv.example/secrets/s)", "was not resolved"),
        ("VOZO_API_KEY", "@Microsoft.KeyVault(SecretUri=https://kv.example/secrets/v)", "was not resolved"),
        ("DEFAULT_ROUTE", "vozo", "must be JSON such as"),
        ("DEFAULT_ROUTE", '["vozo"]', "valid dictionary"),
        ("MAX_TARGETS", "0", "greater than or equal to 1"),
        ("MAX_IN_FLIGHT_VOZO", "-1", "greater than or equal to 0"),
        ("DAILY_STARTS_AZURE_VIDEO", "1.5", "valid integer"),
        ("DEADLINE_HOURS", "0", "greater than 0"),
    ],
)
def test_a_mistake_names_the_setting_and_what_it_wants(name: str, value: str, wanted: str) -> None:
    with pytest.raises(SettingsRefused) as refused:
        settings(**{name: value})
    assert refused.value.reason.startswith(f"app settings: {name}: ")
    assert wanted in refused.value.reason


def test_a_refused_value_is_not_repeated_for_it_may_be_a_secret() -> None:
    with pytest.raises(SettingsRefused) as refused:
        settings(SPEECH_ENDPOINT="pasted-key-0123456789", SPEECH_KEY="other-key")
    told = f"{refused.value} {refused.value.__cause__}"
    assert "pasted-key" not in told
    assert "other-key" not in told


@pytest.mark.parametrize(("name", "value"), [("SOURCE_ACCESS", "identity"), ("RESULT_ACCESS", "push")])
def test_the_services_identity_needs_the_version_that_knows_it(name: str, value: str) -> None:
    by_identity = settings(**{name: value})
    assert isinstance(by_identity, AzureVideoSettings)
    assert getattr(by_identity, name) == value
    with pytest.raises(SettingsRefused, match=f"{name}.*2026-03-01"):
        settings(**{name: value}, SPEECH_API_VERSION="2025-05-20")


def test_an_empty_setting_counts_as_not_set() -> None:
    empty = settings(SPEECH_ENDPOINT="", VOZO_API_KEY="", MAX_IN_FLIGHT_VOZO="", DEFAULT_ROUTE="", VOZO_ENDPOINT="")
    assert empty.model_dump() == settings().model_dump()


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({}, None),
        ({"WEBSITE_HOSTNAME": "app.azurewebsites.net"}, "https://app.azurewebsites.net"),
        (
            {"WEBSITE_HOSTNAME": "app.azurewebsites.net", "CALLBACK_BASE_URL": "https://me.example/"},
            "https://me.example",
        ),
        ({"CALLBACK_BASE_URL": "http://127.0.0.1:7071"}, "http://127.0.0.1:7071"),
    ],
)
def test_callbacks_come_to_the_apps_own_address_unless_another_is_given(
    given: dict[str, str], address: str | None
) -> None:
    assert address == settings(**given).CALLBACK_BASE_URL


@pytest.mark.parametrize(
    ("given", "secrets"), [("", ()), ("one", ("one",)), ("new, old", ("new", "old")), (" one ,, ", ("one",))]
)
def test_there_may_be_two_callback_secrets_for_rotation(given: str, secrets: tuple[str, ...]) -> None:
    assert settings(CALLBACK_SECRET=given).secrets == secrets


def test_trusted_hosts_are_a_list() -> None:
    assert settings().trusted_hosts == frozenset()
    assert settings(TRUSTED_RESULT_HOSTS="127.0.0.1:10000, localhost").trusted_hosts == {"127.0.0.1:10000", "localhost"}


def test_the_weakest_brief_comes_from_settings() -> None:
    brief = settings(DEFAULT_SOURCE="en-US", DEFAULT_TARGETS="es-ES, fr-FR", DEFAULT_ROUTE='{"video": ["vozo"]}')
    assert brief.default_brief(default_route(PROVIDERS)) == {
        "source": "en-US",
        "targets": ["es-ES", "fr-FR"],
        "route": {
            "video": ["vozo"],
            "audio": ["vozo", "azure-video"],
            "document": ["azure-document"],
            "subtitles": ["azure-text"],
        },
    }
    assert settings().default_brief({}).keys() == {"route"}


def test_limits_are_told_by_provider() -> None:
    limited = settings(MAX_IN_FLIGHT_AZURE_VIDEO="3", DAILY_STARTS_VOZO="0")
    assert limited.per_provider("MAX_IN_FLIGHT", PROVIDERS) == {"azure-video": 3, "vozo": 8}
    assert limited.per_provider("DAILY_STARTS", PROVIDERS) == {"vozo": 0}
