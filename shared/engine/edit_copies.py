"""The checked copies that iterations are made of. They lie in `staging`, where nothing stays longer than some days."""

from shared.engine.context import Context
from shared.engine.scratch import LARGEST
from shared.errors import NotReady, TooLong
from shared.jobs import problems
from shared.jobs.iterations import Edit, version_of
from shared.jobs.open_job import OpenTranslation
from shared.jobs.translation import Problem
from shared.providers.task import Pair


async def restore_copy(context: Context, queued: OpenTranslation) -> Problem | None:
    """Make the copy again where it is gone, of the correction in `edits`; a problem where that is not there any more.

    A correction may have waited long for a limit, or for a person to have its job tried again.
    """
    edit, provider = queued.job.edit_of(queued.target), context.provider(queued)
    if edit is None:
        return None
    scratch = context.scratch(queued.job, queued.target, provider.name)
    if await scratch.has(edit.pinned):
        return None
    dropped = await _dropped(context, edit)
    if dropped is None:
        return problems.edit_gone(edit.name)
    try:
        data = provider.edited(edit.name, dropped, edit.kind, Pair(queued.job.source, queued.target))
    except NotReady as error:  # this version of the app takes it no more
        return problems.edit_gone(edit.name).model_copy(update={"reason": error.reason})
    await scratch.write(edit.pinned, data)
    return None


async def _dropped(context: Context, edit: Edit) -> bytes | None:
    """The correction as it was dropped; None where it is deleted, or another lies in its place."""
    try:
        blob = await context.edits.read(edit.name, LARGEST)
    except TooLong:
        return None
    return blob.data if blob and version_of(blob.data) == edit.version else None
