"""Our templates pass our gate, and the gate sees what it is for."""

import re
import shutil
from pathlib import Path

import pytest

from tests.unit.documents import DOCS
from tests.unit.infra import INFRA, ROOT
from tools.bicep_check.__main__ import check, made_up
from tools.bicep_check.compiler import Compiler, NoSuchCompilerError, find
from tools.bicep_check.scan import NoReportError, complaints, scan
from tools.bicep_check.snapshots import evaluate
from tools.bicep_check.template import UnreadableTemplateError

MISTAKES = [
    ("main.bicep", "@maxLength(512)\n@secure", "@secure", "vozoApiKey has no bounds"),
    ("modules/key-vault.bicep", "@secure()\n", "", "takes the secret vozoApiKey without @secure()"),
    ("modules/roles.bicep", "metadata description", "metadata subject", "has no metadata description"),
    ("modules/roles.bicep", "ba92f5b4", "ba92f5b5", "is not the role Storage Blob Data Contributor"),
    ("modules/roles.bicep", "definitions[role]", "'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'", "is not the role"),
    ("modules/alerts.bicep", "componentId]", "'AccountKey=x']", "holds a key or a signature"),
    ("modules/data-storage.bicep", "account.name}.blob", "account.listKeys().keys[0].value}.blob", "asks for keys"),
]
COMPILER = find()
COMPILED = pytest.mark.skipif(COMPILER is None, reason="no Bicep compiler on this machine")
# What only the compiler knows: symbols, outputs of modules, types of resources, versions of them, descriptions.
COMPILED_MISTAKES = [
    ("main.bicep", "vnetEnabled ? network!", "vnet ? network!", "BCP057"),
    ("main.bicep", "keyVault.outputs.name", "keyVault.outputs.key", "BCP053"),
    ("main.bicep", "@description('The app that the code is published to.')\n", "", "use-description-outputs"),
    ("modules/key-vault.bicep", "secrets@2024-11-01", "secrets@2025-01-01-preview", "BCP081"),
    ("modules/function-app.bicep", "      runtime: {", "      siteUpdateStrategy: {}\n      runtime: {", "BCP037"),
]


def copied(folder: Path) -> Path:
    """A copy of the templates, and of what they read beside them."""
    infra = shutil.copytree(INFRA, folder / "infra")
    shutil.copy(ROOT / "bicepconfig.json", folder)
    (folder / "docs").mkdir()
    shutil.copy(DOCS / "queries.md", folder / "docs")
    return infra


def spoil(path: Path, right: str, wrong: str) -> None:
    """Put a mistake into a template."""
    text = path.read_text()
    assert right in text
    path.write_text(text.replace(right, wrong))


def test_our_templates_have_no_problems() -> None:
    assert [str(problem) for problem in check(INFRA)] == []


@pytest.mark.parametrize(("file", "right", "wrong", "said"), MISTAKES)
def test_a_mistake_is_seen(tmp_path: Path, file: str, right: str, wrong: str, said: str) -> None:
    folder = copied(tmp_path)
    spoil(folder / file, right, wrong)
    assert any(said in problem.text for problem in check(folder))


@COMPILED
def test_what_only_the_compiler_knows_is_seen_by_it(tmp_path: Path) -> None:
    assert COMPILER is not None
    folder = copied(tmp_path)
    for file, right, wrong, _ in COMPILED_MISTAKES:
        spoil(folder / file, right, wrong)
    complaints = "\n".join(COMPILER.complaints("lint", folder / "main.bicep"))
    assert [said for *_, said in COMPILED_MISTAKES if said not in complaints] == []


@COMPILED
def test_a_change_that_the_snapshots_do_not_show_is_seen(tmp_path: Path) -> None:
    assert COMPILER is not None
    folder = copied(tmp_path)
    spoil(folder / "after-code.bicep", "maxDeliveryAttempts int = 30", "maxDeliveryAttempts int = 29")
    said = evaluate(COMPILER, "validate", folder / "snapshots" / "after-code.bicepparam")
    assert any("maxDeliveryAttempts" in line for line in said)


def test_the_compiler_that_is_named_comes_first_and_must_be_there(tmp_path: Path) -> None:
    named = tmp_path / "bicep"
    with pytest.raises(NoSuchCompilerError, match="BICEP names"):
        find({"BICEP": str(named)}, tmp_path)
    named.touch()
    assert find({"BICEP": str(named), "PATH": ""}, tmp_path) == Compiler(named)


def test_the_compiler_is_looked_for_on_the_path_then_beside_the_clone_then_where_az_puts_it(tmp_path: Path) -> None:
    clone, on_path, az = tmp_path / "clone", tmp_path / "path", tmp_path / "az"
    places = [on_path / "bicep", tmp_path / "shared" / "tools" / "bicep" / "bicep", az / "bin" / "bicep"]
    environment = {"PATH": str(on_path), "AZURE_CONFIG_DIR": str(az)}
    assert find(environment, clone) is None
    for place in reversed(places):
        place.parent.mkdir(parents=True)
        place.touch(mode=0o755)
        assert find(environment, clone) == Compiler(place)


def test_a_warning_is_a_complaint_and_so_is_a_failure_without_a_word(tmp_path: Path) -> None:
    program = tmp_path / "bicep"
    program.write_text('#!/bin/sh\n[ "$1" = lint ] && echo "a.bicep(1,1) : Warning X" >&2 && exit 0\nexit 3\n')
    program.chmod(0o755)
    assert Compiler(program).complaints("lint") == ["a.bicep(1,1) : Warning X"]
    assert Compiler(program).complaints("build") == ["bicep build failed without a word"]


def test_every_module_is_part_of_a_deployed_template() -> None:
    text = "".join(path.read_text() for path in INFRA.glob("*.bicep"))
    assert [path.name for path in (INFRA / "modules").glob("*.bicep") if f"'modules/{path.name}'" not in text] == []


def test_a_file_that_cannot_be_parsed_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "broken.bicep").write_text("resource = {\n")
    with pytest.raises(UnreadableTemplateError, match=r"broken\.bicep"):
        list(check(tmp_path))


def test_the_workflow_has_a_compiler_for_the_gate() -> None:
    workflow = (ROOT / ".github" / "workflows" / "check.yml").read_text()
    assert re.search(r"run: az bicep install --version v[\d.]+\n.*run: make check", workflow, re.DOTALL)


def test_what_the_parameters_must_be_given_is_given() -> None:
    needed = set(made_up(INFRA / "main.bicepparam"))
    assert {"AZURE_ENV_NAME", "CALLBACK_SECRET"} <= needed
    assert [name for name in needed if not re.search(rf"\b{name}=", (DOCS / "deploy.md").read_text())] == []


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
