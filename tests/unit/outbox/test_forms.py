"""The published form of receipts, the page about it, and the code say the same."""

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from shared.jobs.translation import Problem, State
from shared.outbox.forms import (
    VERSION,
    Correction,
    DropReceipt,
    EditReceipt,
    File,
    Form,
    IterationLine,
    Line,
    NoJobReceipt,
    Source,
    TranslationReceipt,
    schema,
)
from shared.outbox.receipts import drop_receipt, translation_receipt
from tests.receipts import SCHEMA, STRICT, read_receipt
from tests.unit.documents import DOCS, ROOT, code_words, rows
from tests.unit.records import PROBLEM, a_job, a_translation

PAGE = (DOCS / "receipts.md").read_text()
SECTIONS: dict[str, type[Form | Problem]] = {
    "The receipt of a translation": TranslationReceipt,
    "An iteration": IterationLine,
    "A correction in an iteration": Correction,
    "The receipt of a drop": DropReceipt,
    "A line of a drop": Line,
    "A file that never became a job": NoJobReceipt,
    "A correction": EditReceipt,
    "The source": Source,
    "An output": File,
    "A problem": Problem,
}
# The roots of kinds that are never raised themselves, and what keeps the app from starting at all.
NEVER_TOLD = {"error", "not-now", "provider-error", "settings-refused"}


def codes_of_the_code(pattern: str) -> set[str]:
    sources = [file.read_text() for file in (ROOT / "shared").rglob("*.py")]
    return {code for source in sources for code in re.findall(pattern, source)}


def test_the_published_schema_is_that_of_the_code() -> None:
    assert schema() == SCHEMA, "write it with: python -m tools.receipt_schema"
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("title", SECTIONS)
def test_the_page_explains_every_field(title: str) -> None:
    explained = {code_words(row[0])[0]: row[1] for row in rows(PAGE, title)}
    fields = SECTIONS[title].model_fields
    assert list(explained) == list(fields)
    assert {name for name, words in explained.items() if words.startswith("optional: ")} == {
        name for name, field in fields.items() if field.exclude_if
    }


def test_the_page_explains_every_problem_code() -> None:
    explained = [code_words(row[0])[0] for row in rows(PAGE, "Problem codes")]
    assert explained == sorted(set(explained))
    told = codes_of_the_code(r'\bcode(?:: ClassVar\[str\])? ?= ?"([a-z-]+)"') - NEVER_TOLD
    begun = tuple(codes_of_the_code(r'\bcode=f"([a-z-]+)\{'))
    assert told - set(explained) == set()
    assert [code for code in set(explained) - told if not code.startswith(begun)] == []


@pytest.mark.parametrize("state", State)
def test_every_receipt_is_as_published(state: State) -> None:
    translation = a_translation(state, problem=PROBLEM, passed_over={"vozo": PROBLEM})
    job = a_job(translation, problems=(PROBLEM,))
    for receipt in (translation_receipt(job, translation), drop_receipt(job)):
        assert read_receipt(json.dumps(receipt))["version"] == VERSION


@pytest.mark.parametrize(
    "change", [{"version": 2}, {"status": "odd"}, {"extra": 1}, {"problem": {"code": "x"}}, {"target": None}]
)
def test_a_receipt_of_another_form_is_noticed(change: dict[str, Any]) -> None:
    translation = a_translation(State.RUNNING)
    receipt = translation_receipt(a_job(translation), translation) | change
    with pytest.raises(ValidationError):
        STRICT.validate(receipt)
