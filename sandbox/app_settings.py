"""The app settings that the sandbox gives to the app."""

import os
import secrets
import uuid
from dataclasses import dataclass

from sandbox.azurite import Azurite
from sandbox.certificate import Certificate
from sandbox.mirror import OUTBOX, UP
from sandbox.ports import HOST, free_ports

CONTAINERS = (*UP, OUTBOX, "staging", "jobs")
CONNECTION = "TranslationStorage"


@dataclass(frozen=True)
class Ports:
    """Where the parts listen that are told their port."""

    host: int
    identity: int
    speech: int
    vozo: int

    @classmethod
    def choose(cls, host: int | None = None) -> "Ports":
        """Free ones; `host` where it is given."""
        first, *others = free_ports(4)
        return cls(host or first, *others)


def app_settings(azurite: Azurite, ports: Ports) -> dict[str, str]:
    """Every app setting of the sandbox. One that this process's environment has wins over the sandbox's own."""
    own = _storage(azurite) | _identity(ports) | _services(azurite, ports) | _containers()
    return {name: os.environ.get(name, value) for name, value in own.items()}


def container_setting(role: str) -> str:
    """The app setting that names the container for `inbox`, `outbox` and so on."""
    return f"{role.upper()}_CONTAINER"


def trust(certificate: Certificate) -> dict[str, str]:
    """What makes Python's clients trust storage; it has to win over what the environment says."""
    return {"SSL_CERT_FILE": str(certificate.bundle), "REQUESTS_CA_BUNDLE": str(certificate.bundle)}


def _storage(azurite: Azurite) -> dict[str, str]:
    return {
        f"{CONNECTION}__blobServiceUri": azurite.uri("blob"),
        f"{CONNECTION}__queueServiceUri": azurite.uri("queue"),
        f"{CONNECTION}__credential": "managedidentity",
    }


def _identity(ports: Ports) -> dict[str, str]:
    client = str(uuid.uuid4())
    return {
        f"{CONNECTION}__clientId": client,
        "AZURE_CLIENT_ID": client,
        "IDENTITY_ENDPOINT": f"http://{HOST}:{ports.identity}/msi/token",
        "IDENTITY_HEADER": secrets.token_urlsafe(),
    }


def _services(azurite: Azurite, ports: Ports) -> dict[str, str]:
    return {
        "SPEECH_ENDPOINT": f"http://{HOST}:{ports.speech}",
        "SPEECH_API_VERSION": "2026-03-01",
        "VOZO_ENDPOINT": f"http://{HOST}:{ports.vozo}",
        "VOZO_API_KEY": secrets.token_urlsafe(),
        "CALLBACK_BASE_URL": f"http://{HOST}:{ports.host}",
        "CALLBACK_SECRET": secrets.token_urlsafe(32),
        "TRUSTED_RESULT_HOSTS": f"{HOST}:{azurite.port('blob')},{HOST}:{ports.vozo}",
    }


def _containers() -> dict[str, str]:
    names = {container_setting(role): role for role in CONTAINERS}
    return names | {"POLL_SCHEDULE": "*/1 * * * * *"}
