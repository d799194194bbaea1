import hypothesis
import hypothesis.strategies as st
import pytest

from shared.briefs.glossary import LARGEST_SYNCHRONOUS, Term, read_glossary
from shared.briefs.glossary_names import FORMATS, GlossaryName
from shared.errors import GlossaryRefused


def read(data: bytes | str, extension: str = ".tsv", largest: int = 10_000_000) -> tuple[Term, ...]:
    name = GlossaryName(f"m.en-es{extension}", "m", "en", "es")
    return read_glossary(name, data.encode() if isinstance(data, str) else data, largest).terms


def mistakes(data: bytes | str, extension: str = ".tsv") -> str:
    with pytest.raises(GlossaryRefused) as refused:
        read(data, extension)
    assert "ten minutes" in refused.value.advice
    before, _, told = refused.value.reason.partition(" has mistakes: ")
    assert before == f"The glossary m.en-es{extension}"
    return told


class TestTables:
    def test_a_line_is_a_term_and_empty_lines_are_none(self) -> None:
        assert read("Landlord\tArrendador\r\n\r\n  Tenant \tArrendatario") == (
            Term("Landlord", "Arrendador", 1),
            Term("Tenant", "Arrendatario", 3),
        )

    def test_a_byte_order_mark_is_no_part_of_the_first_term(self) -> None:
        assert read("\ufeffRent\tRenta")[0].source == "Rent"

    def test_equal_sides_are_not_to_be_translated(self) -> None:
        assert [term.untranslated for term in read("Contoso\tContoso\nRent\tRenta")] == [True, False]

    def test_quotation_marks_hold_commas_and_line_ends_in_csv(self) -> None:
        assert read('"Rent, monthly","Renta\nmensual"\nTenant,Inquilino\n', ".csv") == (
            Term("Rent, monthly", "Renta\nmensual", 1),
            Term("Tenant", "Inquilino", 3),
        )

    def test_quotation_marks_mean_nothing_in_tsv(self) -> None:
        assert read('5" disk\t"disco') == (Term('5" disk', '"disco', 1),)

    def test_every_mistake_is_told_with_its_line_and_without_the_terms(self) -> None:
        told = mistakes("a\tb\tc\nd\ne\t\n\tf\nSecret\tx\nSecret\ty\n")
        assert told == (
            "line 1: it has 3 terms where two are wanted, the source and the target; "
            "line 2: it has 1 term where two are wanted, the source and the target; "
            "line 3: its target is empty; line 4: its source is empty; line 6: its source has another target in line 5"
        )

    def test_a_term_said_twice_alike_is_no_mistake(self) -> None:
        assert len(read("a\tb\na\tb\n")) == 2

    def test_of_many_mistakes_the_first_are_told_and_the_rest_counted(self) -> None:
        told = mistakes("a\n" * 50)
        assert told.count("line") == 20
        assert told.endswith("; and 30 more")

    def test_another_encoding_is_told_with_its_line(self) -> None:
        assert mistakes(b"a\tb\nni\xf1o\tc\n") == "line 2: it is not in UTF-8; save it as UTF-8"
        assert mistakes("a\tb".encode("utf-16-le")).startswith("line 1: it is not in UTF-8")

    def test_a_missing_quotation_mark_is_told_where_its_row_begins(self) -> None:
        assert mistakes('a,b\n"c,d\n', ".csv").startswith("line 2: a quotation mark is missing")

    @pytest.mark.parametrize("data", ["", "\n\n", "\ufeff"])
    def test_one_without_terms_is_a_mistake(self, data: str) -> None:
        assert mistakes(data) == "line 1: there is no term"

    def test_one_that_is_too_large_says_what_the_service_takes(self) -> None:
        with pytest.raises(GlossaryRefused, match="the service takes 1048576"):
            read(b"a\tb\n" * 300_000, largest=LARGEST_SYNCHRONOUS)


class TestXliff:
    @staticmethod
    def xliff(units: str, pair: str = 'source-language="en-US" target-language="es"', version: str = "1.2") -> str:
        namespace = "urn:oasis:names:tc:xliff:document:1.2"
        return f'<xliff version="{version}" xmlns="{namespace}">\n<file {pair}>\n<body>{units}</body></file></xliff>'

    def test_a_unit_is_a_term(self) -> None:
        unit = "<trans-unit id='1'><source>The <g id='1'>Rent</g></source>\n<target>La Renta</target></trans-unit>"
        assert read(self.xliff(unit), ".xlf") == (Term("The Rent", "La Renta", 3),)

    def test_a_file_of_another_pair_has_no_term_of_ours(self) -> None:
        unit = "<trans-unit id='1'><source>Rent</source><target>Miete</target></trans-unit>"
        assert read(self.xliff(unit, 'source-language="en" target-language="de"'), ".xlf") == ()

    def test_a_unit_without_a_target_is_a_mistake(self) -> None:
        assert mistakes(self.xliff("<trans-unit id='1'><source>Rent</source></trans-unit>"), ".xlf").startswith(
            "line 3"
        )

    def test_what_is_no_xml_or_too_new_or_defines_entities_is_told(self) -> None:
        assert mistakes("<xliff>\n<file", ".xlf") == "line 2: it is not well-formed XML"
        assert mistakes(self.xliff("", version="2.0"), ".xlf") == "line 1: it is XLIFF 2; the service takes 1.0 to 1.2"
        laughs = '<!DOCTYPE x [\n<!ENTITY a "ha">]><x>&a;</x>'
        assert mistakes(laughs, ".xlf") == "line 2: it defines an entity; write the text itself"


def test_a_tmx_unit_of_both_languages_is_a_term_in_the_direction_of_the_name() -> None:
    unit = "".join(
        f"<tuv xml:lang='{tag}'><seg>{text}</seg></tuv>"
        for tag, text in (("es-ES", "Renta"), ("EN_US", "Rent"), ("de", "Miete"))
    )
    other = "<tu><tuv xml:lang='en'><seg>Rent</seg></tuv></tu>"
    assert read(f"<tmx version='1.4'><body><tu>{unit}</tu>{other}</body></tmx>", ".tmx") == (Term("Rent", "Renta", 1),)


@hypothesis.given(
    st.binary(max_size=200) | st.text(alphabet='a,\t"\n\r<>&;/=', max_size=60), st.sampled_from([*FORMATS])
)
def test_garbage_is_refused_or_read_and_nothing_else(data: bytes | str, extension: str) -> None:
    try:
        assert all(term.source and term.target for term in read(data, extension))
    except GlossaryRefused as refused:
        assert "line" in refused.reason
