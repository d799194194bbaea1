"""A translated sentence over its cues."""

from hypothesis import given
from hypothesis import strategies as st

from shared.subtitles import limits_for
from shared.subtitles.markup import Kind
from shared.subtitles.split import Slot, split
from shared.subtitles.wire import Answer, Insertion

GERMAN = limits_for("de")
SENTENCE = (
    "Als ich ein Kind war, nahm mich mein Vater jeden Sonntagmorgen mit zum Hafen, und wir sahen den Schiffen zu."
)


def texts(text: str, *slots: tuple[int, float | None], language: str = "de") -> list[str] | None:
    found = split(Answer(text), [Slot(*slot) for slot in slots], language, limits_for(language))
    return None if found is None else [piece.text for piece in found]


def test_a_sentence_is_cut_behind_punctuation_near_its_share() -> None:
    assert texts(SENTENCE, (75, 3.4), (40, 1.8)) == [
        "Als ich ein Kind war, nahm mich mein Vater jeden Sonntagmorgen mit zum Hafen,",
        "und wir sahen den Schiffen zu.",
    ]


def test_a_cut_behind_an_ellipsis_is_preferred_to_one_nearer_the_share() -> None:
    assert texts("und tat es nie… …bis heute.", (14, 2.5), (11, 2.5)) == ["und tat es nie…", "…bis heute."]


def test_a_number_stays_with_what_it_counts() -> None:
    found = texts("Er hat gestern 300 Schiffe gesehen und so.", (14, 2.0), (17, 2.0))
    assert found == ["Er hat gestern", "300 Schiffe gesehen und so."]


def test_a_cue_that_is_shown_for_long_gets_more() -> None:
    found = texts("eins zwei drei vier fünf sechs sieben acht", (10, 6.0), (10, 1.0))
    assert found is not None
    assert len(found[0]) > 2 * len(found[1])


def test_fewer_words_than_cues_cannot_be_split() -> None:
    assert texts("Ja.", (10, 1.0), (10, 1.0)) is None


def test_japanese_is_cut_between_phrases() -> None:
    assert texts("彼は私が生きている限り、この町には二度と戻らないと言った。", (30, 2.0), (40, 2.4), language="ja") == [
        "彼は私が生きている限り、",
        "この町には二度と戻らないと言った。",
    ]


def test_a_tag_stays_in_its_own_cue() -> None:
    answer = Answer("eins zwei drei vier", [Insertion(10, 1, Kind.OPEN, "<i>"), Insertion(14, 1, Kind.CLOSE, "</i>")])
    found = split(answer, [Slot(90, 9), Slot(5, 1)], "de", GERMAN)
    assert found is not None
    assert found[1].insertions[0].part == 1
    assert "drei" in found[1].text


def test_a_tag_in_the_wrong_cue_cannot_be_split() -> None:
    answer = Answer("eins zwei", [Insertion(0, 1, Kind.MARK, "<00:01.000>"), Insertion(9, 0, Kind.MARK, "<00:02.000>")])
    assert split(answer, [Slot(5, 1), Slot(5, 1)], "de", GERMAN) is None


@given(
    words=st.lists(st.text("abcäß.,!日", min_size=1, max_size=12), min_size=1, max_size=60),
    slots=st.lists(st.tuples(st.integers(0, 90), st.floats(0, 9)), min_size=1, max_size=8),
    language=st.sampled_from(("de", "ja", "th", "ar")),
)
def test_no_word_is_lost_and_no_cue_is_empty(words: list[str], slots: list[tuple[int, float]], language: str) -> None:
    text = " ".join(words)
    found = texts(text, *slots, language=language)
    if found is not None:
        assert len(found) == len(slots)
        assert all(piece.strip() for piece in found)
        assert "".join("".join(found).split()) == "".join(text.split())
