"""The composition root: settings -> clients -> engine, once in a process."""

import logging
from collections.abc import Iterable
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
from shared.providers.base import Provider
from shared.providers.http import LIMITS, TIMEOUT, Clients
from shared.providers.registry import PROVIDERS, default_route
from shared.settings import Settings, parse
from shared.storage.azure import AzureContainer, blob_service
from shared.storage.signing import Signer
from shared.triggers.arrivals import Arrivals
from shared.triggers.callback import Callback
from shared.triggers.edits import Edits
from shared.triggers.erase import Eraser
from shared.triggers.intake import Intake
from shared.triggers.planner import Planner, Terms
from shared.triggers.rescan import Rescan
from shared.triggers.status import Status
from shared.triggers.steer import Steer
from shared.triggers.tick import Tick

NOISY = ("azure", "httpx", "httpcore")  # their INFO lines hold addresses with signatures


@dataclass(frozen=True)
class App:
    """What the functions call."""

    settings: Settings
    intake: Intake
    arrivals: Arrivals
    edits: Edits
    corrections: Arrivals
    tick: Tick
    callback: Callback
    status: Status
    steer: Steer
    eraser: Eraser


@cache
def get_app() -> App:
    """The app of this process, made when it is first asked for. SettingsRefused where the settings are wrong."""
    return build(parse())


def build(settings: Settings, providers: Iterable[type[Provider]] = PROVIDERS) -> App:
    """Wire everything. Opens no connection."""
    telemetry.label_logs()
    redaction.know([*settings.keys, *settings.secrets])
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    kinds = tuple(providers)
    context = _context(settings, kinds)
    engine = Engine(context)
    terms = Terms(settings.default_brief(default_route(kinds)), settings.MAX_TARGETS, settings.DEADLINE_HOURS)
    intake = Intake(context, engine, Planner(context, terms))
    rescan = Rescan(context, intake, start_existing=settings.START_EXISTING)
    edits = Edits(context, engine)
    tick = Tick(context, engine, intake, rescan, edits)
    steer = Steer(context, engine, intake)
    return App(
        settings=settings,
        intake=intake,
        arrivals=Arrivals(intake.accept),
        edits=edits,
        corrections=Arrivals(edits.accept),
        tick=tick,
        callback=Callback(context, engine),
        status=Status(context, lambda: tick.last),
        steer=steer,
        eraser=Eraser(context, steer),
    )


def now() -> datetime:
    """The clock of a deployment."""
    return datetime.now(UTC)


def _context(settings: Settings, kinds: tuple[type[Provider], ...]) -> Context:
    credential = ManagedIdentityCredential(client_id=settings.AZURE_CLIENT_ID)
    service = blob_service(settings.TranslationStorage__blobServiceUri, credential)
    signer = Signer(service)
    outbox = AzureContainer(service, settings.OUTBOX_CONTAINER, signer)
    staging = AzureContainer(service, settings.STAGING_CONTAINER, signer)
    ledger = Ledger(AzureContainer(service, settings.JOBS_CONTAINER, signer))
    client = httpx.AsyncClient(timeout=TIMEOUT, limits=LIMITS)
    clients = Clients(client, lambda scope: _token(credential, scope))
    downloader = Downloader(client, settings.trusted_hosts)
    edits = AzureContainer(service, settings.EDITS_CONTAINER, signer)
    limits = Limits(settings.per_provider("MAX_IN_FLIGHT", kinds), settings.per_provider("DAILY_STARTS", kinds))
    return Context(
        ledger=ledger,
        providers={kind.name: kind.build(settings, clients) for kind in kinds},
        inbox=AzureContainer(service, settings.INBOX_CONTAINER, signer),
        staging=staging,
        glossaries=AzureContainer(service, settings.GLOSSARIES_CONTAINER, signer),
        edits=edits,
        publisher=Publisher(outbox, staging, downloader.fetch, downloader.beginning, now),
        receipts=Receipts(outbox, edits),
        tokens=CallbackTokens(settings.CALLBACK_BASE_URL or "", settings.secrets if settings.CALLBACK_BASE_URL else ()),
        quotas=Quotas(ledger, limits, now),
        clock=now,
        start_window=timedelta(seconds=settings.START_WINDOW_SECONDS),
        forgets=settings.DELETE_AFTER_DELIVERY,
    )


async def _token(credential: ManagedIdentityCredential, scope: str) -> str:
    try:
        return str((await credential.get_token(scope)).token)
    except ClientAuthenticationError as error:
        raise Denied(f"the app's identity gets no token: {error.message}") from error
    except AzureError as error:
        raise Unreachable(f"the app's identity cannot be asked for: {error.message}") from error
