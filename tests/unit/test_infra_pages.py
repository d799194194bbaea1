"""What the pages on the deployment say is what the templates and scripts do."""

import json
import re
import shlex
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.unit.documents import DOCS, blocks, code_words, pages, rows
from tests.unit.infra import INFRA, ROOT, SECOND_PHASES, SHAPES, resources, run, snapshot
from tests.unit.infra_roles import Grant, grants
from tools.bicep_check.safety import ROLES
from tools.bicep_check.template import load

DEPLOY = (DOCS / "deploy.md").read_text()
SECURITY = (DOCS / "security.md").read_text()
ALWAYS_REGISTERED = {"Microsoft.Authorization", "Microsoft.Resources"}
# Flex Consumption runs on it, and no template names it.
PLATFORM = "Microsoft.App"


def shell(title: str) -> str:
    """The commands of deploy.md that have a word in them."""
    [block] = [block for _, block in blocks(DEPLOY, "sh") if title in block]
    return block


def told() -> set[Grant]:
    """Who may do what on what, as the security page tells it: roles with commas between them, containers as code."""
    table = rows(SECURITY, "Who may do what")
    return {
        Grant(who, role, place)
        for who, roles, where, _ in table
        for role in roles.split(", ")
        for place in code_words(where) or [where]
    }


def words(value: Any) -> list[str]:
    """What a page has to show of a value."""
    return [str(word) for word in (value.values() if isinstance(value, Mapping) else [value])]


def alerts() -> set[str]:
    """The names of all alerts."""
    kinds = ("Microsoft.Insights/scheduledQueryRules", "Microsoft.Insights/metricAlerts")
    rules = [rule for kind in kinds for rule in resources("after-code", kind)]
    return {rule["name"].removeprefix("alert-plain-") for rule in rules}


def leaves(settings: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    """Each value with its dotted path; a level for each logger, and the bundle with its version, count as one."""
    for key, value in settings.items():
        place = f"{path}{key}"
        if isinstance(value, Mapping) and key not in ("logLevel", "extensionBundle"):
            yield from leaves(value, f"{place}.")
        else:
            yield place, value


@pytest.mark.parametrize("page", ["deploy", "drop", "operate", "cost", "security", "upgrade", "queries"])
def test_each_page_says_that_nothing_was_deployed(page: str) -> None:
    assert re.search(r"live\s+Azure\s+by\s+us", (DOCS / f"{page}.md").read_text())


def test_who_may_do_what_is_told_as_the_shapes_together_grant_it() -> None:
    assert told() == {grant for shape in SHAPES for grant in grants(shape)}


def test_every_known_role_is_used() -> None:
    assert {grant.role for grant in told()} == set(ROLES)


def test_the_data_account_as_a_whole_is_open_for_two_things_only() -> None:
    assert {grant.role for grant in told() if grant.on == "the data account"} == {
        "Storage Blob Delegator",
        "Storage Queue Data Contributor",
    }


def test_every_provider_of_resources_is_to_be_registered() -> None:
    registered = set(re.findall(r"Microsoft\.\w+", shell("az provider register")))
    kinds = {found["type"] for shape in [*SHAPES, *SECOND_PHASES] for found in snapshot(shape)}
    assert registered == {kind.split("/")[0] for kind in kinds} - ALWAYS_REGISTERED | {PLATFORM}


def test_outputs_become_variables_whatever_case_azure_answers_in() -> None:
    [program] = re.findall(r"python3 -c '(.*?)'\)\"", shell("az deployment sub create"), re.DOTALL)
    outputs = {
        "inboX_CONTAINER": {"type": "String", "value": "a b"},
        "APP_CLIENT_ID": {"type": "String", "value": "1"},
    }
    ended = run("sh", "-c", f"echo {shlex.quote(json.dumps(outputs))} | {sys.executable} -c {shlex.quote(program)}")
    assert ended.stdout.splitlines() == ["export INBOX_CONTAINER='a b'", "export APP_CLIENT_ID=1"]


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_commands_use_variables_that_the_deployment_gives(page: Path) -> None:
    commands = "".join(block for _, block in blocks(page.read_text(), "sh"))
    given = {*load(INFRA / "main.bicep").section("outputs"), *re.findall(r"([A-Z_]+)=", commands)}
    assert set(re.findall(r"\$\{?([A-Z][A-Z_]+)", commands)) <= given


def test_every_value_of_host_json_is_explained() -> None:
    explained = {
        code_words(row[0])[0]: row[1] for row in rows((DOCS / "operate.md").read_text(), "host.json, value by value")
    }
    values = dict(leaves(json.loads((ROOT / "host.json").read_text())))
    assert explained.keys() == values.keys()
    assert [key for key, value in values.items() for word in words(value) if word not in explained[key]] == []


def test_every_alert_is_explained() -> None:
    titles = re.findall(r"^### (.+) \(severity \d\)$", (DOCS / "operate.md").read_text(), re.MULTILINE)
    assert alerts() == {name for title in titles for name in title.split(", ")}
