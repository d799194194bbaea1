"""Azurite, as the stack starts, watches and ends it."""

import asyncio
import socket
import ssl
import sys
from pathlib import Path

import pytest
from azure.storage.queue.aio import QueueServiceClient

from sandbox.access_log import count
from sandbox.azurite import DATA, Azurite
from sandbox.certificate import make_certificate
from tests.integration.waiting import eventually

ORPHAN = """
import asyncio, os, pathlib, sys
from sandbox.azurite import Azurite
from sandbox.certificate import make_certificate

async def main(folder):
    async with Azurite(folder / "data", make_certificate(folder), folder / "logs") as azurite:
        print(azurite.port("blob"), azurite.port("queue"), flush=True)
        os._exit(9)

asyncio.run(main(pathlib.Path(sys.argv[1])))
"""


async def test_what_was_written_is_there_after_a_restart(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path)
    async with Azurite(tmp_path / "data", certificate, tmp_path) as azurite, azurite.blob_service() as service:
        await (await service.create_container("kept")).upload_blob("kept.mp4", b"movie")
    async with Azurite(tmp_path / "data", certificate, tmp_path) as azurite, azurite.blob_service() as service:
        assert await service.get_blob_client("kept", "kept.mp4").exists()


async def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    command = [sys.executable, "-c", ORPHAN, str(tmp_path)]
    parent = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    output, _ = await parent.communicate()
    ports = [int(port) for port in output.split()]
    assert (parent.returncode, len(ports)) == (9, 2)

    async def ended() -> bool:
        return not any(_listens(port) for port in ports)

    await eventually(ended)


async def test_requests_are_told_apart_by_service_and_kind(azurite: Azurite) -> None:
    await azurite.settle()
    with azurite.log.recording() as accesses:
        async with azurite.blob_service() as blobs:
            container = await blobs.create_container("told")
            await container.upload_blob("messages", b"movie")
            await container.delete_blob("messages")
        async with _queues(azurite) as queues:
            await (await queues.create_queue("told")).send_message("hello")
        await azurite.settle()

        async def all_told() -> bool:
            return len([access for access in accesses if access.service == "queue"]) >= 2

        await eventually(all_told)
    told = [access for access in accesses if access.container == "told"]
    assert count(access for access in told if access.service == "blob") == {"write": 2, "delete": 1}
    assert count(access for access in told if access.service == "queue") == {"write": 2}


def test_the_certificate_passes_python_s_strict_check(azurite: Azurite, tmp_path: Path) -> None:
    other = make_certificate(tmp_path)
    trusting = ssl.create_default_context(cafile=azurite.certificate.bundle)
    assert _handshake(azurite.port("blob"), trusting) is not None
    with pytest.raises(ssl.SSLCertVerificationError):
        _handshake(azurite.port("blob"), ssl.create_default_context(cafile=other.bundle))


def _handshake(port: int, context: ssl.SSLContext) -> str | None:
    plain = socket.create_connection(("127.0.0.1", port))
    with plain, context.wrap_socket(plain, server_hostname="localhost") as wrapped:
        return wrapped.version()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _queues(azurite: Azurite) -> QueueServiceClient:
    credential = {"account_name": DATA, "account_key": azurite.key(DATA)}
    return QueueServiceClient(azurite.uri("queue"), credential, connection_verify=str(azurite.certificate.path))
