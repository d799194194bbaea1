"""The doubles' words: pseudo-translation, cues, and the rules by which they misbehave."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sandbox.doubles.control import without_query, without_secrets
from sandbox.doubles.cues import BadSubtitles, Cue, ass, parse_srt, parse_webvtt, srt, transcript, translated, webvtt
from sandbox.doubles.misbehaviour import Misbehaviour, Rule
from sandbox.doubles.pseudo import pseudo
from sandbox.doubles.speech_script import edited, heard, metadata_file, source_file, target_cues

CUES = [Cue(0.0, 1.9, "Hello <i>you</i>"), Cue(3600.5, 3601.25, "two\nlines")]


def test_a_pseudo_translation_names_its_language_and_differs_from_the_original() -> None:
    assert pseudo("Welcome", "es-ES") == "[es-ES] Ŵéļçömé"


@pytest.mark.parametrize("kept", ["<v Ann>", "{name}", "&amp;", "https://example.org/a"])
def test_tags_placeholders_and_addresses_are_not_translated(kept: str) -> None:
    assert kept in pseudo(f"one {kept} two", "fr-FR")


def test_a_second_pass_replaces_the_label() -> None:
    assert pseudo(pseudo("Hm", "es-ES"), "de").startswith("[de] Ĥ")


@given(st.text())
def test_the_number_of_lines_stays(text: str) -> None:
    assert pseudo(text, "es-ES").count("\n") == text.count("\n")


def test_translated_cues_keep_their_times() -> None:
    cues = transcript(7.0)
    assert [(cue.start, cue.end) for cue in translated(cues, "es-ES")] == [(cue.start, cue.end) for cue in cues]


def test_even_the_shortest_media_has_a_cue() -> None:
    assert len(transcript(0.1)) == 1


def test_webvtt_is_read_back_as_it_was_written() -> None:
    assert parse_webvtt(webvtt(CUES)) == CUES


def test_srt_is_read_back_as_it_was_written() -> None:
    assert parse_srt(srt(CUES)) == CUES


def test_ass_has_one_dialogue_for_each_cue() -> None:
    assert ass(CUES).count("\nDialogue: ") == len(CUES)
    assert "1:00:00.50,1:00:01.25,Default,two\\Nlines" in ass(CUES)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("00:00.000 --> 00:01.000\nHello", "WEBVTT"),
        ("WEBVTT\n\nNOTE nothing here", "no cue"),
        ("WEBVTT\n\n00:02.000 --> 00:01.000\nHello", "before it begins"),
        ("WEBVTT\n\n0:2 --> soon\nHello", "not a time span"),
    ],
)
def test_a_file_that_is_not_webvtt_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(BadSubtitles, match=reason):
        parse_webvtt(text)


def test_overlapping_srt_is_refused() -> None:
    with pytest.raises(BadSubtitles, match="begins before"):
        parse_srt(srt([Cue(0, 2, "a"), Cue(1, 3, "b")]))


def test_corrected_source_cues_are_translated_again() -> None:
    script = heard(4, "es-ES")
    corrected = source_file(script).replace("line 1", "word 1")
    assert "ŵöřđ 1" in edited(script, "SourceLocaleSubtitle", corrected, "es-ES")[0].target


def test_corrected_target_cues_are_used_as_they_are() -> None:
    script = heard(4, "es-ES")
    corrected = webvtt([Cue(0, 1, "Hola"), Cue(1, 2, "Adiós")])
    after = edited(script, "TargetLocaleSubtitle", corrected, "es-ES")
    assert target_cues(after) == [Cue(0, 1, "Hola"), Cue(1, 2, "Adiós")]
    assert after[0].source == script[0].source


def test_in_metadata_a_changed_translation_wins_over_a_changed_source() -> None:
    script = heard(4, "es-ES")
    corrected = metadata_file(script, "es-ES", "PlatformVoice").replace("line 1", "word 1")
    assert "ŵöřđ 1" in edited(script, "MetadataJson", corrected, "es-ES")[0].target
    both = corrected.replace(script[0].target, "Hola")
    assert edited(script, "MetadataJson", both, "es-ES")[0].target == "Hola"


def test_metadata_whose_cues_are_not_json_is_refused() -> None:
    with pytest.raises(BadSubtitles, match="JSON"):
        edited(heard(4, "es-ES"), "MetadataJson", webvtt(CUES), "es-ES")


def test_an_act_is_used_up_after_its_times() -> None:
    misbehaviour = Misbehaviour()
    misbehaviour.add([Rule.model_validate({"when": {"method": "PUT"}, "do": "drop", "times": 2})])
    taken = [misbehaviour.act(method, "/x", "") for method in ("GET", "PUT", "PUT", "PUT")]
    assert [rule is not None for rule in taken] == [False, True, True, False]
    assert not misbehaviour


def test_a_fate_waits_for_the_job_that_it_is_meant_for() -> None:
    misbehaviour = Misbehaviour()
    misbehaviour.add([Rule.model_validate({"when": {"body": '"de"'}, "do": "fail", "message": "no"})])
    assert "fail" not in misbehaviour.fates("POST", "/x", '{"target_language": "fr"}')
    assert "fail" in misbehaviour.fates("POST", "/x", '{"target_language": "de"}')


def test_a_rule_with_an_unknown_word_is_refused() -> None:
    with pytest.raises(ValidationError):
        Rule.model_validate({"do": "explode"})


def test_signatures_are_cut_from_what_is_shown() -> None:
    assert (
        without_secrets('{"u": "https://a/b?sp=r&sig=abc%3D", "n": 1}') == '{"u": "https://a/b?sp=r&sig=cut", "n": 1}'
    )
    assert without_query("https://a/b?sig=abc") == "https://a/b"
