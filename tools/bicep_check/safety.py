"""No keys, no secret kept in the open, no role that is not what its name says."""

import re
from collections.abc import Iterator, Mapping

from pycep.models import BicepElement

from tools.bicep_check.template import Attributes, Node, Problem, Template, body, decorators, literal, load, nodes

# Microsoft's table of built-in roles: learn.microsoft.com/azure/role-based-access-control/built-in-roles
ROLES = {
    "Cognitive Services Speech Contributor": "0e75ca1e-0464-4b4d-8b93-68208a576181",
    "Cognitive Services User": "a97b65f3-24c7-4388-baec-2e87135dc908",
    "Key Vault Secrets User": "4633458b-17de-408a-b874-0445c86b69e6",
    "Monitoring Metrics Publisher": "3913510d-42f4-4e42-8a64-420c390055eb",
    "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
    "Storage Blob Data Owner": "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
    "Storage Blob Data Reader": "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
    "Storage Blob Delegator": "db58b8e5-c6ad-4a2a-8342-4190687cbf4a",
    "Storage Queue Data Contributor": "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
    "Storage Table Data Contributor": "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
}
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
KEY_IN_TEXT = re.compile(r"AccountKey=|SharedAccessKey=|sig=|DefaultEndpointsProtocol=", re.IGNORECASE)
# The one key that a template may ask for: the host's own, by which Event Grid is let in.
LISTED_KEYS = {"after-code.bicep"}


def _elements(template: Template) -> Iterator[Attributes]:
    for section in ("parameters", "variables", "resources", "modules", "outputs"):
        yield from template.section(section).values()


def role_ids(template: Template) -> Iterator[Problem]:
    """GUIDs that do not stand beside the name of the built-in role that they are."""
    for found in _elements(template):
        named = {pair for node in nodes(found) if isinstance(node, Mapping) for pair in _guid_pairs(node)}
        loose = {node for node in nodes(found) if isinstance(node, str) and GUID.fullmatch(node)}
        for name, guid in sorted(named - set(ROLES.items())):
            yield template.problem(found, f"{guid} is not the role {name}")
        for guid in sorted(loose - {guid for _, guid in named}):
            yield template.problem(found, f"{guid} stands without the name of its role")


def _guid_pairs(node: Mapping[str, Node]) -> Iterator[tuple[str, str]]:
    for key, value in node.items():
        if isinstance(value, str) and GUID.fullmatch(value):
            yield literal(key), value


def secrets_stay_secure(template: Template) -> Iterator[Problem]:
    """A secure parameter that a module takes as an ordinary one would be kept in the deployment's history."""
    secure = {name for name, found in template.section("parameters").items() if "secure" in decorators(found)}
    for name, module in template.section("modules").items():
        taken = load(template.path.parent / module["detail"]["path"]).section("parameters")
        for key, value in body(module).get("params", {}).items():
            if isinstance(value, BicepElement) and value in secure and "secure" not in decorators(taken[literal(key)]):
                yield template.problem(module, f"module {name} takes the secret {value} without @secure()")


def _lists_keys(node: Node) -> bool:
    match node:
        case {"function": {"type": kind}}:
            return str(kind).lower().startswith("list")
        case {"operator": {"type": "function_accessor"}}:
            return True
        case _:
            return False


def keys(template: Template) -> Iterator[Problem]:
    """Keys that are asked for or written down."""
    for found in _elements(template):
        for node in nodes(found):
            if _lists_keys(node) and template.path.name not in LISTED_KEYS:
                yield template.problem(found, "asks for keys; use an identity")
            if isinstance(node, str) and not isinstance(node, BicepElement) and KEY_IN_TEXT.search(node):
                yield template.problem(found, "holds a key or a signature in plain text")
