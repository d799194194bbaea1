"""Signed callback addresses: only we can make them, and a secret can be changed while jobs are open."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.engine.tokens import CallbackTokens

WORK = "0123abcd.es-ES.a1"
HERE = "https://app.example/"


def token_of(callbacks: CallbackTokens, provider: str = "vozo", work: str = WORK) -> str:
    url = callbacks.url(provider, work)
    assert url is not None
    assert url.startswith(f"https://app.example/api/callbacks/{provider}/")
    return url.rpartition("/")[2]


def test_a_token_tells_the_translation_it_was_made_for() -> None:
    callbacks = CallbackTokens(HERE, ["secret"])
    assert callbacks.work_id("vozo", token_of(callbacks)) == WORK


def test_without_a_secret_there_is_no_address_and_no_token_is_good() -> None:
    callbacks = CallbackTokens(HERE, [])
    assert callbacks.url("vozo", WORK) is None
    assert callbacks.work_id("vozo", token_of(CallbackTokens(HERE, [""]))) is None


@pytest.mark.parametrize(
    ("secrets", "good"),
    [(["old"], True), (["new", "old"], True), (["old", "new"], True), (["new"], False), ([], False)],
)
def test_a_secret_is_good_as_long_as_it_is_listed(secrets: list[str], good: bool) -> None:
    token = token_of(CallbackTokens(HERE, ["old"]))
    assert CallbackTokens(HERE, secrets).work_id("vozo", token) == (WORK if good else None)


def test_the_first_secret_signs() -> None:
    assert token_of(CallbackTokens(HERE, ["new", "old"])) == token_of(CallbackTokens(HERE, ["new"]))


def test_a_token_is_good_for_one_provider_and_one_translation() -> None:
    callbacks = CallbackTokens(HERE, ["secret"])
    token = token_of(callbacks)
    signature = token.rpartition(".")[2]
    assert callbacks.work_id("azure-video", token) is None
    assert callbacks.work_id("vozo", f"0123abcd.es-ES.a2.{signature}") is None
    assert callbacks.work_id("vozo", f"{WORK}.{signature[:-1]}") is None
    assert callbacks.work_id("vozo", f"{WORK}.") is None
    assert callbacks.work_id("vozo", signature) is None


@given(st.text())
def test_a_forged_token_is_never_good(token: str) -> None:
    assert CallbackTokens(HERE, ["secret", "other"]).work_id("vozo", token) is None


def test_a_token_cannot_be_guessed() -> None:
    signature = token_of(CallbackTokens(HERE, ["secret"])).rpartition(".")[2]
    assert len(signature) * 6 >= 128  # bits, for it is base64
