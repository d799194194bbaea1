metadata description = 'Every role assignment of the deployment: who may do what, scoped as narrowly as the service allows.'

@description('Object id of the app\'s identity.')
param appPrincipalId string

@description('Object id of Speech\'s own identity.')
param speechPrincipalId string

@description('Object id of Translator\'s own identity.')
param translatorPrincipalId string

@description('Object id of the event topic\'s identity.')
param topicPrincipalId string

@description('Object id of the person or group that drops files.')
param personPrincipalId string

@description('What the person\'s object id is. None: nobody gets a role.')
@allowed(['User', 'Group', 'ServicePrincipal', 'None'])
param personPrincipalType string

@description('Name of the data account.')
param dataAccountName string

@description('Name of the host\'s account.')
param hostAccountName string

@description('Name of the Speech account.')
param speechName string

@description('Name of the Translator account.')
param translatorName string

@description('Name of the Foundry account. Empty: there is none.')
param foundryName string

@description('Name of the vault.')
param vaultName string

@description('Name of the Application Insights component.')
param componentName string

@description('Container names by their part: inbox, outbox, edits, glossaries, staging, jobs, deadLetters.')
param containers object

@description('Whether Speech reads sources by its own identity instead of a signed URL.')
param speechReadsStorage bool

@description('Whether Speech pushes its results into staging.')
param speechWritesStorage bool

@description('Whether Translator reads and writes documents by its own identity instead of signed URLs.')
param translatorReachesStorage bool

var roleIds = {
  'Cognitive Services Speech Contributor': '0e75ca1e-0464-4b4d-8b93-68208a576181'
  'Cognitive Services User': 'a97b65f3-24c7-4388-baec-2e87135dc908'
  'Key Vault Secrets User': '4633458b-17de-408a-b874-0445c86b69e6'
  'Monitoring Metrics Publisher': '3913510d-42f4-4e42-8a64-420c390055eb'
  'Storage Blob Data Contributor': 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  'Storage Blob Data Owner': 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  'Storage Blob Data Reader': '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
  'Storage Blob Delegator': 'db58b8e5-c6ad-4a2a-8342-4190687cbf4a'
  'Storage Queue Data Contributor': '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  'Storage Table Data Contributor': '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
}

var definitions = mapValues(roleIds, id => subscriptionResourceId('Microsoft.Authorization/roleDefinitions', id))

var appGrants = [
  { container: containers.inbox, role: 'Storage Blob Data Reader', principalId: appPrincipalId, principalType: 'ServicePrincipal' }
  { container: containers.edits, role: 'Storage Blob Data Reader', principalId: appPrincipalId, principalType: 'ServicePrincipal' }
  { container: containers.glossaries, role: 'Storage Blob Data Reader', principalId: appPrincipalId, principalType: 'ServicePrincipal' }
  { container: containers.outbox, role: 'Storage Blob Data Contributor', principalId: appPrincipalId, principalType: 'ServicePrincipal' }
  { container: containers.staging, role: 'Storage Blob Data Contributor', principalId: appPrincipalId, principalType: 'ServicePrincipal' }
  { container: containers.jobs, role: 'Storage Blob Data Contributor', principalId: appPrincipalId, principalType: 'ServicePrincipal' }
]

// By default Translator reads and writes documents by its own identity, so that no signed address leaves the app.
var translatorGrants = [
  { container: containers.inbox, role: 'Storage Blob Data Reader', principalId: translatorPrincipalId, principalType: 'ServicePrincipal' }
  { container: containers.glossaries, role: 'Storage Blob Data Reader', principalId: translatorPrincipalId, principalType: 'ServicePrincipal' }
  { container: containers.staging, role: 'Storage Blob Data Contributor', principalId: translatorPrincipalId, principalType: 'ServicePrincipal' }
]

// Dropped files are in inbox, the corrections that it is given in staging.
var speechGrants = [
  { container: containers.inbox, role: 'Storage Blob Data Reader', principalId: speechPrincipalId, principalType: 'ServicePrincipal' }
  { container: containers.staging, role: 'Storage Blob Data Reader', principalId: speechPrincipalId, principalType: 'ServicePrincipal' }
]

var speechPushGrants = [
  { container: containers.staging, role: 'Storage Blob Data Contributor', principalId: speechPrincipalId, principalType: 'ServicePrincipal' }
]

