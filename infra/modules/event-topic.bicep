metadata description = 'The topic on which the data account announces new blobs. Its subscriptions come after the code: see after-code.bicep.'

@description('Name of the system topic.')
param name string

@description('Azure region, that of the data account.')
param location string

@description('Tags of every resource.')
param tags object

@description('Resource id of the data account.')
param sourceId string

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: name
  location: location
  tags: tags
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    source: sourceId
    topicType: 'Microsoft.Storage.StorageAccounts'
  }
}

@description('Resource id of the topic.')
output id string = topic.id

@description('Name of the topic.')
output name string = topic.name

@description('Object id of the topic\'s identity, by which it writes dead letters.')
output principalId string = topic.identity.principalId
