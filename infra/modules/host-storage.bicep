metadata description = 'The account of the Functions host: the deployed package, leases, the queue behind the blob triggers, dead letters. No files of people.'

@description('Name of the storage account.')
@minLength(3)
@maxLength(24)
param name string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Container of the deployed package.')
param packageContainer string

@description('Container of events that could not be delivered.')
param deadLetterContainer string

@description('Days that an undeliverable event is kept.')
@minValue(1)
@maxValue(365)
param deadLetterRetentionDays int

@description('Whether only the private endpoints get in.')
param networkRestricted bool

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: 'Standard_LRS'
  }
  properties: {
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: 'Enabled'
    networkAcls: {
      // Event Grid writes the dead letters from outside the network.
      bypass: 'AzureServices'
      defaultAction: networkRestricted ? 'Deny' : 'Allow'
    }
  }
}

resource blobService 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' = {
  parent: account
  name: 'default'
}

resource containers 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = [for containerName in [packageContainer, deadLetterContainer]: {
  parent: blobService
  name: containerName
  properties: {
    publicAccess: 'None'
  }
}]

// The prefix keeps the rule away from the host's own containers, which no lifecycle rule may touch.
resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2024-01-01' = {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'expire-dead-letters'
          type: 'Lifecycle'
          definition: {
            filters: {
              blobTypes: ['blockBlob']
              prefixMatch: ['${deadLetterContainer}/']
            }
            actions: {
              baseBlob: {
                delete: {
                  daysAfterModificationGreaterThan: deadLetterRetentionDays
                }
              }
            }
          }
        }
      ]
    }
  }
}

@description('Resource id of the account.')
output id string = account.id

@description('Name of the account.')
output name string = account.name

@description('Blob endpoint, with no trailing slash.')
output AzureWebJobsStorage__blobServiceUri string = 'https://${account.name}.blob.${environment().suffixes.storage}'

@description('Queue endpoint, with no trailing slash.')
output AzureWebJobsStorage__queueServiceUri string = 'https://${account.name}.queue.${environment().suffixes.storage}'

@description('Table endpoint, with no trailing slash.')
output AzureWebJobsStorage__tableServiceUri string = 'https://${account.name}.table.${environment().suffixes.storage}'
