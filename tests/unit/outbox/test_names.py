"""The names of results and receipts in the outbox."""

import re

import pytest

from shared.errors import NameRefused
from shared.languages import canonical
from shared.names import LONGEST
from shared.outbox.names import ResultNames, apart, edited, refused_receipt


def test_results_lie_beside_one_another_under_the_claimed_stem() -> None:
    names = ResultNames("talks/intro", "talks/intro.mp4")
    assert names.output("es-ES", "mp4") == "talks/intro.es-ES.mp4"
    assert names.output("es-ES", "source.vtt") == "talks/intro.es-ES.source.vtt"
    assert names.receipt("es-ES") == "talks/intro.mp4.es-ES.translation.json"
    assert names.receipt() == "talks/intro.mp4.translation.json"


def test_the_results_of_the_longest_name_still_fit_into_storage() -> None:
    names = ResultNames("x" * LONGEST + ".0123abcd", "x" * LONGEST)
    target = canonical("zh-CN-liaoning-x-12345678")
    longest = max(names.output(target, "metadata.vtt"), names.receipt(target), key=len)
    assert len(longest) <= 1024


def test_a_refused_name_has_a_receipt_of_its_own_that_it_cannot_choose() -> None:
    receipts = {refused_receipt(name) for name in ("../a", "../b", "half a pair \ud800")}
    assert len(receipts) == 3
    assert all(re.fullmatch(r"_refused/[0-9a-f]{24}\.translation\.json", receipt) for receipt in receipts)


@pytest.mark.parametrize("stem", ["x/..", "..", "x" * 1024])
def test_no_result_is_called_what_could_reach_beyond_its_place(stem: str) -> None:
    with pytest.raises(NameRefused):
        ResultNames(f"{stem}/x", "a.mp4").output("es-ES", "mp4")


def test_results_of_one_suffix_are_told_apart_alike_in_every_delivery() -> None:
    named = ["mp4", "vtt", "vtt"]
    assert [apart(suffix, place, named, ()) for place, suffix in enumerate(named)] == ["mp4", "vtt", "3.vtt"]
    assert apart("wav", 0, ["mp3", "wav"], ()) == "1.wav"
    assert apart("wav", 1, ["mp3", "mp4"], {"wav"}) == "2.wav"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("a/intro.es-ES.vtt", [("a/intro", "es-ES", "target")]),
        ("a/intro.es-ES.SRT", [("a/intro", "es-ES", "target")]),
        ("intro.es-ES.metadata.vtt", [("intro", "es-ES", "metadata")]),
        ("intro.es-ES.source.vtt", [("intro", "es-ES", "source"), ("intro.es-ES", None, "source")]),
        ("intro.source.vtt", [("intro", None, "source")]),
        ("intro.source.es-ES.vtt", [("intro.source", "es-ES", "target")]),
        ("intro.vtt", []),
        ("intro.metadata.vtt", []),
        ("intro.es-ES.mp4", []),
        ("vtt", []),
    ],
)
def test_the_name_of_a_correction_says_what_it_corrects(name: str, meant: list[tuple[str, str | None, str]]) -> None:
    assert [*edited(name)] == meant
