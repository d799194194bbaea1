"""What the pages for everybody say of each provider comes from the provider: nobody edits them for a new one."""

import json

import pytest
from jsonschema import Draft202012Validator

from shared.providers.registry import PROVIDERS
from tests.integration.made_up_provider import Shout
from tools.provider_pages import BRIEF, LIST, SCHEMA, own_page, written

SHOUT_PAGE = """# shout

## Fields in a brief

| field | value |
| --- | --- |
| `twice` | whether it says everything again, as [any](https://example.com) `echo` does |

"""


def page_of(name: str) -> str:
    return SHOUT_PAGE if name == Shout.name else own_page(name)


def test_the_pages_say_what_the_providers_declare() -> None:
    for file, text in written(PROVIDERS).items():
        assert file.read_text() == text, f"{file}: write it again with make pages"


class TestOneMoreProvider:
    """It is a module and a page, and its name in the registry."""

    PAGES = written([*PROVIDERS, Shout], page_of)

    @pytest.mark.parametrize(
        "brief",
        [
            {"shout": {"twice": True}},
            {"shout": None, "route": {"document": ["shout"]}},
            {"perTarget": {"de-DE": {"shout": {"twice": None}, "route": ["shout"]}}},
        ],
        ids=str,
    )
    def test_may_stand_in_a_brief_wherever_others_may(self, brief: object) -> None:
        assert Draft202012Validator(json.loads(self.PAGES[SCHEMA])).is_valid(brief)
        assert not Draft202012Validator(json.loads(SCHEMA.read_text())).is_valid(brief)

    def test_has_its_own_fields_checked_and_explained(self) -> None:
        schema = json.loads(self.PAGES[SCHEMA])
        assert not Draft202012Validator(schema).is_valid({"shout": {"twice": "yes"}})
        [field] = schema["properties"]["shout"]["properties"].values()
        assert field["description"] == "Whether it says everything again, as any echo does."

    def test_has_the_place_in_the_default_route_that_it_declares(self) -> None:
        assert '"document": ["azure-document", "shout"]' in self.PAGES[BRIEF]

    def test_is_linked_from_the_list_of_providers(self) -> None:
        assert "- [shout](providers/shout.md)\n" in self.PAGES[LIST]
