"""The composition root: settings -> clients -> engine, once in a process."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

import httpx
from azure.core.exceptions import AzureError, ClientAuthenticationError
from azure.identity.aio import ManagedIdentityCredential

from shared import redaction, telemetry
from shared.engine.context import Context
from shared.engine.engine import Engine
from shared.engine.tokens import CallbackTokens
from shared.errors import Denied, Unreachable
from shared.jobs.ledger import Ledger
from shared.jobs.quotas import Limits, Quotas
from shared.outbox.download import Downloader
from shared.outbox.publish import Publisher
from shared.outbox.receipts import Receipts
from shared.providers.azure_video import AzureVideo
from shared.providers.base import Provider
from shared.providers.http import LIMITS, TIMEOUT, BearerAuth, HeaderAuth, Service
from shared.providers.vozo import Vozo
from shared.settings import Settings, parse
from shared.storage import AzureContainer, Container, Signer, blob_service
from shared.triggers.callback import Callback
from shared.triggers.intake import Intake
from shared.triggers.planner import Planner, Terms
from shared.triggers.rescan import Rescan
from shared.triggers.status import Status
from shared.triggers.tick import Tick

COGNITIVE_SERVICES = "https://cognitiveservices.azure.com/.default"
NOISY = ("azure", "httpx", "httpcore")  # their INFO lines hold addresses with signatures


@dataclass(frozen=True)
class App:
    """What the functions call."""

    settings: Settings
    intake: Intake
    sweep: Tick
    looks: Callback
    desk: Status


@cache
def get_app() -> App:
    """The app of this process, made when it is first asked for. SettingsRefused where the settings are wrong."""
    return build(parse())


def build(settings: Settings) -> App:
    """Wire everything. Opens no connection."""
    telemetry.label_logs()
    redaction.know([settings.VOZO_API_KEY, settings.SPEECH_KEY, *settings.secrets])
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    credential = ManagedIdentityCredential(client_id=settings.AZURE_CLIENT_ID)
    inbox, outbox, jobs = _containers(settings, credential)
    context = _context(settings, credential, inbox, outbox, Ledger(jobs))
    engine = Engine(context)
    terms = Terms(settings.default_brief, settings.MAX_TARGETS, settings.DEADLINE_HOURS)
    intake = Intake(context, engine, Planner(context, terms))
    missed = Rescan(context, intake, start_existing=settings.START_EXISTING)
    sweep = Tick(context, engine, intake, missed)
    return App(settings=settings, intake=intake, sweep=sweep, looks=Callback(context), desk=Status(context))


def now() -> datetime:
    """The clock of a deployment."""
    return datetime.now(UTC)


def _containers(
    settings: Settings, credential: ManagedIdentityCredential
) -> tuple[AzureContainer, AzureContainer, AzureContainer]:
    """The inbox, the outbox and the ledger's container."""
    address = settings.TranslationStorage__blobServiceUri
    service = blob_service(address, credential)
    signer = Signer(service)
    return (
        AzureContainer(service, settings.INBOX_CONTAINER, signer),
        AzureContainer(service, settings.OUTBOX_CONTAINER, signer),
        AzureContainer(service, settings.JOBS_CONTAINER, signer),
    )


def _context(
    settings: Settings, credential: ManagedIdentityCredential, inbox: Container, outbox: Container, ledger: Ledger
) -> Context:
    client = httpx.AsyncClient(timeout=TIMEOUT, limits=LIMITS)
    fetcher = Downloader(client, settings.trusted_hosts)
    bounds = Limits(settings.per_provider("MAX_IN_FLIGHT"), settings.per_provider("DAILY_STARTS"))
    return Context(
        ledger=ledger,
        providers=_providers(settings, credential, client),
        inbox=inbox,
        delivery=Publisher(outbox, fetcher.fetch, fetcher.check),
        receipts=Receipts(outbox),
        callbacks=CallbackTokens(
            settings.CALLBACK_BASE_URL or "", settings.secrets if settings.CALLBACK_BASE_URL else ()
        ),
        limits=Quotas(ledger, bounds, now),
        clock=now,
        start_window=timedelta(seconds=settings.START_WINDOW_SECONDS),
        forgets=settings.DELETE_AFTER_DELIVERY,
    )


def _providers(
    settings: Settings, credential: ManagedIdentityCredential, client: httpx.AsyncClient
) -> Mapping[str, Provider]:
    """The registry: one line for each provider."""
    providers = [
        AzureVideo(
            _speech(settings, credential, client), settings.SPEECH_API_VERSION, by_identity=settings.by_identity
        ),
        Vozo(_vozo(settings, client)),
    ]
    return {provider.name: provider for provider in providers}


def _speech(settings: Settings, credential: ManagedIdentityCredential, client: httpx.AsyncClient) -> Service | None:
    if not settings.SPEECH_ENDPOINT:
        return None
    key = settings.SPEECH_KEY
    auth = HeaderAuth("Ocp-Apim-Subscription-Key", key) if key else _entra(credential)
    return Service("Speech", settings.SPEECH_ENDPOINT, auth, client)


def _entra(credential: ManagedIdentityCredential) -> httpx.Auth:
    async def token() -> str:
        try:
            return str((await credential.get_token(COGNITIVE_SERVICES)).token)
        except ClientAuthenticationError as error:
            raise Denied(f"the app's identity gets no token: {error.message}") from error
        except AzureError as error:
            raise Unreachable(f"the app's identity cannot be asked for: {error.message}") from error

    return BearerAuth(token)


def _vozo(settings: Settings, client: httpx.AsyncClient) -> Service | None:
    if not settings.VOZO_API_KEY:
        return None
    auth = HeaderAuth("Authorization", f"Bearer {settings.VOZO_API_KEY}")
    return Service("Vozo", settings.VOZO_ENDPOINT, auth, client)
