"""What opens doors is kept out of words."""

import pytest

from shared.redaction import redact, redacted


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
        ("nothing secret: es-ES at 12:00?", "nothing secret: es-ES at 12:00?"),
    ],
)
def test_what_opens_doors_is_kept_out_of_words(text: str, shown: str) -> None:
    assert redact(text) == shown


def test_a_json_value_is_redacted_all_through() -> None:
    signed, shown = "https://x.example/a?sig=secret", "https://x.example/a?…"
    value = {"status": "done", "n": 1, "result": {"files": [signed, None]}}
    assert redacted(value) == {"status": "done", "n": 1, "result": {"files": [shown, None]}}
