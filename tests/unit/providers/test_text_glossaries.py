"""The glossaries of a text file: how the service is told of terms, and what the receipt says of them."""

from collections.abc import Mapping
from typing import Any

import pytest

from shared.errors import NotReady
from shared.providers.outcome import Finished
from shared.providers.task import Pair
from tests.unit.providers.texts import Place, Texts, provider

SRT = (
    b"1\n00:00:01,000 --> 00:00:02,500\nThe <i>harbour master</i> waits\n\n"
    b"2\n00:00:02,600 --> 00:00:04,500\nin the harbour of Contoso & Sons.\n"
)
TERMS = "harbour\tHafen\nharbour master\tHafenmeister\nContoso\tContoso\nlighthouse\tLeuchtturm\n"


async def carried(
    texts: Texts, options: Mapping[str, Any] | None = None, terms: str = TERMS, **given: Any
) -> tuple[Finished, str]:
    """The end of a translation with a glossary, and the file."""
    place = Place(SRT)
    source = given["pair"].source if "pair" in given else "en"
    place.glossaries.put(f"default.{(source or 'en')[:2]}-de.tsv", terms.encode())
    finished = await place.carry(provider(texts, foundry=True), options, **given)
    return finished, place.result(finished).decode()


def service(text: str) -> str:
    """What the service makes of terms: their translations in place of the markup."""
    for source, target in (("harbour master", "Hafenmeister"), ("harbour", "Hafen")):
        text = text.replace(f'<mstrans:dictionary translation="{target}">{source}</mstrans:dictionary>', target)
    return text.replace("The ", "Der ").replace(" waits in the ", " wartet im ").replace(" of ", " von ")


async def test_terms_go_with_their_translation_where_english_is_one_of_the_languages() -> None:
    texts = Texts(translate=service)
    finished, text = await carried(texts)
    assert [row["text"] for row in texts.rows] == [
        'The <span id="1"><mstrans:dictionary translation="Hafenmeister">harbour master</mstrans:dictionary></span> '
        'waits in the <mstrans:dictionary translation="Hafen">harbour</mstrans:dictionary> of '
        '<span id="2" class="notranslate">Contoso</span> &amp; Sons.'
    ]
    assert "Der <i>Hafenmeister</i>" in text
    assert "Hafen von Contoso & Sons." in text
    details = finished.details
    assert (details["glossariesBy"], details["glossaries"][0]["name"]) == ("dictionary", "default.en-de.tsv")
    assert (details["terms"], details["termsKept"], details["termsNotAlwaysKept"]) == (3, 3, [])


@pytest.mark.parametrize("pair", [Pair("fr-FR", "de-DE"), Pair(None, "de-DE")])
async def test_elsewhere_only_what_stays_is_marked_and_the_rest_is_checked(pair: Pair) -> None:
    texts = Texts(translate=lambda text: text.replace("The", "Der"))
    finished, _ = await carried(texts, pair=pair)
    assert [row["text"].count("<mstrans") for row in texts.rows] == [0]
    assert '<span id="2" class="notranslate">Contoso</span>' in texts.rows[0]["text"]
    assert "only checked" in finished.warnings[0]
    assert finished.details["termsNotAlwaysKept"] == [
        {"line": 1, "texts": 1, "kept": 0},
        {"line": 2, "texts": 1, "kept": 0},
    ]


async def test_a_language_model_gets_the_terms_that_occur_as_examples() -> None:
    texts = Texts()
    finished, _ = await carried(texts, {"deploymentName": "my-gpt"})
    assert texts.rows[0]["targets"][0]["referenceTextPairs"] == [
        {"source": "harbour", "target": "Hafen"},
        {"source": "harbour master", "target": "Hafenmeister"},
    ]
    assert finished.details["glossariesBy"] == "referenceTextPairs"


async def test_the_briefs_own_examples_come_first() -> None:
    texts, own = Texts(), [{"source": "a", "target": "b"}]
    finished, _ = await carried(texts, {"deploymentName": "my-gpt", "referenceTextPairs": own})
    assert texts.rows[0]["targets"][0]["referenceTextPairs"] == own
    assert "only checked" in finished.warnings[0]


async def test_a_term_that_the_service_loses_is_counted_by_its_line() -> None:
    finished, _ = await carried(Texts(translate=lambda text: service(text).replace("Hafenmeister", "Chef")))
    assert finished.details["termsNotAlwaysKept"] == [{"line": 2, "texts": 1, "kept": 0}]


async def test_a_glossary_of_which_no_term_occurs_is_a_warning() -> None:
    finished, _ = await carried(Texts(), terms="lighthouse\tLeuchtturm\n")
    assert "No term of the glossary occurs in the text." in finished.warnings


async def test_the_glossary_of_the_beginning_counts_to_the_end() -> None:
    place, texts = Place(SRT), Texts(translate=service)
    place.glossaries.put("default.en-de.tsv", TERMS.encode())

    def change(sent: list[str]) -> None:
        assert sent
        place.glossaries.blobs.clear()
        place.glossaries.put("default.en-de.tsv", b"harbour\tPort\n")

    texts.refuse = change
    finished = await place.carry(provider(texts))
    assert finished.details["terms"] == 3


async def test_a_faulty_glossary_or_one_that_is_not_there_makes_the_file_wait() -> None:
    with pytest.raises(NotReady, match="line 1"):
        await carried(Texts(), terms="harbour\n")
    with pytest.raises(NotReady, match="no glossary called medical"):
        await carried(Texts(), {"glossaries": ["medical"]})


async def test_the_receipt_names_no_term() -> None:
    finished, _ = await carried(Texts())
    assert "arbour" not in str((finished.details, finished.warnings, finished.operation))
