"""Which part each locale may have, and what is said of one that may not have it."""

from shared.languages import DUBBING_LOCALES
from shared.providers.video_locales import MOST_NAMED, PERSONAL_VOICE, PHONEME_LEXICON, SOURCES, TARGETS, refusal


def test_the_parts_are_counted_as_they_are_published() -> None:
    absent = [len(DUBBING_LOCALES - can) for can in (SOURCES, TARGETS, PERSONAL_VOICE, PHONEME_LEXICON)]
    assert absent == [18, 9, 89, 59]


def test_a_locale_that_can_is_not_refused() -> None:
    assert refusal("es-ES", PERSONAL_VOICE, "cannot be dubbed into") is None


def test_the_nearest_that_can_are_named_and_not_too_many() -> None:
    assert refusal("es-AR", PERSONAL_VOICE, "has no PersonalVoice") == "es-AR has no PersonalVoice; es-MX, es-ES can"
    assert len((refusal("ar-XB", TARGETS, "cannot") or "").split(", ")) == MOST_NAMED


def test_where_no_other_can_none_is_named() -> None:
    assert refusal("so-SO", PERSONAL_VOICE, "has no PersonalVoice") == "so-SO has no PersonalVoice"
