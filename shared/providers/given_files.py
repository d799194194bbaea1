"""Files of a person's that a brief names: blobs of the container `glossaries`, which starts nothing.

They are copied into the scratch before a service is told of them: what it reads is what was checked.
"""

import hashlib

from shared.errors import NameRefused, NotReady
from shared.names import BlobName
from shared.providers.task import Glossary, Task


async def named(task: Task, name: str) -> Glossary:
    """The file of that name; NotReady where there is none."""
    try:
        blob = await task.glossaries.find(BlobName(name))
    except NameRefused as error:
        raise NotReady(f"the brief names a file that cannot be: {error.reason}") from error
    if blob is None:
        raise NotReady(
            f"the brief names {name}, which is not in the container for glossaries",
            "Put it there, and the file starts by itself within ten minutes. If the brief has the wrong name, correct "
            "the brief, cancel the job, and drop the file again.",
        )
    return blob


async def pinned(task: Task, data: bytes, extension: str, *, by_identity: bool = False) -> str:
    """The address of a copy that nobody changes; the name follows the content, so that a mended file has another."""
    name = f"given/{hashlib.sha256(data).hexdigest()[:16]}{extension}"
    await task.scratch.write(name, data)
    return task.scratch.address(name) if by_identity else await task.scratch.read_url(name)
