using './after-code.bicep'

// The first phase's outputs, and what infra/hooks/subscribe.py has found out about the deployed code.
param environmentName = readEnvironmentVariable('AZURE_ENV_NAME')
param location = readEnvironmentVariable('AZURE_LOCATION')
param functionAppName = readEnvironmentVariable('AZURE_FUNCTION_APP_NAME')
param eventTopicName = readEnvironmentVariable('EVENT_TOPIC_NAME')
param hostAccountName = readEnvironmentVariable('HOST_ACCOUNT_NAME')
param deadLetterContainer = readEnvironmentVariable('DEAD_LETTER_CONTAINER')
param inboxContainer = readEnvironmentVariable('INBOX_CONTAINER')
param editsContainer = readEnvironmentVariable('EDITS_CONTAINER')
param withEdits = bool(readEnvironmentVariable('WITH_EDITS'))
param componentName = readEnvironmentVariable('COMPONENT_NAME')
param alertEmail = readEnvironmentVariable('ALERT_EMAIL', '')
