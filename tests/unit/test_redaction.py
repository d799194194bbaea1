"""What opens doors is kept out of words."""

from collections.abc import Iterator

import pytest

from shared.errors import Refused
from shared.providers.outcome import Failed
from shared.providers.vozo import Vozo
from shared.redaction import know, redact, redacted
from tests.unit.providers.wire import Wire, a_scratch, a_task, answer, some_work

KEY = "vz-0a1/B2c3+d4"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "GET https://acc.blob.core.windows.net/inbox/a.mp4?sv=2024&sig=abc%2Bdef%3D failed",
            "GET https://acc.blob.core.windows.net/inbox/a.mp4?… failed",
        ),
        ('{"url": "https://cdn.example/x?token=1"}', '{"url": "https://cdn.example/x?…"}'),
        ("Authorization: Bearer eyJ0eXAi.abc-def_ghi", "Authorization: Bearer …"),
        ("posted to /api/callbacks/vozo/0123.es.a1.c2ln", "posted to /api/callbacks/vozo/…"),
        ("webhook?functionName=x&code=aBcD1234/==", "webhook?functionName=x&code=…"),
        ("sig=aBcD1234%3D&se=2026", "sig=…&se=2026"),
        ('{"sig": "aBcD1234/+=", "se": "2026"}', '{"sig": "…", "se": "2026"}'),
        (r"{\"sig\":\"aBcD1234\"}", r'{\"sig\":\"…"}'),
        ("{'Signature': 'aBcD1234'}", "{'Signature': '…'}"),
        (r'"https:\/\/app\/api\/callbacks\/vozo\/0123.es.c2ln"', r'"https:\/\/app\/api\/callbacks\/vozo\/…"'),
        ("https://app/api/callbacks%2Fvozo%2F0123.es.c2ln", "https://app/api/callbacks%2Fvozo%2F…"),
        ("POST /API/CALLBACKS/VOZO/0123.ES.A1.C2LN", "POST /API/CALLBACKS/VOZO/…"),
        ("/callbacks/azure-text/0123.es.a1.c2ln?x", "/callbacks/azure-text/…?x"),
        ("Ocp-Apim-Subscription-Key: 0123456789abcdef", "Ocp-Apim-Subscription-Key: …"),
        ("token eyJ0eXAiOiJKV1Qi.eyJhdWQiOiJo.c2lnbmF0dXJl is bad", "token … is bad"),
        ('{"code": "InvalidArgument"}', '{"code": "InvalidArgument"}'),
        ("nothing secret: es-ES at 12:00?", "nothing secret: es-ES at 12:00?"),
    ],
)
def test_what_opens_doors_is_kept_out_of_words(text: str, shown: str) -> None:
    assert redact(text) == shown


def test_a_json_value_is_redacted_all_through() -> None:
    signed, shown = "https://x.example/a?sig=secret", "https://x.example/a?…"
    value = {"status": "done", "n": 1, "result": {"files": [signed, None]}}
    assert redacted(value) == {"status": "done", "n": 1, "result": {"files": [shown, None]}}


def test_what_stands_under_a_secrets_name_is_kept_out_of_json() -> None:
    assert redacted({"sig": "ab", "Api_Key": ["x"], "code": 5, KEY: 1}) == {
        "sig": "…",
        "Api_Key": "…",
        "code": 5,
        KEY: 1,
    }


@pytest.fixture
def known() -> Iterator[None]:
    """The app's own key is known by value."""
    know([KEY, None, "short"])
    yield
    know([])


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(
    "written", [KEY, KEY.upper(), "vz-0a1%2FB2c3%2Bd4", r"vz-0a1\/B2c3+d4", f"x{KEY}y", "vz-0A1%2fb2c3%2bd4"]
)
def test_a_secret_of_the_app_is_known_by_its_value(written: str) -> None:
    assert "d4" not in redact(f"the key {written} is wrong").lower()
    assert redacted({written: [written]}) != {written: [written]}


@pytest.mark.usefixtures("known")
def test_a_secret_that_is_as_short_as_a_word_blacks_out_nothing() -> None:
    assert redact("a short word") == "a short word"


@pytest.mark.usefixtures("known")
async def test_a_key_that_a_service_echoes_reaches_neither_words_nor_records() -> None:
    echo = {"code": 5, "message": f"unknown key {KEY}"}
    with pytest.raises(Refused) as refused:
        await Vozo(Wire(answer(400, echo)).service("Vozo")).start(a_task())
    assert refused.value.reason == "Vozo answered 400: 5: unknown key …"
    failed = {"status": "failed", "err_message": KEY, "by": {KEY: KEY}, "long": "x" * 490 + KEY}
    came = await Vozo(Wire(answer(200, failed)).service("Vozo")).check(some_work({"task_id": "t1"}), a_scratch())
    assert isinstance(came, Failed)
    assert KEY[:6] not in f"{came.error.reason} {came.answer}"


def test_redaction_takes_no_longer_than_the_text_is_long() -> None:
    text = "https://" * 5_000 + "callbacks/a" * 5_000 + 'sig="' * 5_000 + "eyJ" * 5_000
    assert redact(text)
