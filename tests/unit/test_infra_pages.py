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
from tests.unit.infra import INFRA, ROOT, granted, run, variable
from tools.bicep_check.conventions import API_VERSIONS
from tools.bicep_check.template import load, nodes

DEPLOY = (DOCS / "deploy.md").read_text()
SECURITY = (DOCS / "security.md").read_text()
GRANTS = {
    "the app": "appGrants",
    "Translator's": "translatorGrants",
    "Speech's": "speechGrants",
    "the person": "personGrants",
}
ALWAYS_REGISTERED = {"Microsoft.Authorization", "Microsoft.Resources"}
# Flex Consumption runs on it, and no template names it.
PLATFORM = "Microsoft.App"


def shell(title: str) -> str:
    """The commands of deploy.md that have a word in them."""
    [block] = [block for _, block in blocks(DEPLOY, "sh") if title in block]
    return block


def told(who: str) -> set[tuple[str, str]]:
    """Container and role, as the security page tells them."""
    table = [row for row in rows(SECURITY, "Who may do what") if row[0].startswith(who)]
    return {(container, role) for _, role, where, _ in table for container in code_words(where)}


def words(value: Any) -> list[str]:
    """What a page has to show of a value."""
    return [str(word) for word in (value.values() if isinstance(value, Mapping) else [value])]


def alerts() -> set[str]:
    """The names of all alerts."""
    variables = load(INFRA / "modules" / "alerts.bicep").section("variables")
    found = [node for name in ("logAlerts", "topicAlerts") for node in nodes(variables[name]["value"])]
    return {node["name"] for node in found if isinstance(node, Mapping) and "name" in node}


def leaves(settings: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    """Each value with its dotted path; a level for each logger, and the bundle with its version, count as one."""
    for key, value in settings.items():
        place = f"{path}{key}"
        if isinstance(value, Mapping) and key not in ("logLevel", "extensionBundle"):
            yield from leaves(value, f"{place}.")
        else:
            yield place, value


@pytest.mark.parametrize("page", ["deploy", "operate", "cost", "security", "upgrade", "queries"])
def test_each_page_says_that_nothing_was_deployed(page: str) -> None:
    assert re.search(r"live\s+Azure\s+by\s+us", (DOCS / f"{page}.md").read_text())


@pytest.mark.parametrize("who", GRANTS)
def test_who_may_do_what_in_which_container_is_told_as_it_is_granted(who: str) -> None:
    containers = {str(name) for name in variable("main.bicep", "containers")}
    assert {pair for pair in told(who) if pair[0] in containers} == granted(GRANTS[who])


def test_every_role_is_told_and_used() -> None:
    roles = {name.strip("'") for name in variable("modules/roles.bicep", "roleIds")}
    text = (INFRA / "modules" / "roles.bicep").read_text()
    named = {role for row in rows(SECURITY, "Who may do what") for role in row[1].split(", ")}
    assert named == roles
    assert [role for role in roles if text.count(f"'{role}'") < 2] == []


def test_the_data_account_as_a_whole_is_open_for_two_things_only() -> None:
    assert variable("modules/roles.bicep", "dataAccountRoles") == [
        "Storage Blob Delegator",
        "Storage Queue Data Contributor",
    ]


def test_every_provider_of_resources_is_to_be_registered() -> None:
    registered = set(re.findall(r"Microsoft\.\w+", shell("az provider register")))
    assert registered == {kind.split("/")[0] for kind in API_VERSIONS} - ALWAYS_REGISTERED | {PLATFORM}


def test_outputs_become_variables_whatever_case_azure_answers_in() -> None:
    [program] = re.findall(r"python3 -c '(.*?)'\)\"", shell("az deployment sub create"), re.DOTALL)
    outputs = {
        "inboX_CONTAINER": {"type": "String", "value": "a b"},
        "AZURE_CLIENT_ID": {"type": "String", "value": "1"},
    }
    ended = run("sh", "-c", f"echo {shlex.quote(json.dumps(outputs))} | {sys.executable} -c {shlex.quote(program)}")
    assert ended.stdout.splitlines() == ["export INBOX_CONTAINER='a b'", "export AZURE_CLIENT_ID=1"]


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
