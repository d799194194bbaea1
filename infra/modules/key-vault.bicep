metadata description = 'The only two secrets there are: Vozo\'s API key and the callback secret.'

@description('Name of the vault.')
@minLength(3)
@maxLength(24)
param name string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Whether there is a key of Vozo\'s.')
param withVozo bool

@description('Vozo\'s API key. Empty leaves the provider off.')
@secure()
param vozoApiKey string

@description('The secret that signs callback addresses, or two separated by a comma while one replaces the other.')
@secure()
param callbackSecret string

@description('Whether only the private endpoint gets in.')
param networkRestricted bool

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 7
    publicNetworkAccess: networkRestricted ? 'Disabled' : 'Enabled'
    networkAcls: {
      // The deployment writes the two secrets as a trusted service.
      bypass: 'AzureServices'
      defaultAction: networkRestricted ? 'Deny' : 'Allow'
    }
  }
}

resource vozoSecret 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = if (withVozo) {
  parent: vault
  name: 'vozo-api-key'
  properties: {
    value: vozoApiKey
    contentType: 'Vozo API key'
  }
}

resource callbackSecretEntry 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = {
  parent: vault
  name: 'callback-secret'
  properties: {
    value: callbackSecret
    contentType: 'signs callback addresses'
  }
}

@description('Resource id of the vault.')
output id string = vault.id

@description('Name of the vault.')
output name string = vault.name
