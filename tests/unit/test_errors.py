"""The tree of errors: every kind can be told to a person, and says what may follow."""

import pytest

from shared import errors
from shared.errors import BabeldropError, ProviderError
from shared.jobs.translation import Problem
from shared.redaction import know


def kinds(root: type[BabeldropError]) -> list[type[BabeldropError]]:
    return [root, *(kind for child in root.__subclasses__() for kind in kinds(child))]


def test_the_drawing_shows_every_kind() -> None:
    drawing = errors.__doc__ or ""
    drawn = [line.strip("│├└─ ").split()[0] for line in drawing.splitlines()[2:] if line]
    assert sorted(drawn) == sorted(kind.__name__ for kind in kinds(BabeldropError))


def test_every_kind_has_a_code_of_its_own() -> None:
    codes = [kind.code for kind in kinds(BabeldropError)]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("kind", kinds(BabeldropError))
def test_every_kind_says_what_to_do(kind: type[BabeldropError]) -> None:
    assert Problem.of(kind("It broke.")) == Problem(code=kind.code, reason="It broke.", advice=kind.advice)
    assert kind.advice.endswith(".")


@pytest.mark.parametrize("kind", kinds(BabeldropError))
def test_no_kind_repeats_a_secret(kind: type[BabeldropError]) -> None:
    error = kind("cannot read https://x.example/a.mp4?sv=2026&sig=topsecret")
    assert Problem.of(error).reason == str(error) == "cannot read https://x.example/a.mp4?…"


@pytest.mark.parametrize("kind", kinds(BabeldropError))
def test_what_every_kind_says_can_be_stored(kind: type[BabeldropError]) -> None:
    assert kind("half a pair \ud800, nothing \0, a line\nand a tab\t").reason == (
        "half a pair \ufffd, nothing \ufffd, a line\nand a tab\t"
    )
    assert len(kind("x" * 10_000_000).reason) == kind.longest


@pytest.mark.parametrize("place", range(1980, 2001))
def test_no_half_of_a_secret_is_left_where_words_are_cut(place: int) -> None:
    know(["topsecretkey"])
    try:
        assert "tops" not in ProviderError("x" * place + "topsecretkey").reason
    finally:
        know([])


def test_an_error_may_know_better_advice_than_its_kind() -> None:
    assert Problem.of(errors.BriefRefused("No targets.", "Name one.")).advice == "Name one."


@pytest.mark.parametrize(
    ("kind", "another_provider_may_do_better"),
    [
        (errors.Unreachable, True),
        (errors.Throttled, True),
        (errors.Denied, False),  # what we may not have is not bought elsewhere
        (errors.Refused, True),
        (errors.NotFound, True),
        (errors.AnswerLost, False),  # perhaps it was done and paid for
        (errors.SourceUnfit, False),
        (errors.ResultUnavailable, False),  # it was done and paid for
    ],
)
def test_where_the_next_provider_of_the_route_may_do_better(
    kind: type[ProviderError], another_provider_may_do_better: bool
) -> None:
    assert kind.elsewhere is another_provider_may_do_better