var personGrants = [
  { container: containers.inbox, role: 'Storage Blob Data Contributor', principalId: personPrincipalId, principalType: personPrincipalType }
  { container: containers.edits, role: 'Storage Blob Data Contributor', principalId: personPrincipalId, principalType: personPrincipalType }
  { container: containers.glossaries, role: 'Storage Blob Data Contributor', principalId: personPrincipalId, principalType: personPrincipalType }
  { container: containers.outbox, role: 'Storage Blob Data Reader', principalId: personPrincipalId, principalType: personPrincipalType }
]

var containerGrants = concat(
  appGrants,
  translatorReachesStorage ? translatorGrants : [],
  speechReadsStorage ? speechGrants : [],
  speechWritesStorage ? speechPushGrants : [],
  personPrincipalType == 'None' ? [] : personGrants
)

// A delegation key is asked of the account, so this role cannot be narrower. It signs nothing that the app may not do itself.
// The host reads and writes the poison queue, the account's only queue, and makes sure that it exists.
var dataAccountRoles = ['Storage Blob Delegator', 'Storage Queue Data Contributor']

// The host keeps its leases, its trigger queue and its diagnostics here. No file of people is in this account.
var hostAccountRoles = ['Storage Blob Data Owner', 'Storage Queue Data Contributor', 'Storage Table Data Contributor']

resource dataAccount 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: dataAccountName
}

resource dataBlobService 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' existing = {
  parent: dataAccount
  name: 'default'
}

resource grantedContainers 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' existing = [for grant in containerGrants: {
  parent: dataBlobService
  name: grant.container
}]

resource hostAccount 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: hostAccountName
}

resource hostBlobService 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' existing = {
  parent: hostAccount
  name: 'default'
}

resource deadLetterContainer 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' existing = {
  parent: hostBlobService
  name: containers.deadLetters
}

resource speech 'Microsoft.CognitiveServices/accounts@2025-06-01' existing = {
  name: speechName
}

resource translator 'Microsoft.CognitiveServices/accounts@2025-06-01' existing = {
  name: translatorName
}

resource foundry 'Microsoft.CognitiveServices/accounts@2025-06-01' existing = if (!empty(foundryName)) {
  name: foundryName
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource component 'Microsoft.Insights/components@2020-02-02' existing = {
  name: componentName
}

resource onContainers 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (grant, i) in containerGrants: {
  scope: grantedContainers[i]
  name: guid(grantedContainers[i].id, grant.principalId, roleIds[grant.role])
  properties: {
    principalId: grant.principalId
    principalType: grant.principalType
    roleDefinitionId: definitions[grant.role]
  }
}]

resource onDataAccount 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for role in dataAccountRoles: {
  scope: dataAccount
  name: guid(dataAccount.id, appPrincipalId, roleIds[role])
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: definitions[role]
  }
}]

resource onHostAccount 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for role in hostAccountRoles: {
  scope: hostAccount
  name: guid(hostAccount.id, appPrincipalId, roleIds[role])
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: definitions[role]
  }
}]

resource topicOnDeadLetters 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: deadLetterContainer
  name: guid(deadLetterContainer.id, topicPrincipalId, roleIds['Storage Blob Data Contributor'])
  properties: {
    principalId: topicPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: definitions['Storage Blob Data Contributor']
  }
}

resource appOnSpeech 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: speech
  name: guid(speech.id, appPrincipalId, roleIds['Cognitive Services Speech Contributor'])
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: definitions['Cognitive Services Speech Contributor']
  }
}

resource appOnTranslator 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: translator
  name: guid(translator.id, appPrincipalId, roleIds['Cognitive Services User'])
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: definitions['Cognitive Services User']
  }
}

resource appOnFoundry 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(foundryName)) {
  scope: foundry
  name: guid(foundry.id, appPrincipalId, roleIds['Cognitive Services User'])
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: definitions['Cognitive Services User']
  }
}

resource appOnVault 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, appPrincipalId, roleIds['Key Vault Secrets User'])
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: definitions['Key Vault Secrets User']
  }
}

resource appOnTelemetry 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: component
  name: guid(component.id, appPrincipalId, roleIds['Monitoring Metrics Publisher'])
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: definitions['Monitoring Metrics Publisher']
  }
}
