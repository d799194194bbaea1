"""Where the deployment is that is asked: the local stack, or what azd or the environment says."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from azure.core.credentials import TokenCredential
from azure.identity import AzureCliCredential, ManagedIdentityCredential
from azure.storage.blob import BlobServiceClient

NEEDED = ("TranslationStorage__blobServiceUri", "INBOX_CONTAINER", "OUTBOX_CONTAINER", "CALLBACK_BASE_URL")


class NoPlace(Exception):
    """Nothing says where the deployment is."""


@dataclass(frozen=True)
class Place:
    """A deployment: its data account, and the address of the app."""

    storage: BlobServiceClient
    inbox: str
    outbox: str
    app: str

    @classmethod
    def local(cls, card: Path) -> Self:
        """The local stack, by its stack.json."""
        stack = json.loads(card.read_text())
        # What azure-identity takes for an App Service's token endpoint.
        os.environ |= {"IDENTITY_ENDPOINT": stack["identity"], "IDENTITY_HEADER": stack["identity_header"]}
        credential = ManagedIdentityCredential()
        storage = BlobServiceClient(stack["storage"], credential=credential, connection_verify=stack["ca"])
        return cls(storage, "inbox", "outbox", stack["host"])

    @classmethod
    def deployed(cls, environment: Mapping[str, str], credential: TokenCredential | None = None) -> Self:
        """A deployment in Azure, by the outputs of its first phase, as whoever is signed in to az."""
        uri, inbox, outbox, app = (environment[name] for name in NEEDED)
        return cls(BlobServiceClient(uri, credential=credential or AzureCliCredential()), inbox, outbox, app)


def outputs() -> Mapping[str, str]:
    """The deployment's outputs: from this environment, else from azd's; raises NoPlace where neither has them."""
    if all(os.environ.get(name) for name in NEEDED):
        return os.environ
    azd = shutil.which("azd")
    told = (
        subprocess.run([azd, "env", "get-values", "--output", "json"], capture_output=True, check=False)
        if azd
        else None
    )
    values: dict[str, str] = json.loads(told.stdout) if told and told.returncode == 0 else {}
    # Azure answers the names of outputs in whatever case it likes.
    found = {name: value for name in NEEDED for key, value in values.items() if key.upper() == name.upper()}
    if missing := [name for name in NEEDED if name not in found]:
        raise NoPlace(f"Not known: {', '.join(missing)}. Deploy with azd, or export the outputs: docs/deploy.md")
    return found
