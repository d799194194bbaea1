"""App settings as providers declare them: what kinds of values there are."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class ProviderSettings(BaseModel):
    """The app settings of a provider, under their own names."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


def _address(value: str) -> str:
    parts = urlsplit(value)
    if not parts.hostname or (parts.scheme != "https" and parts.hostname not in LOOPBACK):
        raise ValueError("must be an https:// address")
    return value.rstrip("/")


def _secret(value: str) -> str:
    # While the platform may not read the vault it hands the reference itself to the app, and that can be guessed.
    if value.startswith("@Microsoft.KeyVault("):
        raise ValueError(
            "the reference to Key Vault was not resolved; restart the app once its identity may read there"
        )
    return value


#: An https address, or one of this machine; without a slash at its end.
Address = Annotated[str, AfterValidator(_address)]
#: A key or another secret, which the platform reads from Key Vault.
Secret = Annotated[str, AfterValidator(_secret)]
