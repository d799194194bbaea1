"""Translate a whole container by Document Translation's Folder mode: `python -m tools.translate_folder --help`.

For an operator, and for containers that are not the app's: the app never sees these files. Folder mode is described at
https://learn.microsoft.com/azure/ai-services/translator/document-translation/how-to-guides/use-rest-api-programmatically
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import httpx
from azure.identity.aio import DefaultAzureCredential
from pydantic import ValidationError
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from shared.errors import BabeldropError, Refused
from shared.providers.answers import part, text, told
from shared.providers.azure_document import AzureDocumentSettings
from shared.providers.document_client import SERVICE, DocumentClient
from shared.providers.document_formats import VERSIONS
from shared.providers.document_outcomes import ENDED, SUCCEEDED
from shared.providers.http import LIMITS, TIMEOUT, Clients
from shared.providers.translator import sign_in

SETTINGS = ("TRANSLATOR_ENDPOINT", "TRANSLATOR_KEY", "TRANSLATOR_REGION", "DOCUMENT_API_VERSION")


class Into(NamedTuple):
    """A language, and the container that its translations go into."""

    language: str
    container: str


def into(given: str) -> Into:
    """`es=https://account.blob.core.windows.net/spanish`."""
    language, _, container = given.partition("=")
    if not language or not container.startswith("https://"):
        raise argparse.ArgumentTypeError("must be a language and a container, such as es=https://...")
    return Into(language, container)


def parser() -> argparse.ArgumentParser:
    """The command line. TRANSLATOR_ENDPOINT and the other settings come from the environment."""
    parser = argparse.ArgumentParser(prog="python -m tools.translate_folder", description=__doc__)
    parser.add_argument("source", help="address of the source container, bare or signed for read and list")
    parser.add_argument("--into", type=into, action="append", required=True, metavar="LANGUAGE=CONTAINER")
    parser.add_argument("--from", dest="source_language", help="language of the documents; left out, it is detected")
    parser.add_argument("--prefix", help="only paths that begin so; case matters")
    parser.add_argument("--suffix", help="only paths that end so, such as .docx")
    parser.add_argument("--category", help="category id of a custom model")
    parser.add_argument(
        "--glossary", action="append", default=[], help="address of a glossary; format by its extension"
    )
    parser.add_argument("--seconds", type=float, default=2.0, help="between two looks at the batch")
    return parser


def request(given: argparse.Namespace) -> dict[str, Any]:
    """The StartTranslationDetails."""
    filters = {"prefix": given.prefix, "suffix": given.suffix}
    source = {
        "sourceUrl": given.source,
        "language": given.source_language,
        "filter": {name: value for name, value in filters.items() if value},
    }
    glossaries = [{"glossaryUrl": url, "format": _format(url)} for url in given.glossary]
    targets = [
        _filled(targetUrl=each.container, language=each.language, category=given.category, glossaries=glossaries)
        for each in given.into
    ]
    return {"inputs": [{"source": _filled(**source), "targets": targets, "storageType": "Folder"}]}


async def translate(client: DocumentClient, given: argparse.Namespace, console: Console) -> int:
    """Start the batch, follow it, print its documents; 1 where one was not translated."""
    accepted = await client.start(request(given))
    console.print(f"The batch is {accepted.id}", highlight=False)
    batch = await _followed(client, accepted.id, given.seconds, console)
    rows = [row async for row in client.documents(accepted.id)]
    console.print(table(rows))
    failed = [row for row in rows if row.get("status") != SUCCEEDED]
    summary = part(batch, "summary")
    console.print(
        f"{batch.get('status')}: {len(rows) - len(failed)} of {len(rows)} documents, "
        f"{text(summary, 'totalCharacterCharged') or 0} characters charged",
        highlight=False,
    )
    if words := told(part(batch, "error")):
        console.print(words, highlight=False)
    return 1 if failed or not rows or batch.get("status") != SUCCEEDED else 0


async def _followed(client: DocumentClient, batch_id: str, seconds: float, console: Console) -> Mapping[str, Any]:
    """The batch once it has ended."""
    with Progress(console=console) as progress:
        bar = progress.add_task("starting", total=None)
        while True:
            batch = await client.batch(batch_id)
            summary = part(batch, "summary")
            done = sum(int(summary.get(name) or 0) for name in ("success", "failed", "cancelled"))
            progress.update(
                bar, description=str(batch.get("status")), total=summary.get("total") or None, completed=done
            )
            if batch.get("status") in ENDED:
                return batch
            await asyncio.sleep(seconds)


def table(rows: Sequence[Mapping[str, Any]]) -> Table:
    """Each document with its language, state and characters; what went wrong, below its name."""
    shown = Table("document", "to", "state", "characters")
    for row in rows:
        words = told(part(row, "error"))
        name = str(row.get("sourcePath", "")).partition("?")[0]
        shown.add_row(
            f"{name}\n  {words}" if words else name,
            str(row.get("to", "")),
            str(row.get("status", "")),
            str(row.get("characterCharged", "")),
        )
    return shown


def _filled(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, [])}


def _format(url: str) -> str:
    extension = url.partition("?")[0].rpartition(".")[2].lower()
    return {"tab": "TSV", "xlf": "XLIFF", "xliff": "XLIFF"}.get(extension, extension.upper())


async def run(given: argparse.Namespace, console: Console) -> int:
    """Build the client from the environment, and translate."""
    found = {name: os.environ[name] for name in SETTINGS if os.environ.get(name)}
    settings = AzureDocumentSettings.model_validate(found)
    if not settings.TRANSLATOR_ENDPOINT or not settings.has_own_host:
        raise Refused(f"Set TRANSLATOR_ENDPOINT to the resource's own address, a custom domain. Versions: {VERSIONS}")
    async with DefaultAzureCredential() as credential, httpx.AsyncClient(timeout=TIMEOUT, limits=LIMITS) as http:

        async def token(scope: str) -> str:
            return str((await credential.get_token(scope)).token)

        clients = Clients(http, token)
        service = clients.service(SERVICE, settings.TRANSLATOR_ENDPOINT, sign_in(settings, clients))
        return await translate(DocumentClient(service, settings.DOCUMENT_API_VERSION), given, console)


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when every document was translated, 1 when one was not or the batch was refused."""
    given = parser().parse_args(arguments)
    console = Console()
    try:
        return asyncio.run(run(given, console))
    except ValidationError as error:
        console.print("; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()))
    except BabeldropError as error:
        console.print(f"{error.reason}\n{error.advice}", highlight=False, markup=False)
    return 1


if __name__ == "__main__":
    sys.exit(main())
