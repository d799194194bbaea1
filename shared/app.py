"""The composition root: settings -> clients -> engine, once in a process."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

import httpx
from azure.core.exceptions import AzureError, ClientAuthenticationError
from azure.identity.aio import ManagedIdentityCredential

from shared import telemetry
from shared.callbacks import Callbacks
from shared.delivery import Delivery
from shared.desk import Desk
from shared.engine import Engine
from shared.errors import Denied, Unreachable
from shared.http import LIMITS, TIMEOUT, BearerAuth, HeaderAuth, Service
from shared.intake import Intake
from shared.ledger import Ledger
from shared.limits import Bounds, Limits
from shared.looks import Looks
from shared.missed import Missed
from shared.parts import Parts
from shared.planner import Planner, Terms
from shared.providers.azure_video import AzureVideo
from shared.providers.base import Provider
from shared.providers.vozo import Vozo
from shared.receipts import Receipts
from shared.results import ResultFetcher
from shared.settings import Settings, parse
from shared.storage import AzureContainer, Container, Signer, blob_service
from shared.sweep import Sweep

COGNITIVE_SERVICES = "https://cognitiveservices.azure.com/.default"
NOISY = ("azure", "httpx", "httpcore")  # their INFO lines hold addresses with signatures


@dataclass(frozen=True)
class App:
    """What the functions call."""

    settings: Settings
    intake: Intake
    sweep: Sweep
    looks: Looks
    desk: Desk


@cache
def get_app() -> App:
    """The app of this process, made when it is first asked for. SettingsRefused where the settings are wrong."""
    return build(parse())


def build(settings: Settings) -> App:
    """Wire everything. Opens no connection."""
    telemetry.label_logs()
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    credential = ManagedIdentityCredential(client_id=settings.AZURE_CLIENT_ID)
    inbox, outbox, jobs = _containers(settings, credential)
    parts = _parts(settings, credential, inbox, outbox, Ledger(jobs))
    engine = Engine(parts)
    terms = Terms(settings.default_brief, settings.MAX_TARGETS, settings.DEADLINE_HOURS)
    intake = Intake(parts, engine, Planner(parts, terms))
    missed = Missed(parts, intake, start_existing=settings.START_EXISTING)
    sweep = Sweep(parts, engine, intake, missed)
    return App(settings=settings, intake=intake, sweep=sweep, looks=Looks(parts), desk=Desk(parts))


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


def _parts(
    settings: Settings, credential: ManagedIdentityCredential, inbox: Container, outbox: Container, ledger: Ledger
) -> Parts:
    client = httpx.AsyncClient(timeout=TIMEOUT, limits=LIMITS)
    fetcher = ResultFetcher(client, settings.trusted_hosts)
    bounds = Bounds(settings.per_provider("MAX_IN_FLIGHT"), settings.per_provider("DAILY_STARTS"))
    return Parts(
        ledger=ledger,
        providers=_providers(settings, credential, client),
        inbox=inbox,
        delivery=Delivery(outbox, fetcher.fetch, fetcher.check),
        receipts=Receipts(outbox),
        callbacks=Callbacks(settings.CALLBACK_BASE_URL or "", settings.secrets if settings.CALLBACK_BASE_URL else ()),
        limits=Limits(ledger, bounds, now),
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
