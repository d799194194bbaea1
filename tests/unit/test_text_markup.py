"""HTML through the Text Translation double: what is translated, what is kept, what is refused."""

import pytest

from sandbox.doubles.text_markup import translated
from sandbox.doubles.text_refusals import BAD_ELEMENT, Refused


def upper(html: str, *, dictionary: bool = True) -> str:
    return translated(html, str.upper, dictionary=dictionary)


@pytest.mark.parametrize(
    ("html", "result"),
    [
        ("one", "ONE"),
        ("<b>one</b> two", "<b>ONE</b> TWO"),
        ("one<br>two<br/>three", "ONE<br>TWO<br/>THREE"),
        ('<a href="x>y">one</a>', '<a href="x>y">ONE</a>'),
        ("<Span>one</span>", "<Span>ONE</Span>"),
        ("one<!-- two -->", "ONE<!-- two -->"),
        ('<p class="a notranslate">one <b>two</b></p> three', '<p class="a notranslate">one <b>two</b></p> THREE'),
        ('<p translate="no">one &lt;</p>', '<p translate="no">one &lt;</p>'),
        ('<p translate="yes">one</p>', '<p translate="yes">ONE</p>'),
    ],
)
def test_text_is_translated_and_the_markup_stays(html: str, result: str) -> None:
    assert upper(html) == result


def test_text_is_given_and_comes_back_escaped() -> None:
    assert (
        translated("1 &lt; 2 &amp; AT&T &#39;", lambda text: f"[{text}]", dictionary=False)
        == "[1 &lt; 2 &amp; AT&amp;T ']"
    )


def test_a_term_of_the_dictionary_takes_the_place_of_its_element() -> None:
    html = 'one <mstrans:dictionary translation="zwei &amp; drei">two</mstrans:dictionary> four'
    assert upper(html) == "ONE zwei &amp; drei FOUR"
    assert upper(html, dictionary=False) == html.replace("one", "ONE").replace("two", "TWO").replace("four", "FOUR")


@pytest.mark.parametrize("html", ["<b>one", "one</b>", "<b><i>one</b></i>", "1 < 2", "one <b", "<00:01.000>one"])
def test_what_is_not_well_formed_is_refused(html: str) -> None:
    with pytest.raises(Refused) as refused:
        upper(html)
    assert refused.value.code == BAD_ELEMENT
