"""What the pages say is so."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.jobs.translation import ENDED, MOVES, State
from shared.providers.base import Provider
from shared.providers.registry import PROVIDERS
from shared.settings import FIELDS as SETTINGS
from shared.settings import NAMES
from tests.unit.briefs.test_schema import FIELDS, paths
from tests.unit.documents import DOCS, ROOT, blocks, code_words, pages, prose, provider_page, rows
from tests.unit.infra import INFRA, functions, run, triggers
from tests.unit.providers.declared import declared
from tests.unit.test_infra_settings import LATER
from tools.bicep_check.template import load
from tools.language_table import table

PAGES = pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
# Names in the style of functions that are none: fields of receipts, the host's own key, a value of Vozo's.
NOT_FUNCTIONS = {"last_tick_seconds", "held_until", "passed_over", "wait_for", "blobs_extension", "final_translated"}
OF_DROPS_ALONE = {"waiting", "refused", "held", "partial"}
# The platform's own, and what a deployment reads from its environment.
NOT_SETTINGS = {"WEBSITE_HOSTNAME", *re.findall(r"'([A-Z_]+)'", (INFRA / "main.bicepparam").read_text()), "ALERT_EMAIL"}
PLACES = ("shared/", "sandbox/", "infra/", "tests/", "bench/", "tools/", "docs/")


def anchors(page: Path) -> set[str]:
    """The anchors that a page's headings get where it is shown."""
    titles = re.findall(r"^#+ (.+)$", prose(page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def links(page: Path) -> Iterator[str]:
    """Where a page's links lead, those to other sites apart."""
    targets = re.findall(r"\]\(([^)]+)\)", prose(page.read_text()))
    return (target for target in targets if "://" not in target)


def routes() -> set[str]:
    """Every address of the app, with `*` for what a caller fills in."""
    found = {trigger.get("route", "") for trigger in triggers() if trigger["type"] == "httpTrigger"}
    return {re.sub(r"\{\w+\}", "*", route) for route in found}


def capabilities() -> dict[str, list[str]]:
    """The rows of the capability table by provider."""
    tables = (rows(provider_page(provider.name), "What it can do") for provider in PROVIDERS)
    return {row[0]: row[1:] for table in tables for row in table}


def overrides(provider: type[Provider], method: str) -> str:
    return "yes" if getattr(provider, method) is not getattr(Provider, method) else "no"


def default_of(setting: str) -> str:
    """A setting's default as the table writes it."""
    field = SETTINGS[setting]
    if field.is_required():
        return "required"
    match field.default:
        case None | "":
            return "none"
        case bool():
            return f"`{str(field.default).lower()}`"
    return f"`{field.default}`"


@PAGES
def test_links_lead_somewhere(page: Path) -> None:
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@PAGES
def test_files_that_are_named_exist(page: Path) -> None:
    named = [word for word in code_words(prose(page.read_text())) if word.startswith(PLACES) and "<" not in word]
    assert [word for word in named if not (ROOT / word).exists()] == []


@PAGES
def test_targets_of_make_exist(page: Path) -> None:
    text = page.read_text()
    shown = [*code_words(prose(text)), *(block for _, block in blocks(text, "sh"))]
    named = {target for part in shown for target in re.findall(r"^make ([a-z]+)", part, re.MULTILINE)}
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert named <= set(targets)


@PAGES
def test_functions_that_are_named_exist(page: Path) -> None:
    fields = {name for provider in FIELDS.values() for name in paths(provider)}
    named = {word for word in code_words(prose(page.read_text())) if re.fullmatch(r"[a-z]+(_[a-z]+)+", word)}
    assert named - fields - NOT_FUNCTIONS - set(vars(Provider)) <= set(functions())


@PAGES
def test_addresses_of_the_app_exist(page: Path) -> None:
    named = {found.rstrip("/.") for found in re.findall(r"/api/([\w/{}<>.-]+)", page.read_text())}
    assert {re.sub(r"\{\w+\}|<\w+>", "*", route) for route in named} <= routes()


@PAGES
def test_settings_that_are_named_exist(page: Path) -> None:
    named = {word for word in code_words(prose(page.read_text())) if re.fullmatch(r"[A-Z]+(_[A-Z]+)+", word)}
    assert named <= NAMES | LATER | NOT_SETTINGS


def test_the_picture_of_the_flow_names_functions_of_the_app() -> None:
    [(_, picture)] = blocks((ROOT / "README.md").read_text(), "mermaid")
    named = set(re.findall(r"\[([a-z]+_[a-z]+)\]", picture))
    assert named
    assert named <= set(functions())


def test_every_setting_is_described_once_with_its_default() -> None:
    table = rows((DOCS / "deploy.md").read_text(), "App settings")
    table += [row for provider in PROVIDERS for row in rows(provider_page(provider.name), "Settings")]
    described = [(code_words(row[0])[0], row[2]) for row in table]
    assert sorted(described) == sorted((name, default_of(name)) for name in NAMES)


def test_parameters_have_the_defaults_of_the_template() -> None:
    parameters = load(INFRA / "main.bicep").section("parameters")
    for name, default, _ in rows((DOCS / "deploy.md").read_text(), "Parameters"):
        values = [parameters[word].get("default") for word in code_words(name)]
        if default.replace(",", "").replace("`", "").split()[0].isdigit():
            assert [str(value) for value in values] == default.split(", ")


def test_the_states_are_drawn_as_they_move() -> None:
    [(_, picture)] = blocks((DOCS / "states.md").read_text(), "mermaid")
    arrows = re.findall(r"^ *(\S+) --> (\w+|\[\*\])(?:: .+)?$", picture, re.MULTILINE)
    inner = [(before, after) for before, after in arrows if "[*]" not in (before, after)]
    assert sorted(inner) == sorted((str(before), str(after)) for before, afters in MOVES.items() for after in afters)
    assert {before for before, after in arrows if after == "[*]"} == {str(state) for state in ENDED}


def test_each_state_is_explained() -> None:
    explained = [code_words(row[0])[0] for row in rows((DOCS / "states.md").read_text(), "State by state")]
    assert explained == [str(state) for state in State]


def test_each_status_of_a_receipt_is_explained() -> None:
    explained = {
        word for row in rows((ROOT / "README.md").read_text(), "What a status means") for word in code_words(row[0])
    }
    assert explained == {*map(str, State), *OF_DROPS_ALONE}


def test_each_provider_has_a_row() -> None:
    assert list(capabilities()) == [provider.name for provider in PROVIDERS]


@pytest.mark.parametrize("name", declared())
def test_a_provider_can_do_what_its_row_says(name: str) -> None:
    said = declared()[name]
    _, taken, _, api, *answers, results, _ = capabilities()[name]
    assert code_words(taken) == sorted(said.extensions)
    assert code_words(api) == list(said.versions)
    assert answers == [overrides(type(said.provider), method) for method in ("find", "adopt", "cancel", "forget")]
    assert code_words(results) == list(said.suffixes)


def test_the_story_of_a_provider_is_told_whole() -> None:
    told = {code_words(row[0])[0] for row in rows((DOCS / "providers.md").read_text(), "The story")}
    declared = {
        "settings",
        "fields",
        "route",
        "most_in_flight",
        "lease",
        "longest_request",
        "build",
        "called",
        "is_on",
        "language",
        "unfit",
    }
    assert told == {name for name in vars(Provider) if not name.startswith("_")} - declared


def test_the_table_of_languages_is_that_of_the_code() -> None:
    assert (DOCS / "languages.md").read_text().endswith(f"\n{table()}\n")


def test_the_formula_of_the_costs_gives_the_table_below_it() -> None:
    page = (DOCS / "cost.md").read_text()
    [(_, formula)] = blocks(page, "python")
    ran = run(sys.executable, "-c", formula)
    assert ran.stdout.strip() in page, ran.stderr
