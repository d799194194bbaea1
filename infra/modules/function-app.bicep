metadata description = 'The Flex Consumption plan and the app on it.'

@description('Name of the app, and of its address on azurewebsites.net.')
@minLength(2)
@maxLength(60)
param name string

@description('Name of the plan.')
param planName string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Resource id of the app\'s identity.')
param identityId string

@description('All app settings, by name. Secrets come as references to the vault.')
param settings object

@description('Address of the container that holds the deployed package.')
param packageContainerUri string

@description('Whether the instances are spread over the zones of the region.')
param zoneRedundant bool

@description('Instances that are kept warm, by group of functions.')
param alwaysReady array

@description('Memory of an instance, in MB. It sets the CPU share too.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int

@description('Instances that each group of functions may scale out to.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int

@description('HTTP requests that one instance serves at once. The handlers are async and wait on other services, so more than one.')
@minValue(1)
@maxValue(1000)
param httpConcurrency int

@description('Resource id of the subnet that outgoing traffic takes. Empty: none.')
param subnetId string

@description('Whether only Event Grid and the ranges below reach the app.')
param networkRestricted bool

@description('Address ranges that reach a restricted app, such as the operators\'.')
param allowedInboundRanges array

var eventGridRule = {
  name: 'event-grid'
  description: 'Deliveries of the event subscriptions.'
  priority: 100
  action: 'Allow'
  tag: 'ServiceTag'
  ipAddress: 'AzureEventGrid'
}

var rangeRules = map(range(0, length(allowedInboundRanges)), i => {
  name: 'allowed-${i}'
  description: 'From the parameter allowedInboundRanges.'
  priority: 200 + i
  action: 'Allow'
  ipAddress: allowedInboundRanges[i]
})

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    tier: 'FlexConsumption'
    name: 'FC1'
  }
  properties: {
    reserved: true
    zoneRedundant: zoneRedundant
  }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  // azd finds the app to deploy to by this tag.
  tags: union(tags, { 'azd-service-name': 'app' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      http20Enabled: true
      remoteDebuggingEnabled: false
      ipSecurityRestrictionsDefaultAction: networkRestricted ? 'Deny' : 'Allow'
      ipSecurityRestrictions: networkRestricted ? concat([eventGridRule], rangeRules) : []
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainerUri
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'python'
        version: '3.13'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReady
        triggers: {
          http: {
            perInstanceConcurrency: httpConcurrency
          }
        }
      }
    }
  }
}

resource appSettings 'Microsoft.Web/sites/config@2024-11-01' = {
  parent: app
  name: 'appsettings'
  properties: settings
}

// One after the other: a site that is written to twice at once answers 409.
resource ftpPasswords 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'ftp'
  dependsOn: [appSettings]
  properties: {
    allow: false
  }
}

resource scmPasswords 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'scm'
  dependsOn: [ftpPasswords]
  properties: {
    allow: false
  }
}

@description('Name of the app.')
output name string = app.name

@description('Host name of the app.')
output hostName string = app.properties.defaultHostName
