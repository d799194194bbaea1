using '../after-code.bicep'

// The second phase of the shape plain while no code takes corrections.
param environmentName = 'plain'
param location = 'westeurope'
param functionAppName = 'func-plain'
param eventTopicName = 'evgt-plain'
param hostAccountName = 'sthostplain'
param deadLetterContainer = 'event-dead-letters'
param inboxContainer = 'inbox'
param editsContainer = 'edits'
param withEdits = false
param componentName = 'appi-plain'
