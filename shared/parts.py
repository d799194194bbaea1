"""What the engine and its neighbours work with; the composition root puts it together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.callbacks import Callbacks
from shared.delivery import Delivery
from shared.ledger import Ledger
from shared.limits import Limits
from shared.providers.base import Provider
from shared.receipts import Receipts
from shared.storage import Container

#: Tells the time, in UTC.
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Parts:
    """`start_window` is how long a paid step that is written down may still be taken.

    `forgets` says whether providers are to delete what they hold once it is delivered.
    """

    ledger: Ledger
    providers: Mapping[str, Provider]
    inbox: Container
    delivery: Delivery
    receipts: Receipts
    callbacks: Callbacks
    limits: Limits
    clock: Clock
    start_window: timedelta = timedelta(seconds=30)
    forgets: bool = False
