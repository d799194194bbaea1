"""How Vozo calls back: a challenge while the create call waits, then a POST for each change of status.

The facts on Vozo (section 3) leave method, body and retries open; the nearest published model (MiniMax) is followed:
POST with JSON, the status object, no retry. A `task_id` is added unless a rule says otherwise.
"""

import asyncio
import secrets
from typing import Any

import aiohttp

from sandbox.doubles.control import Control
from sandbox.doubles.misbehaviour import Fates
from sandbox.doubles.vozo_rules import CHALLENGE_FAILED, Refused

CHALLENGE_SECONDS = 3
_TIMEOUT = aiohttp.ClientTimeout(total=5)


class Callbacks:
    """Sends them, and has the control remember how each was answered."""

    def __init__(self, control: Control, session: aiohttp.ClientSession) -> None:
        """Send through `session`."""
        self._control, self._session = control, session

    async def challenge(self, url: str) -> None:
        """Have the receiver echo a value within three seconds. Raises Refused (1301)."""
        value = secrets.token_hex(8)
        timeout = aiohttp.ClientTimeout(total=CHALLENGE_SECONDS)
        try:
            async with self._session.post(url, json={"challenge": value}, timeout=timeout) as response:
                answer = await response.json()
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise Refused(CHALLENGE_FAILED, "Callback Challenge failed.") from error
        if response.status != 200 or answer != {"challenge": value}:
            raise Refused(CHALLENGE_FAILED, "Callback Challenge failed.")

    async def tell(self, url: str, task_id: str, status: dict[str, Any], fates: Fates) -> None:
        """Send one status object, as often and as late as the task's fates say."""
        if "lose_callbacks" in fates:
            return
        if late := fates.get("late_callbacks"):
            await asyncio.sleep(late.seconds)
        body = _body(task_id, status, fates)
        for _ in range(2 if "duplicate_callbacks" in fates else 1):
            answered = await self._post(url, body)
            sent = {"task_id": task_id, "status": status["status"], "answered": answered}
            self._control.callbacks.append(sent)

    async def _post(self, url: str, body: dict[str, Any]) -> int | str:
        try:
            async with self._session.post(url, json=body, timeout=_TIMEOUT, allow_redirects=False) as response:
                return response.status
        except (aiohttp.ClientError, TimeoutError) as error:
            return type(error).__name__


def _body(task_id: str, status: dict[str, Any], fates: Fates) -> dict[str, Any]:
    if "anonymous_callbacks" in fates:
        return status
    return {"task_id": secrets.token_hex(12) if "wrong_task_id" in fates else task_id, **status}
