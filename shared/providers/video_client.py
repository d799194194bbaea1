"""Every operation of Azure Video Translation, in its three versions.

https://learn.microsoft.com/rest/api/aiservices/videotranslation/translation-operations
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from shared.errors import NotFound, Unreachable
from shared.providers.answers import Answer
from shared.providers.http import Service

SERVICE = "Azure Video Translation"
PAGE = 100  # rows in one answer of a list
MOST_PAGES = 1000


class VideoClient:
    """Talks to one resource in one api-version. Errors are the ProviderErrors of `shared.errors`.

    Ids are the caller's own: 3 to 64 of `[a-zA-Z0-9._-]`, a letter or digit at both ends. A PUT is never repeated here:
    AnswerLost says that it may have been done, Taken that something is there already under that id.
    """

    def __init__(self, service: Service, version: str) -> None:
        """`version` is the api-version of all requests."""
        self._service, self.version = service, version

    async def create_translation(self, translation: str, operation: str, body: Mapping[str, Any]) -> Answer:
        """Begin a translation (Translation) by an operation of that id."""
        return await self._put(_of(translation), operation, body)

    async def translation(self, translation: str) -> dict[str, Any]:
        """The Translation; NotFound where there is none."""
        return await self._get(_of(translation))

    def translations(self) -> AsyncIterator[dict[str, Any]]:
        """Every Translation of the resource, without its results."""
        return self._rows("/translations")

    async def delete_translation(self, translation: str) -> None:
        """Remove a translation with its iterations and files; nothing where there is none."""
        with suppress(NotFound):
            await self._call("DELETE", _of(translation))

    async def create_iteration(
        self, translation: str, iteration: str, operation: str, body: Mapping[str, Any]
    ) -> Answer:
        """Begin an iteration (Iteration) of a translation that has succeeded."""
        return await self._put(_of(translation, iteration), operation, body)

    async def iteration(self, translation: str, iteration: str) -> dict[str, Any]:
        """The Iteration; NotFound where there is none."""
        return await self._get(_of(translation, iteration))

    def iterations(self, translation: str) -> AsyncIterator[dict[str, Any]]:
        """Every Iteration of a translation, without its results."""
        return self._rows(f"{_of(translation)}/iterations")

    async def operation(self, operation: str) -> dict[str, Any]:
        """The Operation: its `id` and `status`, and nothing else. It is readable until its translation is deleted."""
        return await self._get(f"/operations/{operation}")

    async def event_hub(self) -> dict[str, Any]:
        """The EventHubConfiguration of the resource (2025-05-20 and later); NotFound where there is none."""
        return await self._get("/configurations/event-hub")

    async def set_event_hub(self, configuration: Mapping[str, Any]) -> dict[str, Any]:
        """Have the resource tell an event hub when work has ended; the EventHubConfiguration as it is then."""
        return self._service.json(await self._call("PUT", "/configurations/event-hub", json=configuration))

    async def remove_event_hub(self) -> None:
        """Tell no event hub any more."""
        with suppress(NotFound):
            await self._call("DELETE", "/configurations/event-hub")

    async def ping_event_hub(self) -> None:
        """Send the configured event hub an event of the kind Ping."""
        await self._call("POST", "/configurations/event-hub:ping")

    async def _put(self, path: str, operation: str, body: Mapping[str, Any]) -> Answer:
        headers = {"Operation-Id": operation}
        return await self._call("PUT", path, json=body, headers=headers, repeatable=False)

    async def _rows(self, path: str) -> AsyncIterator[dict[str, Any]]:
        """The rows of a list, by `skip`: the published links to the next page lead to another path than the list's."""
        skip = 0
        for _ in range(MOST_PAGES):
            page = await self._get(path, {"skip": str(skip), "maxpagesize": str(PAGE)})
            found = page.get("value")
            rows = [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
            for row in rows:
                yield row
            if not rows or not (page.get("nextLink") or page.get("@nextLink")):
                return
            skip += len(rows)
        raise Unreachable(f"the list {path} of {SERVICE} does not end")

    async def _get(self, path: str, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The resource; NotFound also where the service answers 204, as it may for what does not exist."""
        answer = await self._call("GET", path, params=query or {})
        if answer.status_code == HTTPStatus.NO_CONTENT:
            raise NotFound(f"{SERVICE} holds nothing at {path}")
        return self._service.json(answer)

    async def _call(self, method: str, path: str, **request: Any) -> Answer:
        params = {"api-version": self.version, **request.pop("params", {})}
        return await self._service.call(method, f"/videotranslation{path}", params=params, **request)


def _of(translation: str, iteration: str | None = None) -> str:
    path = f"/translations/{translation}"
    return f"{path}/iterations/{iteration}" if iteration else path
