metadata description = 'A Foundry account with one model, for text that a brief wants translated by a language model. Tokens only: local auth is off.'

@description('Name and custom domain of the account.')
param name string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name by which a brief asks for the model.')
param deploymentName string

@description('Name of the model.')
param model string

@description('Version of the model. Empty: the newest that the region offers.')
param modelVersion string

@description('Thousands of tokens a minute.')
@minValue(1)
@maxValue(10000)
param capacity int

resource account 'Microsoft.CognitiveServices/accounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'AIServices'
  sku: {
    name: 'S0'
  }
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    customSubDomainName: name
    disableLocalAuth: true
    publicNetworkAccess: 'Enabled'
  }
}

resource deployment 'Microsoft.CognitiveServices/accounts/deployments@2025-06-01' = {
  parent: account
  name: deploymentName
  sku: {
    name: 'GlobalStandard'
    capacity: capacity
  }
  properties: {
    model: {
      format: 'OpenAI'
      name: model
      version: empty(modelVersion) ? null : modelVersion
    }
  }
}

@description('Name of the account.')
output name string = account.name
