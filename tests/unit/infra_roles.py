"""Who may do what in a deployment, read from its evaluated role assignments."""

from typing import Any, NamedTuple

from tests.unit.infra import resources, snapshot
from tools.bicep_check.safety import ROLES

ASSIGNMENTS = "Microsoft.Authorization/roleAssignments"
NAMES = {guid: name for name, guid in ROLES.items()}
OWNERS = {
    "Microsoft.ManagedIdentity/userAssignedIdentities": "the app",
    "Microsoft.EventGrid/systemTopics": "the event topic",
    "SpeechServices": "Speech's own identity",
    "TextTranslation": "Translator's own identity",
}
PLACES = {
    "Microsoft.KeyVault/vaults": "the vault",
    "Microsoft.Insights/components": "Application Insights",
    "SpeechServices": "the Speech account",
    "TextTranslation": "the Translator account",
    "AIServices": "the Foundry account",
}
PERSON = "the person of `personPrincipalId`"


class Grant(NamedTuple):
    """Somebody may do something on a container, or on a resource as docs/security.md calls it."""

    who: str
    role: str
    on: str


def grants(shape: str) -> set[Grant]:
    """Every role that a deployment of this shape assigns."""
    return {_grant(shape, assignment) for assignment in resources(shape, ASSIGNMENTS)}


def _grant(shape: str, assignment: dict[str, Any]) -> Grant:
    properties = assignment["properties"]
    # Where the principal is known before the deployment, so is the assignment's whole id.
    scope = assignment["id"].removeprefix("[extensionResourceId('").split("'")[0].split(f"/providers/{ASSIGNMENTS}/")[0]
    role = NAMES[properties["roleDefinitionId"].rsplit("/", 1)[1]]
    return Grant(_who(shape, properties["principalId"]), role, _on(shape, scope))


def _who(shape: str, principal: str) -> str:
    """Whose id it is: of a resource, or of a person, which the parameters or the deployment name."""
    owner = next((resource for resource in snapshot(shape) if f"reference('{resource['id']}'" in principal), None)
    return OWNERS[owner["type"] if owner["type"] in OWNERS else owner["kind"]] if owner else PERSON


def _on(shape: str, scope: str) -> str:
    [resource] = [resource for resource in snapshot(shape) if resource["id"] == scope]
    if resource["type"].endswith("/containers"):
        return scope.rsplit("/", 1)[1]
    if resource["type"] == "Microsoft.Storage/storageAccounts":
        # People's files are in the account that has an inbox.
        has_inbox = any(each["id"] == f"{scope}/blobServices/default/containers/inbox" for each in snapshot(shape))
        return "the data account" if has_inbox else "the host's account"
    return PLACES[resource["type"] if resource["type"] in PLACES else resource["kind"]]
