"""No keys, no secrets in the open, no role that is not what its name says."""

import re
from collections.abc import Iterator, Mapping

from pycep.models import BicepElement

from tools.bicep_check.symbols import references
from tools.bicep_check.template import Attributes, Node, Problem, Template, body, decorators, literal, nodes

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
# Settings that turn keys off, by the type of the resource that has them.
KEYLESS: dict[str, dict[str, bool | str]] = {
    "Microsoft.CognitiveServices/accounts": {"disableLocalAuth": True},
    "Microsoft.Insights/components": {"DisableLocalAuth": True},
    "Microsoft.KeyVault/vaults": {"enableRbacAuthorization": True},
    "Microsoft.Storage/storageAccounts": {
        "allowSharedKeyAccess": False,
        "allowBlobPublicAccess": False,
        "minimumTlsVersion": "TLS1_2",
        "supportsHttpsTrafficOnly": True,
    },
}
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SECRET_NAME = re.compile(r"(key|secret|password|token|connectionstring)$", re.IGNORECASE)
KEY_IN_TEXT = re.compile(r"AccountKey=|SharedAccessKey=|sig=|DefaultEndpointsProtocol=", re.IGNORECASE)
# The one key that a template may ask for: the host's own, by which Event Grid is let in.
LISTED_KEYS = {"event-subscriptions.bicep"}


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


def secure_parameters(template: Template) -> Iterator[Problem]:
    """Parameters named as secrets that are not secure, and secrets with a default."""
    for name, found in template.section("parameters").items():
        secure = "secure" in decorators(found)
        if SECRET_NAME.search(name) and not secure:
            yield template.problem(found, f"{name} sounds like a secret and is not @secure()")
        if secure and found["default"]:
            yield template.problem(found, f"{name} is a secret with a default")


def secret_outputs(template: Template) -> Iterator[Problem]:
    """Outputs from which a secret could be read."""
    secure = {name for name, found in template.section("parameters").items() if "secure" in decorators(found)}
    for name, found in template.section("outputs").items():
        if secure & set(references(found["value"])) or any(_lists_keys(node) for node in nodes(found["value"])):
            yield template.problem(found, f"output {name} gives away a secret")


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


def key_access(template: Template) -> Iterator[Problem]:
    """Resources that would accept a key, or the public."""
    for name, found in template.section("resources").items():
        if found["existing"]:
            continue
        properties = body(found).get("properties", {})
        for setting, wanted in KEYLESS.get(found["type"], {}).items():
            if properties.get(setting) != wanted:
                yield template.problem(found, f"{name}: {setting} must be {wanted}")
