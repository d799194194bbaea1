"""Azurite and the identity endpoint, as the environment of a host that uses them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from sandbox.app_settings import trust
from sandbox.azurite import DATA, Azurite
from sandbox.certificate import Certificate
from sandbox.environment import own_environment
from sandbox.identity import Identity
from sandbox.ports import free_ports

HEADER = "identity-header"
CLIENT_ID = "5f2f1c0a-2b3d-4d0e-9a57-0c6f3f0b7a12"


@asynccontextmanager
async def identity() -> AsyncIterator[dict[str, str]]:
    """The token endpoint until the end of the block, as app settings."""
    app, (port,) = web.Application(), free_ports(1)
    app.add_routes(Identity(HEADER).routes())
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield {"IDENTITY_ENDPOINT": f"http://127.0.0.1:{port}/msi/token", "IDENTITY_HEADER": HEADER}
    await runner.cleanup()


def environment(azurite: Azurite, certificate: Certificate, token_settings: dict[str, str]) -> dict[str, str]:
    """The environment of a host with the connection TranslationStorage."""
    connection = {
        "TranslationStorage__blobServiceUri": azurite.uri("blob", DATA),
        "TranslationStorage__queueServiceUri": azurite.uri("queue", DATA),
        "TranslationStorage__credential": "managedidentity",
        "TranslationStorage__clientId": CLIENT_ID,
    }
    return {**own_environment(), **token_settings, **connection, **trust(certificate)}
