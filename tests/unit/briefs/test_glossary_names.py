import pytest

from shared.briefs.glossary_names import GlossaryName, choose_glossary, glossary_names, pairs_of
from shared.errors import GlossaryRefused


@pytest.mark.parametrize(
    ("blob", "name", "source", "target"),
    [
        ("medical.en-es.tsv", "medical", "en", "es"),
        ("legal/medical.EN-us-es-mx.CSV", "legal/medical", "en-US", "es-MX"),
        ("v2.1.zh-Hans-pt-BR.xlf", "v2.1", "zh-Hans", "pt-BR"),
        ("default.iw-en.tab", "default", "he", "en"),
    ],
)
def test_a_name_says_the_pair_wherever_its_hyphens_are(blob: str, name: str, source: str, target: str) -> None:
    assert glossary_names(blob) == [GlossaryName(blob, name, source, target)]


@pytest.mark.parametrize(
    "blob",
    ["talk.es-ES.vtt", "lexicon.xml", "medical.tsv", ".en-es.tsv", "a/.en-es.tsv", "medical.en-xx.tsv", "a.en.tsv"],
)
def test_other_files_are_no_glossaries(blob: str) -> None:
    assert glossary_names(blob) == []


class TestChoosing:
    BLOBS = ("m.en-es.tsv", "m.en-US-es.tsv", "m.en-es-MX.tsv", "m.en-de.tsv", "other.en-es-MX.tsv", "talk.es-ES.vtt")

    @pytest.mark.parametrize(
        ("source", "target", "chosen"),
        [
            ("en-GB", "es-ES", "m.en-es.tsv"),
            ("en-US", "es-ES", "m.en-US-es.tsv"),
            ("en-US", "es-MX", "m.en-es-MX.tsv"),  # the nearer target wins over the nearer source
            ("en", "de-AT", "m.en-de.tsv"),
            ("en", "es-ES-x-female", "m.en-es.tsv"),
            ("en", "fr", None),
            ("es", "en", None),
            ("eng", "es", None),
        ],
    )
    def test_the_nearest_pair_wins(self, source: str, target: str, chosen: str | None) -> None:
        found = choose_glossary(self.BLOBS, "m", source, target)
        assert (found.blob if found else None) == chosen

    def test_without_a_source_any_is_served_if_all_have_the_same(self) -> None:
        found = choose_glossary(["m.en-es.tsv", "m.en-de.tsv"], "m", None, "es-MX")
        assert found
        assert found.blob == "m.en-es.tsv"
        with pytest.raises(GlossaryRefused, match=r"m\.en-es\.tsv and m\.fr-es\.tsv"):
            choose_glossary(["m.en-es.tsv", "m.fr-es.tsv"], "m", None, "es")

    def test_two_for_one_pair_are_refused(self) -> None:
        with pytest.raises(GlossaryRefused, match="equally well") as refused:
            choose_glossary(["m.en-es.tsv", "m.en-es.csv"], "m", "en", "es")
        assert "Keep one" in refused.value.advice

    def test_a_name_with_two_readings_is_refused(self) -> None:
        with pytest.raises(GlossaryRefused, match="may be fr to fr-CA or fr-FR to ca") as refused:
            choose_glossary(["m.fr-fr-ca.tsv"], "m", "fr", "fr-CA")
        assert "Rename" in refused.value.advice

    def test_one_of_another_name_refuses_nothing(self) -> None:
        assert choose_glossary(["other.fr-fr-ca.tsv"], "m", "fr", "fr-CA") is None

    def test_a_format_that_the_service_has_not_is_passed_over(self) -> None:
        assert choose_glossary(["m.en-es.tmx"], "m", "en", "es") is None
        found = choose_glossary(["m.en-es.tmx"], "m", "en", "es", ["TMX"])
        assert found
        assert found.format == "TMX"

    def test_the_pairs_of_a_name_can_be_told(self) -> None:
        assert pairs_of(self.BLOBS, "m") == ["en to de", "en to es", "en to es-MX", "en-US to es"]
