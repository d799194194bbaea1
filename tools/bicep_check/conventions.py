"""How our templates are written: described, bounded, pinned."""

from collections.abc import Iterator

from tools.bicep_check.template import Attributes, Problem, Template, decorators

# Stable versions that were read in public templates or in the resource provider's own reference.
API_VERSIONS = {
    "Microsoft.Authorization/roleAssignments": "2022-04-01",
    "Microsoft.CognitiveServices/accounts": "2025-06-01",
    "Microsoft.EventGrid/systemTopics": "2025-02-15",
    "Microsoft.EventGrid/systemTopics/eventSubscriptions": "2025-02-15",
    "Microsoft.Insights/actionGroups": "2023-01-01",
    "Microsoft.Insights/components": "2020-02-02",
    "Microsoft.Insights/metricAlerts": "2018-03-01",
    "Microsoft.Insights/scheduledQueryRules": "2023-12-01",
    "Microsoft.KeyVault/vaults": "2024-11-01",
    "Microsoft.KeyVault/vaults/secrets": "2024-11-01",
    "Microsoft.ManagedIdentity/userAssignedIdentities": "2024-11-30",
    "Microsoft.Network/networkSecurityGroups": "2024-05-01",
    "Microsoft.Network/privateDnsZones": "2024-06-01",
    "Microsoft.Network/privateDnsZones/virtualNetworkLinks": "2024-06-01",
    "Microsoft.Network/privateEndpoints": "2024-05-01",
    "Microsoft.Network/privateEndpoints/privateDnsZoneGroups": "2024-05-01",
    "Microsoft.Network/virtualNetworks": "2024-05-01",
    "Microsoft.OperationalInsights/workspaces": "2025-07-01",
    "Microsoft.Resources/resourceGroups": "2024-03-01",
    "Microsoft.Storage/storageAccounts": "2024-01-01",
    "Microsoft.Storage/storageAccounts/blobServices": "2024-01-01",
    "Microsoft.Storage/storageAccounts/blobServices/containers": "2024-01-01",
    "Microsoft.Storage/storageAccounts/managementPolicies": "2024-01-01",
    "Microsoft.Storage/storageAccounts/queueServices": "2024-01-01",
    "Microsoft.Storage/storageAccounts/queueServices/queues": "2024-01-01",
    "Microsoft.Web/serverfarms": "2024-11-01",
    "Microsoft.Web/sites": "2024-11-01",
    "Microsoft.Web/sites/basicPublishingCredentialsPolicies": "2024-11-01",
    "Microsoft.Web/sites/config": "2024-11-01",
}
BOUNDS = {"int": ({"min_value", "max_value"},), "string": ({"allowed"}, {"max_length"}), "array": ({"max_length"},)}


def descriptions(template: Template) -> Iterator[Problem]:
    """Parameters and outputs without a description."""
    for section in ("parameters", "outputs"):
        for name, found in template.section(section).items():
            if not decorators(found).get("description"):
                yield template.problem(found, f"{name} has no description")
    if "description" not in template.section("metadata"):
        yield Problem(template.path, 1, "the template has no metadata description")


def _is_bounded(parameter: Attributes) -> bool:
    given = set(decorators(parameter))
    wanted = ({"allowed"}, *BOUNDS.get(str(parameter["type"]), (set(),)))
    return any(bounds <= given for bounds in wanted)


def bounds(template: Template) -> Iterator[Problem]:
    """Parameters of a template that people deploy, with no bounds."""
    for name, found in template.section("parameters").items():
        if not _is_bounded(found):
            yield template.problem(found, f"{name} has no bounds")


def api_versions(template: Template) -> Iterator[Problem]:
    """Resources at another version than the one pinned here."""
    for name, found in template.section("resources").items():
        pinned = API_VERSIONS.get(found["type"])
        if found["api_version"] != pinned:
            yield template.problem(found, f"{name}: {found['type']} is pinned to {pinned}, not {found['api_version']}")
