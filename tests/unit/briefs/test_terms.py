import hypothesis
import hypothesis.strategies as st
import pytest

from shared.briefs.glossary import Term
from shared.briefs.terms import Adherence, Terms

RENT, TENANT, BRAND = Term("Rent", "Renta", 1), Term("the Tenant", "el Inquilino", 2), Term("Contoso", "Contoso", 3)
TERMS = Terms([RENT, TENANT, BRAND])


@pytest.mark.parametrize(
    ("text", "exact", "other_case"),
    [
        ("The Rent, and the Tenant", (RENT, TENANT), ()),
        ("Rent", (RENT,), ()),
        ("rent", (), (RENT,)),
        ("rent and Rent", (RENT,), ()),
        ("Renting and Rents", (), ()),
        ("Contoso's", (BRAND,), ()),
        ("THE TENANT", (), (TENANT,)),
        ("", (), ()),
    ],
)
def test_terms_occur_as_whole_words_and_by_their_case(
    text: str, exact: tuple[Term, ...], other_case: tuple[Term, ...]
) -> None:
    assert TERMS.occurring(text) == (exact, other_case)


@pytest.mark.parametrize("text", ["月額の家賃を払う", "집세는 비싸다家賃", "จ่ายค่าเช่า家賃"])
def test_a_term_of_a_script_without_spaces_may_begin_anywhere(text: str) -> None:
    rent = Term("家賃", "Rent", 1)
    assert Terms([rent]).occurring(text).exact == (rent,)


def test_vowel_signs_belong_to_their_word() -> None:
    home = Term("घर", "home", 1)
    assert Terms([home]).occurring("घर में").exact == (home,)
    assert Terms([home]).occurring("घरों में").exact == ()


def test_composed_and_decomposed_characters_are_the_same() -> None:
    coffee = Term("café", "Kaffee", 1)
    assert Terms([coffee]).occurring("un cafe\u0301").exact == (coffee,)
    assert Terms([Term("cafe", "Kaffee", 1)]).occurring("un cafe\u0301").exact == ()


def test_a_longer_term_hides_no_shorter_one() -> None:
    short, long = Term("Rent", "Renta", 1), Term("Rent Act", "Ley", 2)
    assert Terms([short, long]).occurring("the Rent Act").exact == (short, long)


def test_adherence_counts_the_texts_and_those_that_kept_the_term() -> None:
    pairs = [
        ("Pay the Rent.", "Pague la renta."),
        ("Rent is due; Rent is high.", "El alquiler vence."),
        ("Ask the Tenant at Contoso.", "Pregunte a los Inquilinos de contoso."),
        ("Nothing here.", "Nada."),
    ]
    assert TERMS.adherence(pairs) == [Adherence(RENT, 2, 1), Adherence(TENANT, 1, 0), Adherence(BRAND, 1, 0)]


def test_an_inflected_target_counts_as_kept() -> None:
    assert TERMS.adherence([("Rent", "las Rentas")]) == [Adherence(RENT, 1, 1)]


@hypothesis.given(
    st.lists(st.text("ab ", min_size=1, max_size=4).filter(lambda text: text == text.strip())), st.text("ab ")
)
def test_what_occurs_is_what_a_slow_search_finds(sources: list[str], text: str) -> None:
    terms = [Term(source, "x", line) for line, source in enumerate(dict.fromkeys(sources))]
    slow = [
        term
        for term in terms
        if any(
            text.startswith(term.source, start)
            and text[max(0, start - 1) : start] in ("", " ")
            and text[start + len(term.source) :][:1] in ("", " ")
            for start in range(len(text))
        )
    ]
    assert [*Terms(terms).occurring(text).exact] == slow
