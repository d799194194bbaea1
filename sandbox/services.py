"""The identity endpoint and the doubles, in one process: `python -m sandbox.services CONFIG.json`.

Prints the single line `ready` when all of them listen. Ends on SIGTERM, on SIGINT, and with its parent.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from aiohttp import ClientSession, web
from pydantic import BaseModel, ConfigDict, Field

from sandbox.doubles.control import Control
from sandbox.doubles.courier import Courier, web_session
from sandbox.doubles.document import Documents
from sandbox.doubles.document_jobs import Batch
from sandbox.doubles.document_storage import Grants, Storage
from sandbox.doubles.media import Studio
from sandbox.doubles.results import Place, Results
from sandbox.doubles.shelf import Shelf
from sandbox.doubles.speech import Speech
from sandbox.doubles.speech_jobs import Translation
from sandbox.doubles.speech_work import Dubbing
from sandbox.doubles.text import Texts
from sandbox.doubles.text_charges import Charge
from sandbox.doubles.text_resource import Resource
from sandbox.doubles.translator import Translator
from sandbox.doubles.vozo import CONCURRENT, Vozo
from sandbox.doubles.vozo_callbacks import Callbacks
from sandbox.doubles.vozo_cdn import Cdn
from sandbox.doubles.vozo_tasks import Task
from sandbox.doubles.vozo_work import Production
from sandbox.identity import Identity

HOST = "127.0.0.1"
SHUTDOWN_SECONDS = 0.3
PARENT_CHECK_SECONDS = 0.5


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class IdentityConfig(_Part):
    """The token endpoint: its port, the header it expects, and the one client id it knows (None: any)."""

    port: int
    header: str
    client_id: str | None = None


class SpeechConfig(_Part):
    """The Speech double: its port, and a subscription key that it takes instead of a token."""

    port: int
    key: str | None = None


class VozoConfig(_Part):
    """The Vozo double: its port, the customer's API key, and how many tasks that may have at once."""

    port: int
    api_key: str
    concurrent: int = CONCURRENT


class TranslatorConfig(_Part):
    """The doubles behind the Translator's address: a port, a subscription key, and what its identity may do.

    `resource` is what Text Translation has: by default a custom domain without a Foundry.
    """

    port: int
    key: str | None = None
    grants: Grants = Grants()
    resource: Resource = Resource()


class FoundryConfig(_Part):
    """The double of a Foundry resource, for texts alone: its port, and the models of its deployments by their names."""

    port: int
    deployments: Mapping[str, str]


class Config(_Part):
    """What the process is told.

    `folder` is where the doubles keep their jobs and files, for this process and the next. `ca` is the bundle that
    signs the sources; `pace` multiplies every delay.
    """

    identity: IdentityConfig
    speech: SpeechConfig
    vozo: VozoConfig
    translator: TranslatorConfig
    foundry: FoundryConfig | None = None
    results: Place
    folder: Path
    ca: str | None = None
    pace: float = Field(default=1.0, ge=0)


@asynccontextmanager
async def services(config: Config) -> AsyncIterator[None]:
    """All of them, listening on the configured ports of 127.0.0.1 inside the `async with`."""
    async with AsyncExitStack() as stack:
        folder = config.folder / "files"
        folder.mkdir(parents=True, exist_ok=True)
        session = await stack.enter_async_context(web_session(config.ca))
        results = await stack.enter_async_context(Results(config.results, config.ca))
        courier, studio = Courier(session, folder), Studio(folder)

        speech = Control("speech", config.pace)
        dubbing = Dubbing(speech, courier, studio, results)
        vozo, cdn = Control("vozo", config.pace), Cdn(f"http://{HOST}:{config.vozo.port}")
        production = Production(vozo, courier, studio, cdn, folder)
        translations, tasks = Shelf(config.folder / "speech", Translation), Shelf(config.folder / "vozo", Task)
        apps = {
            config.identity.port: _identity_app(config),
            config.speech.port: Speech(speech, dubbing, results, translations, config.speech.key).app(),
            config.vozo.port: Vozo(
                vozo, production, Callbacks(vozo, session), cdn, tasks, config.vozo.api_key, config.vozo.concurrent
            ).app(),
            config.translator.port: _translator_app(config, session),
        }
        if config.foundry:
            apps[config.foundry.port] = _foundry_app(config, config.foundry)
        for port, app in apps.items():
            await _listen(stack, app, port)
        yield


def _identity_app(config: Config) -> web.Application:
    control = Control("identity", config.pace)
    app = web.Application(middlewares=[control.watch])
    app.add_routes(Identity(config.identity.header, config.identity.client_id).routes())
    app.add_routes(control.routes())
    return app


def _translator_app(config: Config, session: ClientSession) -> web.Application:
    control = Control("translator", config.pace)
    storage = Storage(session, config.translator.grants)
    batches, charges = Shelf(config.folder / "documents", Batch), Shelf(config.folder / "texts", Charge)
    documents = Documents(control, storage, batches, config.translator.key)
    texts = Texts(control, charges, config.translator.resource, config.translator.key)
    return Translator(control, [documents, texts]).app()


def _foundry_app(config: Config, foundry: FoundryConfig) -> web.Application:
    control = Control("foundry", config.pace)
    resource = Resource(deployments=foundry.deployments)
    return Translator(control, [Texts(control, Shelf(config.folder / "foundry", Charge), resource)]).app()


async def _listen(stack: AsyncExitStack, app: web.Application, port: int) -> None:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, HOST, port).start()


async def _run(config: Config) -> None:
    parent, stopped = os.getppid(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with services(config):
        print("ready", flush=True)
        while os.getppid() == parent and not stopped.is_set():
            await _wait(stopped)


async def _wait(stopped: asyncio.Event) -> None:
    """Until told to stop, or until it is time to look for the parent again."""
    try:
        await asyncio.wait_for(stopped.wait(), PARENT_CHECK_SECONDS)
    except TimeoutError:
        return


def main() -> int:
    """Run with the configuration file that the command line names."""
    config = Config.model_validate_json(Path(sys.argv[1]).read_bytes())
    asyncio.run(_run(config))
    return 0


if __name__ == "__main__":
    sys.exit(main())
