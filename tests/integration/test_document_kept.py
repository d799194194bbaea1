"""Batches of documents outlast the process of the double."""

from pathlib import Path

from sandbox.azurite import Azurite
from tests.integration.document_client import Documents, file, fresh
from tests.integration.doubles import running


async def test_batches_are_there_paid_once_and_those_at_work_are_finished(azurite: Azurite, tmp_path: Path) -> None:
    ca = azurite.certificate.path
    async with azurite.blob_service() as storage:
        async with running(ca=ca, folder=tmp_path) as doubles:
            service = await fresh(doubles, azurite, storage)
            source = await service.put("a.txt")
            done = await service.start(file(source, service.place("done.txt")))
            shown = await service.ended(done)
            await service.misbehave("unknown_status", seconds=600)
            at_work = await service.start(file(source, service.place("later.txt")))
        kept = tmp_path / "documents" / f"{at_work}.json"
        kept.write_text(kept.read_text().replace('"seconds":600.0', '"seconds":0'))
        async with running(ca=ca, folder=tmp_path) as doubles:
            service = Documents(doubles, azurite, service.source, service.target)
            assert await service.ended(done) == shown
            assert (await service.ended(at_work))["status"] == "Succeeded"
            assert await service.paid() == {f"{source} es": 2}
            assert await service.results() == {"done.txt", "later.txt"}
        async with running(ca=ca, folder=tmp_path) as doubles:
            service = Documents(doubles, azurite, service.source, service.target)
            assert [row["status"] for row in await service.documents(at_work)] == ["Succeeded"]
            assert await service.paid() == {f"{source} es": 2}


async def test_a_batch_that_was_being_cancelled_is_cancelled(azurite: Azurite, tmp_path: Path) -> None:
    ca = azurite.certificate.path
    async with azurite.blob_service() as storage:
        async with running(ca=ca, folder=tmp_path) as doubles:
            service = await fresh(doubles, azurite, storage)
            await service.misbehave("unknown_status", seconds=600)
            batch = await service.start(file(await service.put("a.txt"), service.place("a.txt")))
            await service.call("DELETE", f"/batches/{batch}")
        kept = tmp_path / "documents" / f"{batch}.json"
        kept.write_text(kept.read_text().replace('"seconds":600.0', '"seconds":0'))
        async with running(ca=ca, folder=tmp_path) as doubles:
            service = Documents(doubles, azurite, service.source, service.target)
            assert (await service.ended(batch))["status"] == "Cancelled"
            assert await service.results() == set()
