targetScope = 'resourceGroup'

metadata description = 'The second phase, for what must find the code deployed: event subscriptions, whose key the host makes, alerts, which would fire without it, and the workbook.'

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

@description('Whether the deployed code has the function that takes corrections. The host drops an event for a function that it does not have.')
param withEdits bool

@description('Name of the Application Insights component that the alerts query.')
@minLength(1)
@maxLength(255)
param componentName string

@description('Azure region of the alerts.')
@minLength(1)
@maxLength(64)
param location string

@description('Name of the deployment, which the alerts are called by.')
@minLength(1)
@maxLength(20)
param environmentName string

@description('Minutes without a tick after which the timer counts as dead. Longer than the interval of pollSchedule.')
@allowed([5, 10, 15, 30, 45, 60])
param silentMinutes int = 15

@description('Seconds that a job may be overdue before an alert.')
@minValue(300)
@maxValue(86400)
param overdueSeconds int = 3600

@description('Address that gets the alerts by mail. Empty: they fire in the portal only.')
@maxLength(254)
param alertEmail string = ''

@description('Deliveries after which an event becomes a dead letter.')
@minValue(1)
@maxValue(30)
param maxDeliveryAttempts int = 30

@description('Minutes after which an event becomes a dead letter.')
@minValue(1)
@maxValue(1440)
param eventTimeToLiveMinutes int = 1440

var inboxSubscription = { name: 'inbox', container: inboxContainer, function: 'start_translations' }
var editsSubscription = { name: 'edits', container: editsContainer, function: 'apply_edits' }
var subscriptions = withEdits ? [inboxSubscription, editsSubscription] : [inboxSubscription]

resource app 'Microsoft.Web/sites@2024-11-01' existing = {
  name: functionAppName
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: eventTopicName
}

resource component 'Microsoft.Insights/components@2020-02-02' existing = {
  name: componentName
}

resource hostAccount 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: hostAccountName
}

var webhook = 'https://${app.properties.defaultHostName}/runtime/webhooks/blobs'
var blobsKey = listKeys('${app.id}/host/default', '2024-11-01').systemKeys.blobs_extension

// One after the other: both are written to one topic.
@batchSize(1)
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

var tags = { 'azd-env-name': environmentName }

module workbook 'modules/workbook.bicep' = {
  name: 'workbook'
  params: {
    name: environmentName
    location: location
    tags: tags
    componentId: component.id
  }
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  params: {
    namePrefix: 'alert-${environmentName}'
    location: location
    tags: tags
    componentId: component.id
    topicId: topic.id
    email: alertEmail
    silentMinutes: silentMinutes
    overdueSeconds: overdueSeconds
  }
}
