"""The app settings that the sandbox gives to the app."""

import os
import secrets
import uuid
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Self

from sandbox.azurite import Azurite
from sandbox.certificate import Certificate
from sandbox.kept import keep, kept, kept_ports
from sandbox.mirror import OUTBOX, UP
from sandbox.ports import HOST, free_ports

CONTAINERS = (*UP, OUTBOX, "staging", "jobs")
CONNECTION = "TranslationStorage"
TRUSTED = "TRUSTED_RESULT_HOSTS"
PORTS = "ports.json"


@dataclass(frozen=True)
class Ports:
    """Where the parts listen that are told their port."""

    host: int
    identity: int
    speech: int
    vozo: int
    translator: int
    foundry: int

    @classmethod
    def choose(cls, folder: Path, host: int | None = None) -> Self:
        """Those of the last start, which `folder` holds, or free ones; the host's is `host` where it is given."""
        names = [field.name for field in fields(cls)]
        ports = dict(zip(names, free_ports(len(names)), strict=True)) | kept_ports(folder / PORTS)
        return cls(**ports | ({"host": host} if host else {}))

    def keep(self, folder: Path) -> None:
        """Have the next start use the same, but for the host's, which the person chooses."""
        keep(folder / PORTS, {name: port for name, port in asdict(self).items() if name != "host"})


def app_settings(azurite: Azurite, ports: Ports, folder: Path) -> dict[str, str]:
    """Every app setting of the sandbox; secrets are made once and kept in `folder`.

    One that this process's environment has wins over the sandbox's own. Only hosts that are trusted are added to it,
    for whoever points one service elsewhere still needs the results of the others.
    """
    own: dict[str, str] = (
        _storage(azurite) | _services(azurite, ports) | kept(folder / "secrets.json", _secrets) | _containers()
    )
    own |= {"IDENTITY_ENDPOINT": f"http://{HOST}:{ports.identity}/msi/token"}
    trusted = [own[TRUSTED], *filter(None, [os.environ.get(TRUSTED)])]
    return {name: os.environ.get(name, value) for name, value in own.items()} | {TRUSTED: ",".join(trusted)}


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


def _secrets() -> dict[str, str]:
    client = str(uuid.uuid4())
    return {
        f"{CONNECTION}__clientId": client,
        "AZURE_CLIENT_ID": client,
        "IDENTITY_HEADER": secrets.token_urlsafe(),
        "VOZO_API_KEY": secrets.token_urlsafe(),
        "CALLBACK_SECRET": secrets.token_urlsafe(32),
    }


def _services(azurite: Azurite, ports: Ports) -> dict[str, str]:
    return {
        "SPEECH_ENDPOINT": f"http://{HOST}:{ports.speech}",
        "SPEECH_API_VERSION": "2026-03-01",
        "TRANSLATOR_ENDPOINT": f"http://{HOST}:{ports.translator}",
        "FOUNDRY_ENDPOINT": f"http://{HOST}:{ports.foundry}",
        "VOZO_ENDPOINT": f"http://{HOST}:{ports.vozo}",
        "CALLBACK_BASE_URL": f"http://{HOST}:{ports.host}",
        TRUSTED: f"{HOST}:{azurite.port('blob')},{HOST}:{ports.vozo}",
    }


def _containers() -> dict[str, str]:
    names = {container_setting(role): role for role in CONTAINERS}
    return names | {"POLL_SCHEDULE": "*/1 * * * * *"}
