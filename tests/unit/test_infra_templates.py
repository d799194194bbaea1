"""Our templates pass our gate, and the gate sees what it is for."""

import re
import shutil
from pathlib import Path

import pytest

from tests.unit.documents import DOCS
from tests.unit.infra import INFRA, ROOT
from tools.bicep_check.__main__ import check
from tools.bicep_check.scan import NoReportError, complaints, scan
from tools.bicep_check.template import UnreadableTemplateError

MISTAKES = [
    ("main.bicep", "!empty(vozoApiKey)", "!empty(vozoKey)", "uses vozoKey, which nothing declares"),
    ("main.bicep", "${packageContainer}", "${package}", "uses package, which nothing declares"),
    ("main.bicep", "vnetEnabled ? network!", "vnet ? network!", "uses vnet, which nothing declares"),
    ("main.bicep", "alertEmail\n", "''\n", "alertEmail is declared and never used"),
    ("main.bicep", "monitoring.outputs.componentId", "monitoring.outputs.key", "monitoring has no output key"),
    ("main.bicep", "    vaultName: keyVault.outputs.name\n", "", "does not give vaultName"),
    ("main.bicep", "    httpConcurrency: httpConcurrency", "    concurrency: httpConcurrency", "gives concurrency"),
    ("main.bicep", "@maxLength(254)\n", "", "alertEmail has no bounds"),
    ("main.bicep", "@description('The app that the code is published to.')\n", "", "has no description"),
    ("main.bicep", "= containers.inbox\n", "= vozoApiKey\n", "output INBOX_CONTAINER gives away a secret"),
    ("main.bicepparam", "param callbackSecret", "param callbackSecrets", "does not give callbackSecret"),
    ("modules/key-vault.bicep", "@secure()\n", "", "takes the secret vozoApiKey without @secure()"),
    ("modules/key-vault.bicep", "@secure()\n", "", "vozoApiKey sounds like a secret"),
    ("modules/key-vault.bicep", "param vozoApiKey string", "param vozoApiKey string = 'k'", "secret with a default"),
    ("modules/key-vault.bicep", "secrets@2024-11-01", "secrets@2025-01-01-preview", "is pinned to 2024-11-01"),
    ("modules/key-vault.bicep", "enableRbacAuthorization: true", "enableRbacAuthorization: false", "must be True"),
    ("modules/data-storage.bicep", "allowSharedKeyAccess: false", "allowSharedKeyAccess: true", "must be False"),
    (
        "modules/data-storage.bicep",
        "account.name}.blob",
        "account.listKeys().keys[0].value}.blob",
        "gives away a secret",
    ),
    ("modules/roles.bicep", "ba92f5b4", "ba92f5b5", "is not the role Storage Blob Data Contributor"),
    ("modules/roles.bicep", "grant in containerGrants", "granted in containerGrants", "uses grant, which nothing"),
    ("modules/roles.bicep", "definitions[role]", "'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'", "is not the role"),
    ("modules/alerts.bicep", "componentId]", "'AccountKey=x']", "holds a key or a signature"),
]


def test_our_templates_have_no_problems() -> None:
    assert [str(problem) for problem in check(INFRA)] == []


@pytest.mark.parametrize(("file", "right", "wrong", "said"), MISTAKES)
def test_a_mistake_is_seen(tmp_path: Path, file: str, right: str, wrong: str, said: str) -> None:
    folder = shutil.copytree(INFRA, tmp_path / "infra")
    text = (folder / file).read_text()
    assert right in text
    (folder / file).write_text(text.replace(right, wrong))
    assert any(said in problem.text for problem in check(folder))


def test_a_file_that_cannot_be_parsed_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "broken.bicep").write_text("resource = {\n")
    with pytest.raises(UnreadableTemplateError, match=r"broken\.bicep"):
        list(check(tmp_path))


def test_the_compiler_builds_and_lints_every_template_in_the_workflow() -> None:
    workflow = (ROOT / ".github" / "workflows" / "check.yml").read_text()
    wanted = [f"{verb} --file infra/{path.name}" for path in INFRA.glob("*.bicep") for verb in ("build", "lint")]
    wanted += [f"build-params --file infra/{path.name}" for path in INFRA.glob("*.bicepparam")]
    assert len(wanted) > 4
    assert [command for command in wanted if f"az bicep {command}" not in workflow] == []


@pytest.mark.parametrize(
    "place", [ROOT / ".github" / "workflows" / "check.yml", DOCS / "deploy.md"], ids=lambda path: path.name
)
def test_what_the_parameters_must_be_given_is_given(place: Path) -> None:
    needed = re.findall(r"readEnvironmentVariable\('(\w+)'\)", (INFRA / "main.bicepparam").read_text())
    assert needed
    assert [name for name in needed if not re.search(rf"\b{name}[:=]", place.read_text())] == []


def test_checkovs_silence_about_an_unparsed_file_is_broken() -> None:
    report = {"results": {"failed_checks": [], "parsing_errors": ["main.bicep"]}, "summary": {"passed": 5}}
    assert list(complaints(report)) == ["main.bicep: checkov cannot parse it"]


def test_a_scan_without_checkov_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(NoReportError, match=r"make \.venv-infra/ready"):
        scan(INFRA, tmp_path / "checkov")


def test_what_checkov_says_instead_of_a_report_is_told(tmp_path: Path) -> None:
    checkov = tmp_path / "checkov"
    checkov.write_text("#!/bin/sh\necho no such option >&2; exit 2\n")
    checkov.chmod(0o755)
    with pytest.raises(NoReportError, match="no such option"):
        scan(INFRA, checkov)


def test_a_scan_of_nothing_is_no_success() -> None:
    assert list(complaints({"summary": {"passed": 0}})) == ["checkov checked nothing"]
