"""Azurite over HTTPS and the identity endpoint, with just what the host's tests need of them."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sandbox.identity import Identity
from tests.integration.host_app.processes import eventually, free_port
from tools.npm import NODE

SCRIPT = Path("node_modules/azurite/dist/src/azurite.js").resolve()
ACCOUNT, KEY = "babeldrop", "c2VjcmV0"
CLIENT_ID = "5f2f1c0a-2b3d-4d0e-9a57-0c6f3f0b7a12"


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[dict[str, str]]:
    """Both of them until the end of the block, as the environment of a process that uses them."""
    certificate, key = write_certificate(folder)
    async with identity() as token_settings, azurite(folder, certificate, key) as storage_settings:
        trust = {"SSL_CERT_FILE": str(certificate), "REQUESTS_CA_BUNDLE": str(certificate)}
        yield {**os.environ, **token_settings, **storage_settings, **trust}


@asynccontextmanager
async def identity() -> AsyncIterator[dict[str, str]]:
    """The token endpoint, as app settings."""
    app, port = web.Application(), free_port()
    app.add_routes(Identity("identity-header").routes())
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield {"IDENTITY_ENDPOINT": f"http://127.0.0.1:{port}/msi/token", "IDENTITY_HEADER": "identity-header"}
    await runner.cleanup()


@asynccontextmanager
async def azurite(folder: Path, certificate: Path, key: Path) -> AsyncIterator[dict[str, str]]:
    """The emulator with one account, as the app settings of the connection TranslationStorage."""
    blob, queue, table = (str(free_port()) for _ in range(3))
    ports = ["--blobPort", blob, "--queuePort", queue, "--tablePort", table]
    security: list[str | Path] = ["--oauth", "basic", "--cert", certificate, "--key", key]
    options: list[str | Path] = [
        "--inMemoryPersistence",
        "--disableTelemetry",
        "--skipApiVersionCheck",
        *security,
        *ports,
    ]
    environment = {**os.environ, "AZURITE_ACCOUNTS": f"{ACCOUNT}:{KEY}"}
    log = folder / "azurite.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(NODE, SCRIPT, *options, stdout=output, env=environment)
    await eventually(lambda: "Table service is successfully listening" in log.read_text(), within=20)
    yield {
        "TranslationStorage__blobServiceUri": f"https://127.0.0.1:{blob}/{ACCOUNT}",
        "TranslationStorage__queueServiceUri": f"https://127.0.0.1:{queue}/{ACCOUNT}",
        "TranslationStorage__credential": "managedidentity",
        "TranslationStorage__clientId": CLIENT_ID,
    }
    process.terminate()
    await process.wait()


def write_certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for 127.0.0.1 that signs itself; return its file and its key's."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files
