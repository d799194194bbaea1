metadata description = 'The data account: what people drop, what they get, and the ledger between the two.'

@description('Name of the storage account.')
@minLength(3)
@maxLength(24)
param name string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Storage redundancy. Results can be paid for again but not the time, so zone redundancy is the default of main.bicep.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param sku string

@description('Names of the containers to create.')
param containerNames array

@description('Container of results, inputs and edits, whose older versions are kept for a while.')
param keptContainerNames array

@description('The ledger\'s container.')
param jobsContainer string

@description('The container of checkpoints and of what providers write.')
param stagingContainer string

@description('Days that older versions of people\'s files and of results are kept.')
@minValue(1)
@maxValue(3650)
param versionRetentionDays int

@description('Days until a blob in staging expires. Longer than the longest job, so that no checkpoint goes before its job.')
@minValue(8)
@maxValue(365)
param stagingRetentionDays int

@description('Days that the record of a finished job is kept.')
@minValue(1)
@maxValue(3650)
param doneRetentionDays int

@description('Whether only the private endpoint, the addresses below and the trusted resources get in.')
param networkRestricted bool

@description('Addresses or CIDR ranges from which people reach a restricted account.')
param allowedAddresses array

@description('Resource ids of the AI services that read and write a restricted account by their own identity.')
param trustedResourceIds array

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: sku
  }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: 'Enabled'
    networkAcls: {
      // Event Grid and the two AI services are Azure services that must get in past the firewall.
      bypass: 'AzureServices'
      defaultAction: networkRestricted ? 'Deny' : 'Allow'
      ipRules: [for address in allowedAddresses: {
        action: 'Allow'
        value: address
      }]
      resourceAccessRules: [for resourceId in trustedResourceIds: {
        tenantId: tenant().tenantId
        resourceId: resourceId
      }]
    }
  }
}

resource blobService 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' = {
  parent: account
  name: 'default'
  properties: {
    isVersioningEnabled: true
    // Versions already keep what is overwritten or deleted. Soft delete on top would bill every ledger write once more.
    deleteRetentionPolicy: {
      enabled: false
    }
    containerDeleteRetentionPolicy: {
      enabled: true
      days: 7
    }
  }
}

resource containers 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = [for containerName in containerNames: {
  parent: blobService
  name: containerName
  properties: {
    publicAccess: 'None'
  }
}]

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2024-01-01' = {
  parent: account
  name: 'default'
}

// The host would make this queue at its first poison message. The queue trigger wants it from the start.
resource poisonQueue 'Microsoft.Storage/storageAccounts/queueServices/queues@2024-01-01' = {
  parent: queueService
  name: 'webjobs-blobtrigger-poison'
}

resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2024-01-01' = {
  parent: account
  name: 'default'
  // Rules on versions are refused while versioning is off.
  dependsOn: [blobService]
  properties: {
    policy: {
      rules: [
        {
          name: 'trim-versions-of-working-data'
          type: 'Lifecycle'
          definition: {
            filters: {
              blobTypes: ['blockBlob']
              prefixMatch: ['${jobsContainer}/', '${stagingContainer}/']
            }
            actions: {
              version: {
                delete: {
                  daysAfterCreationGreaterThan: 1
                }
              }
            }
          }
        }
        {
          name: 'trim-versions-of-files-and-results'
          type: 'Lifecycle'
          definition: {
            filters: {
              blobTypes: ['blockBlob']
              prefixMatch: map(keptContainerNames, containerName => '${containerName}/')
            }
            actions: {
              version: {
                delete: {
                  daysAfterCreationGreaterThan: versionRetentionDays
                }
              }
            }
          }
        }
        {
          name: 'expire-staging'
          type: 'Lifecycle'
          definition: {
            filters: {
              blobTypes: ['blockBlob']
              prefixMatch: ['${stagingContainer}/']
            }
            actions: {
              baseBlob: {
                delete: {
                  daysAfterModificationGreaterThan: stagingRetentionDays
                }
              }
            }
          }
        }
        {
          name: 'expire-finished-jobs'
          type: 'Lifecycle'
          definition: {
            filters: {
              blobTypes: ['blockBlob']
              prefixMatch: ['${jobsContainer}/done/']
            }
            actions: {
              baseBlob: {
                delete: {
                  daysAfterModificationGreaterThan: doneRetentionDays
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
output TranslationStorage__blobServiceUri string = 'https://${account.name}.blob.${environment().suffixes.storage}'

@description('Queue endpoint, with no trailing slash.')
output TranslationStorage__queueServiceUri string = 'https://${account.name}.queue.${environment().suffixes.storage}'
