"""What the engine and its neighbours work with; the composition root puts it together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.engine.tokens import CallbackTokens
from shared.jobs.ledger import Ledger
from shared.jobs.quotas import Quotas
from shared.outbox.publish import Publisher
from shared.outbox.receipts import Receipts
from shared.providers.base import Provider
from shared.storage import Container

#: Tells the time, in UTC.
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Context:
    """`start_window` is how long a paid step that is written down may still be taken.

    `forgets` says whether providers are to delete what they hold once it is delivered.
    """

    ledger: Ledger
    providers: Mapping[str, Provider]
    inbox: Container
    delivery: Publisher
    receipts: Receipts
    callbacks: CallbackTokens
    limits: Quotas
    clock: Clock
    start_window: timedelta = timedelta(seconds=30)
    forgets: bool = False
