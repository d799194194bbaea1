"""Placeholders and addresses that must come back."""

from shared.subtitles.protected import protected


def test_placeholders_and_addresses_are_known() -> None:
    text = "See https://a.example/b?c=1, {name}, {{x}}, ${y}, %s, %1$s, %(n)s or me@a.example. 100% sure, {not this}."
    assert sorted(protected(text)) == sorted(
        ["https://a.example/b?c=1", "{name}", "{{x}}", "${y}", "%s", "%1$s", "%(n)s", "me@a.example"]
    )
