"""App settings, parsed once by an explicit call into a frozen object. `docs/deploy.md` lists them for people."""

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from shared.errors import SettingsRefused

LOOPBACK = ("127.0.0.1", "localhost", "::1")
PROVIDERS = ("azure-video", "vozo")


class Settings(BaseModel):
    """What a deployment says. Field names are the settings' names; `parse` reads them from an environment."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    TranslationStorage__blobServiceUri: str
    TranslationStorage__queueServiceUri: str
    TranslationStorage__credential: Literal["managedidentity"] = "managedidentity"
    TranslationStorage__clientId: str | None = None
    AZURE_CLIENT_ID: str | None = None
    INBOX_CONTAINER: str
    OUTBOX_CONTAINER: str
    EDITS_CONTAINER: str = "edits"
    GLOSSARIES_CONTAINER: str = "glossaries"
    STAGING_CONTAINER: str = "staging"
    JOBS_CONTAINER: str
    SPEECH_ENDPOINT: str | None = None
    SPEECH_API_VERSION: Literal["2026-03-01", "2025-05-20", "2024-05-20-preview"] = "2026-03-01"
    SPEECH_KEY: str | None = None
    VOZO_ENDPOINT: str = "https://api.vozo.ai"
    VOZO_API_KEY: str | None = None
    CALLBACK_BASE_URL: str | None = None
    CALLBACK_SECRET: str | None = None
    SOURCE_ACCESS: Literal["sas", "identity"] = "sas"
    RESULT_ACCESS: Literal["fetch"] = "fetch"
    DELETE_AFTER_DELIVERY: bool = False
    TRUSTED_RESULT_HOSTS: str = ""
    POLL_SCHEDULE: str
    START_EXISTING: bool = False
    DEFAULT_SOURCE: str | None = None
    DEFAULT_TARGETS: str | None = None
    DEFAULT_ROUTE: dict[str, list[str]] | None = None
    MAX_TARGETS: int = Field(default=20, ge=1)
    MAX_IN_FLIGHT_AZURE_VIDEO: int | None = Field(default=None, ge=0)
    MAX_IN_FLIGHT_VOZO: int | None = Field(default=8, ge=0)
    DAILY_STARTS_AZURE_VIDEO: int | None = Field(default=None, ge=0)
    DAILY_STARTS_VOZO: int | None = Field(default=None, ge=0)
    DEADLINE_HOURS: float = Field(default=24, gt=0)
    START_WINDOW_SECONDS: float = Field(default=30, gt=0)

    @field_validator("TranslationStorage__blobServiceUri", "SPEECH_ENDPOINT", "VOZO_ENDPOINT", "CALLBACK_BASE_URL")
    @classmethod
    def _is_address(cls, value: str | None) -> str | None:
        if value is None:
            return value
        parts = urlsplit(value)
        if not parts.hostname or (parts.scheme != "https" and parts.hostname not in LOOPBACK):
            raise ValueError("must be an https:// address")
        return value.rstrip("/")

    @field_validator("SPEECH_KEY", "VOZO_API_KEY", "CALLBACK_SECRET")
    @classmethod
    def _is_no_reference(cls, value: str | None) -> str | None:
        # While the platform may not read the vault it hands the reference itself to the app, and that can be guessed.
        if value and value.startswith("@Microsoft.KeyVault("):
            raise ValueError(
                "the reference to Key Vault was not resolved; restart the app once its identity may read there"
            )
        return value

    @field_validator("DEFAULT_ROUTE", mode="before")
    @classmethod
    def _is_json(cls, value: object) -> object:
        try:
            return json.loads(value) if isinstance(value, str) else value
        except ValueError as error:
            raise ValueError('must be JSON such as {"video": ["azure-video"]}') from error

    @model_validator(mode="after")
    def _identity_needs_a_version(self) -> Self:
        if self.by_identity and self.SPEECH_API_VERSION != "2026-03-01":
            raise ValueError("SOURCE_ACCESS: identity needs SPEECH_API_VERSION 2026-03-01")
        return self

    @property
    def secrets(self) -> tuple[str, ...]:
        """The callback secrets: the first signs, all are accepted."""
        return tuple(filter(None, map(str.strip, (self.CALLBACK_SECRET or "").split(","))))

    @property
    def trusted_hosts(self) -> frozenset[str]:
        """`host[:port]` that results may come from whatever they are."""
        return frozenset(filter(None, map(str.strip, self.TRUSTED_RESULT_HOSTS.split(","))))

    @property
    def by_identity(self) -> bool:
        """Whether Speech reads sources by its own identity."""
        return self.SOURCE_ACCESS == "identity"

    @property
    def default_brief(self) -> dict[str, Any]:
        """The weakest brief."""
        route = {"video": ["azure-video", "vozo"], "audio": ["vozo", "azure-video"]} | (self.DEFAULT_ROUTE or {})
        brief: dict[str, Any] = {"route": route}
        if self.DEFAULT_SOURCE:
            brief["source"] = self.DEFAULT_SOURCE
        if self.DEFAULT_TARGETS:
            brief["targets"] = self.DEFAULT_TARGETS.replace(",", " ").split()
        return brief

    def per_provider(self, prefix: str) -> dict[str, int]:
        """The limits that are set, by provider: `MAX_IN_FLIGHT` or `DAILY_STARTS`."""
        values = {name: getattr(self, f"{prefix}_{name.upper().replace('-', '_')}") for name in PROVIDERS}
        return {name: value for name, value in values.items() if value is not None}


#: Every setting that the code reads.
NAMES = frozenset(Settings.model_fields)


def parse(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of an environment; an empty value counts as not set. SettingsRefused names every mistake."""
    given = {name: environment[name] for name in NAMES if environment.get(name)}
    if "CALLBACK_BASE_URL" not in given and environment.get("WEBSITE_HOSTNAME"):
        given["CALLBACK_BASE_URL"] = f"https://{environment['WEBSITE_HOSTNAME']}"
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        wrong = "; ".join(_words(problem["loc"], problem["msg"]) for problem in error.errors())
        raise SettingsRefused(f"app settings: {wrong}") from error


def _words(place: Sequence[int | str], message: str) -> str:
    return ": ".join([*map(str, place[:1]), message.removeprefix("Value error, ")])
