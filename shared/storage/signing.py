"""Signed addresses: what lets a service read or write one blob for a while."""

from datetime import UTC, datetime, timedelta

from azure.storage.blob import BlobSasPermissions, UserDelegationKey, generate_blob_sas
from azure.storage.blob.aio import BlobServiceClient

from shared.storage.container import CLOCK_SKEW, LONG_AGO
from shared.storage.errors import storage_errors

LONGEST_SIGNATURE = timedelta(days=7)
KEY_LIFETIME = timedelta(days=7) - CLOCK_SKEW


class Signer:
    """Makes user-delegation SAS URLs: one blob, for reading or for writing. The delegation key is kept while it lasts.

    https://learn.microsoft.com/rest/api/storageservices/create-user-delegation-sas
    """

    def __init__(self, service: BlobServiceClient) -> None:
        self._service = service
        self._key: UserDelegationKey | None = None
        self._key_ends = LONG_AGO

    async def sign(self, container: str, name: str, until: datetime, *, writes: bool = False) -> str:
        """The blob's URL with a signature that holds from a quarter of an hour ago."""
        now = datetime.now(UTC)
        expiry = min(until, now + KEY_LIFETIME)
        blob = self._service.get_blob_client(container, name)
        token = generate_blob_sas(
            account_name=str(blob.account_name),
            container_name=container,
            blob_name=name,
            user_delegation_key=await self._delegation_key(now, expiry),
            permission=BlobSasPermissions(create=True, write=True) if writes else BlobSasPermissions(read=True),
            start=now - CLOCK_SKEW,
            expiry=expiry,
        )
        return f"{blob.url}?{token}"

    async def _delegation_key(self, now: datetime, needed_until: datetime) -> UserDelegationKey:
        if self._key is None or self._key_ends < needed_until:
            ends = now + LONGEST_SIGNATURE - timedelta(minutes=1)
            with storage_errors("asking for a delegation key"):
                self._key = await self._service.get_user_delegation_key(now - CLOCK_SKEW, ends)
            self._key_ends = ends
        return self._key
