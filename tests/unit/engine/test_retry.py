"""When to try again: (error, how often it was tried) -> seconds to wait, or never."""

import pytest

from shared.engine.retry import wait_before
from shared.errors import (
    AnswerLost,
    BabeldropError,
    BriefRefused,
    Denied,
    LanguageRefused,
    NameRefused,
    NotFound,
    ProviderError,
    RecordChanged,
    Refused,
    ResultUnavailable,
    SettingsRefused,
    SourceRefused,
    SourceUnfit,
    StorageTrouble,
    Throttled,
    Unreachable,
)

NEVER = None
MANY = 1000


@pytest.mark.parametrize(
    ("kind", "waits", "at_last"),
    [
        (Throttled, [15, 30, 60, 120, 300], 300),
        (Unreachable, [5, 15, 60, 300], 300),
        (AnswerLost, [0, 10, 30, 60, 300], 300),
        (ResultUnavailable, [5, 30, 60, 300, 900], 900),
        (StorageTrouble, [5, 15, 60, 300], 300),
        (RecordChanged, [5, 15, 60, 300], 300),
        (Denied, [60, 120, 240, 480, 960], NEVER),
    ],
)
def test_waits_grow_with_the_tries(kind: type[BabeldropError], waits: list[float], at_last: float | None) -> None:
    assert [wait_before(kind("no"), tries) for tries in range(1, len(waits) + 1)] == waits
    assert wait_before(kind("no"), len(waits) + 1) == at_last
    assert wait_before(kind("no"), MANY) == at_last


@pytest.mark.parametrize(
    "kind",
    [
        BriefRefused,
        LanguageRefused,
        NameRefused,
        NotFound,
        Refused,
        SettingsRefused,
        SourceRefused,
        SourceUnfit,
        ProviderError,
        BabeldropError,
    ],
)
def test_what_would_be_said_again_is_not_tried_again(kind: type[BabeldropError]) -> None:
    assert wait_before(kind("no"), 1) is NEVER


def test_a_new_role_has_half_an_hour_to_work() -> None:
    waits = [wait_before(Denied("no"), tries) or 0 for tries in range(1, 6)]
    assert sum(waits) >= 30 * 60


@pytest.mark.parametrize(
    ("error", "tries", "wait"),
    [
        (Throttled("later", wait=7), 1, 7),
        (Throttled("later", wait=7), MANY, 7),
        (Throttled("at once", wait=0), 1, 0),
        (Unreachable("busy", wait=120), 1, 120),
        (Throttled("tomorrow", wait=86_400), 1, 3600),
        (Denied("no", wait=7), 6, NEVER),
        (Refused("no", wait=7), 1, NEVER),
    ],
)
def test_the_services_own_wait_is_honoured_up_to_an_hour(error: ProviderError, tries: int, wait: float | None) -> None:
    assert wait_before(error, tries) == wait
