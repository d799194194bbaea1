"""The SDK's errors, turned into ours."""

from collections.abc import Iterator
from contextlib import contextmanager

from azure.core.exceptions import AzureError, ResourceExistsError, ResourceModifiedError

from shared.errors import RecordChanged, StorageTrouble


@contextmanager
def storage_errors(doing: str) -> Iterator[None]:
    """Turn the SDK's errors into ours, most specific first."""
    try:
        yield
    except (ResourceExistsError, ResourceModifiedError) as error:
        raise RecordChanged(f"somebody else was first while {doing}") from error
    except AzureError as error:
        raise StorageTrouble(f"storage failed while {doing}: {words(error)}") from error


def words(error: AzureError) -> str:
    code = getattr(error, "error_code", None)
    return str(getattr(code, "value", code) or error.message).splitlines()[0]
