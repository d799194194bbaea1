"""The event subscriptions reach functions that exist, with the events that they are for."""

from typing import Any

from tests.unit.infra import INFRA, functions, variable
from tools.bicep_check.template import body, load

# Its function comes with the edits. Whoever writes it removes the name here.
NOT_YET_WRITTEN = {"apply_edits"}


def subscription_properties() -> Any:
    return body(load(INFRA / "event-subscriptions.bicep").section("resources")["eventSubscriptions"])["properties"]


def test_each_subscription_names_a_blob_function_of_the_app() -> None:
    named = {subscription["function"] for subscription in variable("event-subscriptions.bicep", "subscriptions")}
    blob_functions = {
        name for name, found in functions().items() if any(b["type"] == "blobTrigger" for b in found["bindings"])
    }
    assert named - NOT_YET_WRITTEN == blob_functions


def test_the_exceptions_end_when_the_functions_exist() -> None:
    assert not NOT_YET_WRITTEN & set(functions())


def test_a_container_whose_name_starts_alike_is_not_subscribed() -> None:
    assert subscription_properties()["filter"]["subjectBeginsWith"].endswith("${subscription.container}/")


def test_only_committed_writes_count() -> None:
    (advanced,) = subscription_properties()["filter"]["advancedFilters"]
    assert advanced["key"] == "data.api"
    assert advanced["values"] == ["PutBlob", "PutBlockList", "CopyBlob", "FlushWithClose"]


def test_an_event_that_is_given_up_is_kept() -> None:
    destination = subscription_properties()["deadLetterWithResourceIdentity"]["deadLetterDestination"]
    assert destination["properties"]["blobContainerName"] == "deadLetterContainer"
