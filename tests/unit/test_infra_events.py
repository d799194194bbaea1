"""The event subscriptions reach functions that exist, with the events that they are for."""

import re
from typing import Any

import pytest

from tests.unit.infra import SECOND_PHASES, functions, resources

EACH = pytest.mark.parametrize("phase", SECOND_PHASES)
START, EDITS = "start_translations", "apply_edits"


def subscriptions(phase: str) -> dict[str, Any]:
    """The properties of each event subscription, by the function that it calls."""
    found = [each["properties"] for each in resources(phase, "Microsoft.EventGrid/systemTopics/eventSubscriptions")]
    # format('{0}?functionName=Host.Functions.{1}&code={2}', <address>, '<function>', <key>)
    return {re.findall(r", '(\w+)', ", each["destination"]["properties"]["endpointUrl"])[0]: each for each in found}


def test_every_blob_function_of_the_app_can_be_subscribed() -> None:
    blob_functions = {
        name for name, found in functions().items() if any(b["type"] == "blobTrigger" for b in found["bindings"])
    }
    assert blob_functions
    assert blob_functions <= set(subscriptions("after-code"))


def test_a_function_that_does_not_exist_is_not_subscribed() -> None:
    assert set(subscriptions("after-code-no-edits")) == {START}
    assert set(subscriptions("after-code")) == {START, EDITS}


@EACH
def test_a_container_whose_name_starts_alike_is_not_subscribed(phase: str) -> None:
    starts = {name: each["filter"]["subjectBeginsWith"] for name, each in subscriptions(phase).items()}
    wanted = {START: "/blobServices/default/containers/inbox/", EDITS: "/blobServices/default/containers/edits/"}
    assert starts == {name: wanted[name] for name in starts}


@EACH
def test_only_committed_writes_count(phase: str) -> None:
    for each in subscriptions(phase).values():
        (advanced,) = each["filter"]["advancedFilters"]
        assert advanced["key"] == "data.api"
        assert advanced["values"] == ["PutBlob", "PutBlockList", "CopyBlob", "FlushWithClose"]


@EACH
def test_an_event_that_is_given_up_is_kept(phase: str) -> None:
    for each in subscriptions(phase).values():
        destination = each["deadLetterWithResourceIdentity"]["deadLetterDestination"]["properties"]
        assert destination["blobContainerName"] == "event-dead-letters"


@EACH
def test_alerts_come_when_the_code_is_there(phase: str) -> None:
    names = {rule["name"] for rule in resources(phase, "Microsoft.Insights/scheduledQueryRules")}
    assert "alert-plain-no-tick" in names
    assert resources("plain", "Microsoft.Insights/scheduledQueryRules") == []


def test_alerts_go_to_the_address_that_is_given() -> None:
    [group] = resources("after-code", "Microsoft.Insights/actionGroups")
    assert [each["emailAddress"] for each in group["properties"]["emailReceivers"]] == ["operators@example.com"]
    assert resources("after-code-no-edits", "Microsoft.Insights/actionGroups") == []
