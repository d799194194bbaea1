#!/bin/sh
# The second phase of a deployment: subscribes the deployed functions to what is dropped. It may be repeated at will.
# azd runs it after every deployment of the code; by hand, export the first phase's outputs and run it.
set -eu
cd "$(dirname "$0")"
: "${AZURE_RESOURCE_GROUP:?}" "${AZURE_FUNCTION_APP_NAME:?}" "${CALLBACK_BASE_URL:?}"
: "${EVENT_TOPIC_NAME:?}" "${HOST_ACCOUNT_NAME:?}" "${DEAD_LETTER_CONTAINER:?}"
: "${INBOX_CONTAINER:?}" "${EDITS_CONTAINER:?}"
tries=${SUBSCRIBE_TRIES:-30}
pause=${SUBSCRIBE_PAUSE:-10}

# azd chooses a subscription, and az has a default of its own.
azure() {
  az "$@" ${AZURE_SUBSCRIPTION_ID:+--subscription "$AZURE_SUBSCRIPTION_ID"}
}

# The host makes the key when it has indexed the code. Only the keys' names are read here; the value never leaves Azure.
key_exists() {
  azure functionapp keys list --resource-group "$AZURE_RESOURCE_GROUP" --name "$AZURE_FUNCTION_APP_NAME" \
    --query 'keys(systemKeys)' --output tsv | grep -qx blobs_extension
}

# Event Grid gives an endpoint seconds to prove itself, which a cold start can outlast.
warm_up() {
  curl --silent --fail --output /dev/null --max-time 60 "$CALLBACK_BASE_URL/api/health" ||
    echo "The app's health page is not well. A private deployment hides it; of any other the app's log says why. Going on."
}

subscribe() {
  azure deployment group create --resource-group "$AZURE_RESOURCE_GROUP" --name event-subscriptions --output none \
    --template-file event-subscriptions.bicep --parameters \
    functionAppName="$AZURE_FUNCTION_APP_NAME" eventTopicName="$EVENT_TOPIC_NAME" \
    hostAccountName="$HOST_ACCOUNT_NAME" deadLetterContainer="$DEAD_LETTER_CONTAINER" \
    inboxContainer="$INBOX_CONTAINER" editsContainer="$EDITS_CONTAINER"
}

fail() {
  echo "$1" >&2
  exit 1
}

# Runs a command until it succeeds, with pauses; fails with the given words when it never does.
until_done() {
  complaint=$1
  shift
  left=$tries
  until "$@"; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || fail "$complaint"
    sleep "$pause"
  done
}

azure account show --output none || fail "az cannot see the subscription: run az login, then this again. azd has a login of its own."
until_done "The app has no blobs_extension key: no function with a blob trigger was found in the deployed code." key_exists
warm_up
until_done "The event subscriptions could not be made; the reason stands above." subscribe
echo "Subscribed: a file dropped into $INBOX_CONTAINER or $EDITS_CONTAINER now reaches the app."
