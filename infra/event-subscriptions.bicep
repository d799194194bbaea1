targetScope = 'resourceGroup'

metadata description = 'The second phase, run after every first deployment of the code: only then does the key exist by which the host takes events.'

@description('Name of the function app, with its code deployed.')
@minLength(2)
@maxLength(60)
param functionAppName string

@description('Name of the event topic.')
@minLength(3)
@maxLength(50)
param eventTopicName string

@description('Name of the account that keeps undeliverable events.')
@minLength(3)
@maxLength(24)
param hostAccountName string

@description('Container in which it keeps them.')
@minLength(3)
@maxLength(63)
param deadLetterContainer string

@description('Container of dropped files.')
@minLength(3)
@maxLength(63)
param inboxContainer string

@description('Container of dropped corrections.')
@minLength(3)
@maxLength(63)
param editsContainer string

@description('Deliveries after which an event becomes a dead letter.')
@minValue(1)
@maxValue(30)
param maxDeliveryAttempts int = 30

@description('Minutes after which an event becomes a dead letter.')
@minValue(1)
@maxValue(1440)
param eventTimeToLiveMinutes int = 1440

var subscriptions = [
  { name: 'inbox', container: inboxContainer, function: 'start_translations' }
  { name: 'edits', container: editsContainer, function: 'apply_edits' }
]

resource app 'Microsoft.Web/sites@2024-11-01' existing = {
  name: functionAppName
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: eventTopicName
}

resource hostAccount 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: hostAccountName
}

var webhook = 'https://${app.properties.defaultHostName}/runtime/webhooks/blobs'
var blobsKey = listKeys('${app.id}/host/default', '2024-11-01').systemKeys.blobs_extension

resource eventSubscriptions 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = [for subscription in subscriptions: {
  parent: topic
  name: subscription.name
  properties: {
    eventDeliverySchema: 'EventGridSchema'
    destination: {
      endpointType: 'WebHook'
      properties: {
        endpointUrl: '${webhook}?functionName=Host.Functions.${subscription.function}&code=${blobsKey}'
      }
    }
    filter: {
      includedEventTypes: ['Microsoft.Storage.BlobCreated']
      // Without the slash, a container "inbox2" would match as well.
      subjectBeginsWith: '/blobServices/default/containers/${subscription.container}/'
      isSubjectCaseSensitive: true
      advancedFilters: [
        {
          // A file is there once its write is committed; creating it empty or setting its tags is no drop.
          operatorType: 'StringIn'
          key: 'data.api'
          values: ['PutBlob', 'PutBlockList', 'CopyBlob', 'FlushWithClose']
        }
      ]
    }
    retryPolicy: {
      maxDeliveryAttempts: maxDeliveryAttempts
      eventTimeToLiveInMinutes: eventTimeToLiveMinutes
    }
    deadLetterWithResourceIdentity: {
      identity: {
        type: 'SystemAssigned'
      }
      deadLetterDestination: {
        endpointType: 'StorageBlob'
        properties: {
          resourceId: hostAccount.id
          blobContainerName: deadLetterContainer
        }
      }
    }
  }
}]
