using '../after-code.bicep'

// The second phase of the shape plain, with code that takes corrections.
param environmentName = 'plain'
param location = 'westeurope'
param functionAppName = 'func-plain'
param eventTopicName = 'evgt-plain'
param hostAccountName = 'sthostplain'
param deadLetterContainer = 'event-dead-letters'
param inboxContainer = 'inbox'
param editsContainer = 'edits'
param withEdits = true
param componentName = 'appi-plain'
param alertEmail = 'operators@example.com'
