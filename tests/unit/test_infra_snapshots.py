"""What a deployment of each shape creates: keyless, closed to the public, with no more roles than it needs."""

import json
import re
from typing import Any

import pytest

from tests.unit.infra import INFRA, SECOND_PHASES, SHAPES, SNAPSHOTS, resources, settings, snapshot
from tests.unit.infra_roles import PERSON, Grant, grants

EACH = pytest.mark.parametrize("shape", SHAPES)
STORAGE = "Microsoft.Storage/storageAccounts"
AI = "Microsoft.CognitiveServices/accounts"
# Shapes in which something is reached over the private network only.
PRIVATE = ["private-network"]
SPEECH, TRANSLATOR = "Speech's own identity", "Translator's own identity"


def properties(shape: str, kind: str) -> list[dict[str, Any]]:
    found = [resource["properties"] for resource in resources(shape, kind)]
    assert found
    return found


def test_each_shape_that_people_deploy_has_its_snapshot() -> None:
    assert {"plain", "private-network", "identity-access", "results-pushed", "language-model"} <= set(SHAPES)
    assert {path.name.split(".")[0] for path in SNAPSHOTS.glob("*.json")} == {*SHAPES, *SECOND_PHASES}


@pytest.mark.parametrize("shape", [*SHAPES, *SECOND_PHASES])
def test_everything_of_a_shape_was_evaluated(shape: str) -> None:
    whole = json.loads((SNAPSHOTS / f"{shape}.snapshot.json").read_text())
    assert whole["diagnostics"] == []
    assert [found["id"] for found in snapshot(shape) if isinstance(found.get("properties"), str)] == []


@EACH
def test_no_storage_account_takes_a_shared_key_or_shows_anything_to_the_public(shape: str) -> None:
    for account in properties(shape, STORAGE):
        assert account["allowSharedKeyAccess"] is False
        assert account["allowBlobPublicAccess"] is False
        assert (account["minimumTlsVersion"], account["supportsHttpsTrafficOnly"]) == ("TLS1_2", True)
    containers = properties(shape, f"{STORAGE}/blobServices/containers")
    assert {container["publicAccess"] for container in containers} == {"None"}


@EACH
def test_no_service_takes_a_key_where_it_takes_tokens(shape: str) -> None:
    assert all(account["disableLocalAuth"] is True for account in properties(shape, AI))
    assert all(
        component["DisableLocalAuth"] is True for component in properties(shape, "Microsoft.Insights/components")
    )
    assert all(vault["enableRbacAuthorization"] is True for vault in properties(shape, "Microsoft.KeyVault/vaults"))
    policies = properties(shape, "Microsoft.Web/sites/basicPublishingCredentialsPolicies")
    assert [policy["allow"] for policy in policies] == [False, False]


@EACH
def test_the_app_is_reached_by_https_alone(shape: str) -> None:
    [site] = properties(shape, "Microsoft.Web/sites")
    assert site["httpsOnly"] is True
    assert site["siteConfig"]["minTlsVersion"] == "1.2"


@pytest.mark.parametrize("shape", PRIVATE)
def test_in_a_private_network_every_door_is_closed_but_to_those_named(shape: str) -> None:
    accounts = [*properties(shape, STORAGE), *properties(shape, AI), *properties(shape, "Microsoft.KeyVault/vaults")]
    assert {account["networkAcls"]["defaultAction"] for account in accounts} == {"Deny"}
    assert {account["publicNetworkAccess"] for account in properties(shape, AI)} == {"Disabled"}
    [site] = properties(shape, "Microsoft.Web/sites")
    assert site["siteConfig"]["ipSecurityRestrictionsDefaultAction"] == "Deny"
    assert [rule["ipAddress"] for rule in site["siteConfig"]["ipSecurityRestrictions"]] == [
        "AzureEventGrid",
        "203.0.113.0/24",
    ]


def test_speech_reaches_storage_only_where_it_is_to() -> None:
    reads = {Grant(SPEECH, "Storage Blob Data Reader", container) for container in ("inbox", "staging")}
    pushes = {Grant(SPEECH, "Storage Blob Data Contributor", "staging")}
    found = {shape: {grant for grant in grants(shape) if grant.who == SPEECH} for shape in SHAPES}
    by_identity = {"private-network", "identity-access", "results-pushed"}
    assert {shape for shape in SHAPES if reads <= found[shape]} == by_identity
    assert {shape for shape in SHAPES if pushes <= found[shape]} == {"results-pushed"}
    assert all(found[shape] <= reads | pushes for shape in SHAPES)


def test_a_language_model_is_there_only_where_it_is_asked_for() -> None:
    with_model = {shape for shape in SHAPES if resources(shape, f"{AI}/deployments")}
    assert with_model == {shape for shape in SHAPES if "FOUNDRY_ENDPOINT" in settings(shape)} == {"language-model"}
    uses = {
        shape for shape in SHAPES if Grant("the app", "Cognitive Services User", "the Foundry account") in grants(shape)
    }
    assert uses == with_model


def test_in_a_private_network_vozo_is_off_although_its_key_is_given() -> None:
    assert "vozoEnabled = true" in (SNAPSHOTS / "private-network.bicepparam").read_text()
    assert {shape for shape in SHAPES if "VOZO_API_KEY" in settings(shape)} == {"plain"}


def test_nobody_gets_a_role_where_nobody_is_to() -> None:
    assert {shape for shape in SHAPES if PERSON not in {grant.who for grant in grants(shape)}} == {"large"}


def test_a_person_who_is_not_named_is_whoever_deploys() -> None:
    ids = [
        found["properties"]["principalId"] for found in resources("plain", "Microsoft.Authorization/roleAssignments")
    ]
    assert ids.count("[deployer().objectId]") == 4


def test_an_app_that_is_to_outlast_a_zone_does() -> None:
    plans = {shape: resources(shape, "Microsoft.Web/serverfarms")[0]["properties"]["zoneRedundant"] for shape in SHAPES}
    assert {shape for shape, spread in plans.items() if spread} == {"large"}
    [site] = resources("large", "Microsoft.Web/sites")
    scale = site["properties"]["functionAppConfig"]["scaleAndConcurrency"]
    assert (site["name"], scale["alwaysReady"]) == ("media-prod-babeldrop", [{"name": "http", "instanceCount": 2}])


@pytest.mark.parametrize("shape", [*SHAPES, *SECOND_PHASES])
def test_no_snapshot_holds_a_secret(shape: str) -> None:
    given = re.findall(
        r"^param (?:callbackSecret|vozoApiKey) = '(.+)'$", (SNAPSHOTS / f"{shape}.bicepparam").read_text()
    )
    text = (SNAPSHOTS / f"{shape}.snapshot.json").read_text()
    assert [secret for secret in given if f'"{secret}"' in text] == []


def test_what_one_site_or_account_is_given_comes_one_after_the_other() -> None:
    app = (INFRA / "modules" / "function-app.bicep").read_text()
    assert ("dependsOn: [appSettings]" in app, "dependsOn: [ftpPasswords]" in app) == (True, True)
    endpoints = (INFRA / "modules" / "private-endpoints.bicep").read_text()
    assert re.findall(r"@batchSize\(1\)\nresource (\w+)", endpoints) == ["privateEndpoints", "zoneGroups"]
    assert "@batchSize(1)\nresource eventSubscriptions" in (INFRA / "after-code.bicep").read_text()
