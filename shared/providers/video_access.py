"""The app settings of Azure Video Translation, and how the service and storage reach each other.

https://learn.microsoft.com/azure/ai-services/speech-service/video-translation-overview
"""

from typing import Literal, NamedTuple, Self

from pydantic import model_validator

from shared.providers.http import COGNITIVE_SERVICES, BearerAuth, Clients, HeaderAuth
from shared.providers.settings import Address, ProviderSettings, Secret
from shared.providers.video_options import LATEST, Id


class AzureVideoSettings(ProviderSettings):
    """The app settings of Azure Video Translation."""

    SPEECH_ENDPOINT: Address | None = None
    SPEECH_API_VERSION: Literal["2026-03-01", "2025-05-20", "2024-05-20-preview"] = "2026-03-01"
    SPEECH_KEY: Secret | None = None
    SOURCE_ACCESS: Literal["sas", "identity"] = "sas"
    RESULT_ACCESS: Literal["fetch", "push"] = "fetch"
    SPEECH_IDENTITY_CLIENT_ID: Id | None = None

    @model_validator(mode="after")
    def _identity_needs_a_version(self) -> Self:
        for name, value in (("SOURCE_ACCESS", "identity"), ("RESULT_ACCESS", "push")):
            if getattr(self, name) == value and self.SPEECH_API_VERSION != LATEST:
                raise ValueError(f"{name}: {value} needs SPEECH_API_VERSION {LATEST}")
        return self

    @property
    def access(self) -> "Access":
        """How the service and storage reach each other."""
        return Access(self.SOURCE_ACCESS == "identity", self.RESULT_ACCESS == "push", self.SPEECH_IDENTITY_CLIENT_ID)


class Access(NamedTuple):
    """How the service reaches storage: whether it reads by its own identity, and whether it pushes its results there.

    `client_id` is that of the Speech resource's user-assigned identity; None for the system-assigned one. Reading by
    identity and pushing need the latest api-version.
    """

    by_identity: bool = False
    pushes: bool = False
    client_id: str | None = None


SIGNED = Access()


def sign_in(settings: AzureVideoSettings, clients: Clients) -> BearerAuth | HeaderAuth:
    """Signs in by the key where one is set, else by a token of the app's identity."""
    key = settings.SPEECH_KEY
    return HeaderAuth("Ocp-Apim-Subscription-Key", key) if key else clients.entra(COGNITIVE_SERVICES)
