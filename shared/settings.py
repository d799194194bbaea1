"""App settings, parsed once by an explicit call into a frozen object. `docs/deploy.md` lists them for people.

What only one provider reads, that provider declares; here stands what the app itself reads.
"""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model, field_validator

from shared.errors import SettingsRefused
from shared.providers.base import Provider
from shared.providers.registry import PROVIDERS
from shared.providers.settings import Address, Secret


class Settings(BaseModel):
    """What a deployment says. Field names are the settings' names; `parse` reads them from an environment."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    TranslationStorage__blobServiceUri: Address
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
    CALLBACK_BASE_URL: Address | None = None
    CALLBACK_SECRET: Secret | None = None
    DELETE_AFTER_DELIVERY: bool = False
    TRUSTED_RESULT_HOSTS: str = ""
    POLL_SCHEDULE: str
    START_EXISTING: bool = False
    DEFAULT_SOURCE: str | None = None
    DEFAULT_TARGETS: str | None = None
    DEFAULT_ROUTE: dict[str, list[str]] | None = None
    MAX_TARGETS: int = Field(default=20, ge=1)
    DEADLINE_HOURS: float = Field(default=24, gt=0)
    START_WINDOW_SECONDS: float = Field(default=30, gt=0)

    @field_validator("DEFAULT_ROUTE", mode="before")
    @classmethod
    def _is_json(cls, value: object) -> object:
        try:
            return json.loads(value) if isinstance(value, str) else value
        except ValueError as error:
            raise ValueError('must be JSON such as {"video": ["azure-video"]}') from error

    @property
    def secrets(self) -> tuple[str, ...]:
        """The callback secrets: the first signs, all are accepted."""
        return tuple(filter(None, map(str.strip, (self.CALLBACK_SECRET or "").split(","))))

    @property
    def keys(self) -> list[str]:
        """The keys of services, whichever provider declares them."""
        return [value for name, value in self if name.endswith("_KEY") and value]

    @property
    def trusted_hosts(self) -> frozenset[str]:
        """`host[:port]` that results may come from whatever they are."""
        return frozenset(filter(None, map(str.strip, self.TRUSTED_RESULT_HOSTS.split(","))))

    def default_brief(self, route: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        """The weakest brief; `route` is the default route."""
        brief: dict[str, Any] = {"route": {**route} | (self.DEFAULT_ROUTE or {})}
        if self.DEFAULT_SOURCE:
            brief["source"] = self.DEFAULT_SOURCE
        if self.DEFAULT_TARGETS:
            brief["targets"] = self.DEFAULT_TARGETS.replace(",", " ").split()
        return brief

    def per_provider(self, prefix: str, providers: Iterable[type[Provider]]) -> dict[str, int]:
        """The limits that are set, by provider: `MAX_IN_FLIGHT` or `DAILY_STARTS`."""
        values = {provider.name: getattr(self, _limit(prefix, provider)) for provider in providers}
        return {name: value for name, value in values.items() if value is not None}


def settings_of(providers: Iterable[type[Provider]]) -> type[Settings]:
    """The settings of the app with these providers: its own, those that they declare, and their limits."""
    providers, limits = list(providers), {}
    for provider in providers:
        limits[_limit("MAX_IN_FLIGHT", provider)] = (int | None, Field(default=provider.most_in_flight, ge=0))
        limits[_limit("DAILY_STARTS", provider)] = (int | None, Field(default=None, ge=0))
    declared = dict.fromkeys(provider.settings for provider in providers)
    made: type[Settings] = create_model("AllSettings", __base__=(Settings, *declared), **limits)  # type: ignore[call-overload]  # pydantic's overloads know no fields made at run time
    return made


def parse(environment: Mapping[str, str] = os.environ, providers: Iterable[type[Provider]] = PROVIDERS) -> Settings:
    """The settings of an environment; an empty value counts as not set. SettingsRefused names every mistake."""
    model = settings_of(providers)
    given = {name: environment[name] for name in model.model_fields if environment.get(name)}
    if "CALLBACK_BASE_URL" not in given and environment.get("WEBSITE_HOSTNAME"):
        given["CALLBACK_BASE_URL"] = f"https://{environment['WEBSITE_HOSTNAME']}"
    try:
        return model.model_validate(given)
    except ValidationError as error:
        wrong = "; ".join(_words(problem["loc"], problem["msg"]) for problem in error.errors())
        raise SettingsRefused(f"app settings: {wrong}") from error


def _limit(prefix: str, provider: type[Provider]) -> str:
    """`MAX_IN_FLIGHT_AZURE_VIDEO` for azure-video."""
    return f"{prefix}_{provider.name.upper().replace('-', '_')}"


def _words(place: Sequence[int | str], message: str) -> str:
    return ": ".join([*map(str, place[:1]), message.removeprefix("Value error, ")])


#: Every setting that the code reads, with its default.
FIELDS = settings_of(PROVIDERS).model_fields
NAMES = frozenset(FIELDS)
