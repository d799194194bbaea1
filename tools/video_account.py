"""What a Speech resource holds of video translation, and until when: `python -m tools.video_account --help`.

For an operator: what the app left there, what others made, and the resource's event hub. A translation's id begins with
the id of its job. What is deleted here, with all files of its results, cannot be brought back.
"""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
from azure.identity.aio import DefaultAzureCredential
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from shared.errors import BabeldropError, Refused
from shared.providers.answers import text
from shared.providers.azure_video import ENDED_BADLY
from shared.providers.http import LIMITS, TIMEOUT, Clients
from shared.providers.video_access import AzureVideoSettings, sign_in
from shared.providers.video_client import SERVICE, VideoClient
from shared.providers.video_results import expires

SETTINGS = ("SPEECH_ENDPOINT", "SPEECH_KEY", "SPEECH_API_VERSION")


def parser() -> argparse.ArgumentParser:
    """The command line. SPEECH_ENDPOINT and the other settings come from the environment."""
    parser = argparse.ArgumentParser(prog="python -m tools.video_account", description=__doc__)
    does = parser.add_subparsers(dest="does", required=True)
    does.add_parser("list", help="every translation, its state and until when it is kept")
    show = does.add_parser("show", help="one translation with its iterations, as JSON")
    show.add_argument("id")
    delete = does.add_parser("delete", help="delete translations with their iterations and files")
    delete.add_argument("id", nargs="*")
    delete.add_argument("--ended-badly", action="store_true", help="all that failed or were canceled")
    hub = does.add_parser("event-hub", help="the event hub that the resource tells when work has ended")
    hub.add_argument("how", choices=("show", "set", "remove", "ping"))
    hub.add_argument("--file", help="for set: the EventHubConfiguration, as JSON")
    return parser


async def act(client: VideoClient, given: argparse.Namespace, console: Console) -> None:
    """Do what the command line asks for."""
    match given.does:
        case "list":
            console.print(table([row async for row in client.translations()]))
        case "show":
            shown = await client.translation(given.id)
            iterations = [await client.iteration(given.id, str(row["id"])) async for row in client.iterations(given.id)]
            console.print_json(json.dumps(shown | {"iterations": iterations}))
        case "delete":
            await delete(client, given, console)
        case _:
            await _event_hub(client, given, console)


def table(rows: Sequence[Mapping[str, Any]]) -> Table:
    """Each translation by its id, with its state and the moment at which the service deletes it."""
    shown = Table("id", "name", "state", "kept until")
    for row in rows:
        words = text(row, "failureReason")
        status = text(row, "status") or ""
        state = f"{status}: {words}" if words else status
        shown.add_row(text(row, "id"), text(row, "displayName"), state, expires(row))
    return shown


async def delete(client: VideoClient, given: argparse.Namespace, console: Console) -> None:
    """Delete those that are named, and with `ended_badly` those that came to nothing."""
    ids = list(given.id)
    if given.ended_badly:
        ids += [str(row["id"]) async for row in client.translations() if row.get("status") in ENDED_BADLY]
    for one in ids:
        await client.delete_translation(one)
        console.print(f"deleted {one}", highlight=False, markup=False)


async def _event_hub(client: VideoClient, given: argparse.Namespace, console: Console) -> None:
    match given.how:
        case "set" if not given.file:
            raise Refused("event-hub set needs --file with the EventHubConfiguration")
        case "set":
            configuration = json.loads(await asyncio.to_thread(Path(given.file).read_text))
            console.print_json(json.dumps(await client.set_event_hub(configuration)))
        case "show":
            console.print_json(json.dumps(await client.event_hub()))
        case "remove":
            await client.remove_event_hub()
        case _:
            await client.ping_event_hub()


async def run(given: argparse.Namespace, console: Console) -> None:
    """Build the client from the environment, and act."""
    found = {name: os.environ[name] for name in SETTINGS if os.environ.get(name)}
    settings = AzureVideoSettings.model_validate(found)
    if not settings.SPEECH_ENDPOINT:
        raise Refused("Set SPEECH_ENDPOINT to the address of the Speech resource")
    async with DefaultAzureCredential() as credential, httpx.AsyncClient(timeout=TIMEOUT, limits=LIMITS) as http:

        async def token(scope: str) -> str:
            return str((await credential.get_token(scope)).token)

        clients = Clients(http, token)
        service = clients.service(SERVICE, settings.SPEECH_ENDPOINT, sign_in(settings, clients))
        await act(VideoClient(service, settings.SPEECH_API_VERSION), given, console)


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when all was done, 1 when something was refused; its reason is printed."""
    given = parser().parse_args(arguments)
    console = Console()
    try:
        asyncio.run(run(given, console))
    except ValidationError as error:
        console.print("; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()))
        return 1
    except BabeldropError as error:
        console.print(f"{error.reason}\n{error.advice}", highlight=False, markup=False)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
