targetScope = 'subscription'

metadata description = 'Babeldrop in a subscription: first this, then the code, then after-code.bicep.'

@description('Name of this deployment. The resource group and every name come from it.')
@minLength(1)
@maxLength(20)
param environmentName string

@description('Azure region of every resource. It must offer Flex Consumption and video translation.')
@minLength(1)
@maxLength(64)
param location string

@sealed()
type resourceNames = {
  resourceGroup: string?
  identity: string?
  workspace: string?
  component: string?
  network: string?
  speech: string?
  translator: string?
  foundry: string?
  dataAccount: string?
  hostAccount: string?
  vault: string?
  topic: string?
  plan: string?
  app: string?
  privateEndpoints: string?
}

@description('Names of resources that must be called otherwise than environmentName and a hash make them, by their part.')
param names resourceNames = {}

@description('Object id of the person or group that drops files and reads results. Empty: whoever deploys.')
@maxLength(36)
param personPrincipalId string = ''

@description('What that object id is. None: nobody gets a role; assign them yourself.')
@allowed(['User', 'Group', 'ServicePrincipal', 'None'])
param personPrincipalType string = 'User'

@description('Vozo\'s API key. Empty: that provider is off, and a brief that asks for it is told so.')
@maxLength(512)
@secure()
param vozoApiKey string = ''

@description('Whether Vozo is used, by vozoApiKey. With vnetEnabled it is off whatever this says.')
param vozoEnabled bool = false

@description('The secret that signs callback addresses, or two separated by a comma while one replaces the other.')
@minLength(32)
@maxLength(512)
@secure()
param callbackSecret string

@description('Public address under which providers call back. Empty: the app\'s own host name.')
@maxLength(200)
param callbackBaseUrl string = ''

@description('Whether the app, storage, vault and AI services talk over a private network. It costs features: no Vozo (it fetches from the public internet), no signed source addresses, no custom language models for text, and callers outside allowedInboundRanges cannot reach the API.')
param vnetEnabled bool = false

@description('Address range of the private network, /23 or wider.')
@minLength(9)
@maxLength(18)
param vnetAddressPrefix string = '10.40.0.0/16'

@description('Addresses or ranges from which people drop and download files when vnetEnabled. Storage refuses ranges narrower than /30.')
@maxLength(200)
param allowedStorageAddresses array = []

@description('Ranges from which operators and callbacks reach the app when vnetEnabled, such as 203.0.113.0/24. Event Grid always does.')
@maxLength(200)
param allowedInboundRanges array = []

@description('Whether the app\'s instances are spread over the zones of the region. Not every region can.')
param zoneRedundant bool = false

@description('Instances that are kept warm, by group of functions: [{ name: \'http\', instanceCount: 1 }]. Groups are http, blob and function:poll_operations. With zoneRedundant at least two each.')
@maxLength(10)
param alwaysReady array = []

@description('Redundancy of the data account.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param storageSku string = 'Standard_ZRS'

@description('Days that older versions of people\'s files and of results are kept.')
@minValue(1)
@maxValue(3650)
param versionRetentionDays int = 30

@description('Days until a blob in staging expires.')
@minValue(8)
@maxValue(365)
param stagingRetentionDays int = 14

@description('Days that the record of a finished job is kept.')
@minValue(1)
@maxValue(3650)
param doneRetentionDays int = 365

@description('Days that logs and traces are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('Gigabytes of logs a day, beyond which none are taken in.')
@minValue(1)
@maxValue(100)
param logDailyQuotaGb int = 2

@description('Memory of an instance, in MB. Results are streamed, so more buys speed, not size.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('Instances that each group of functions may scale out to. It bounds the compute, not what providers charge: that is what the limits below are for.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('HTTP requests that one instance serves at once.')
@minValue(1)
@maxValue(1000)
param httpConcurrency int = 16

@description('When to look at what is due: six-field NCRONTAB, in UTC. Each look costs one run and one listing.')
@minLength(11)
@maxLength(100)
param pollSchedule string = '0 */1 * * * *'

@description('Version of the video translation API. Sources are read by identity, as with vnetEnabled, by 2026-03-01 only.')
@allowed(['2026-03-01', '2025-05-20', '2024-05-20-preview'])
param speechApiVersion string = '2026-03-01'

@description('Version of the document translation API.')
@allowed(['2026-03-01', '2024-05-01', 'v1.1'])
param documentApiVersion string = '2026-03-01'

@description('Version of the text translation API.')
@allowed(['2026-06-06', '2025-05-01-preview'])
param textApiVersion string = '2026-06-06'

@description('Characters that text translation may be sent in a minute: the share of the tier, of which S1 has 40 million an hour.')
@minValue(1)
@maxValue(1000000000)
param textCharactersAMinute int = 666667

@description('Bytes of the largest text or subtitle file that is translated.')
@minValue(1)
@maxValue(1000000000)
param largestText int = 20000000

@description('How Speech reaches a source: by a signed address, or by its own identity (2026-03-01 only). With vnetEnabled always by identity.')
@allowed(['sas', 'identity'])
param sourceAccess string = 'sas'

@description('How video results arrive: fetched from the address that the service names, or pushed by the service into staging (2026-03-01 only).')
@allowed(['fetch', 'push'])
param resultAccess string = 'fetch'

@description('How Translator reaches documents: by its own identity, or by signed addresses. With vnetEnabled always by identity.')
@allowed(['identity', 'sas'])
param documentAccess string = 'identity'

@description('Model that translates text where a brief asks for a language model, such as gpt-4o-mini. Empty: none, and such a brief is refused. Not with vnetEnabled: the service offers no language model there.')
@maxLength(64)
param llmModel string = ''

@description('Version of that model.')
@maxLength(32)
param llmModelVersion string = ''

@description('Name by which a brief asks for it: deploymentName.')
@minLength(2)
@maxLength(64)
param llmDeploymentName string = 'translate'

@description('Thousands of tokens a minute that it may use.')
@minValue(1)
@maxValue(10000)
param llmCapacity int = 50

@description('Whether the provider\'s copies are deleted once the results are delivered.')
param deleteAfterDelivery bool = false

@description('Whether files older than the first run are translated too.')
param startExisting bool = false

@description('Language of files that say nothing else, as BCP 47. Empty: they must say.')
@maxLength(35)
param defaultSource string = ''

@description('Languages into which files are translated that say nothing else, separated by commas. Empty: such files wait.')
@maxLength(500)
param defaultTargets string = ''

@description('Providers by kind of file, as in a brief, in JSON. Empty: the code\'s own order.')
@maxLength(1000)
param defaultRoute string = ''

@description('Languages that one file may ask for.')
@minValue(1)
@maxValue(200)
param maxTargets int = 20

@description('Hours that a job may take, and as many again for each gigabyte of its file.')
@minValue(1)
@maxValue(144)
param deadlineHours int = 24

@description('Video and audio translations at work at once at Azure.')
@minValue(1)
@maxValue(1000)
param maxInFlightVideo int = 20

@description('Translations at work at once at Vozo. A plan allows few, and counts those that are queued there.')
@minValue(1)
@maxValue(1000)
param maxInFlightVozo int = 8

@description('Document and subtitle translations at work at once, for each provider.')
@minValue(1)
@maxValue(10000)
param maxInFlightText int = 100

@description('Video and audio translations started in a day, for each provider. What is dropped beyond it waits for tomorrow.')
@minValue(0)
@maxValue(100000)
param dailyStartsMedia int = 500

@description('Document and subtitle translations started in a day, for each provider.')
@minValue(0)
@maxValue(100000)
param dailyStartsText int = 2000

var token = toLower(uniqueString(subscription().id, environmentName, location))
var called = union({
  resourceGroup: 'rg-${environmentName}'
  identity: 'id-${token}'
  workspace: 'log-${token}'
  component: 'appi-${token}'
  network: 'vnet-${token}'
  speech: 'spch-${token}'
  translator: 'trsl-${token}'
  foundry: 'fndr-${token}'
  dataAccount: 'stdata${token}'
  hostAccount: 'sthost${token}'
  vault: 'kv-${token}'
  topic: 'evgt-${token}'
  plan: 'plan-${token}'
  app: 'func-${token}'
  privateEndpoints: 'pep-${token}'
}, names)
var tags = { 'azd-env-name': environmentName }
var withVozo = vozoEnabled && !vnetEnabled
var llmEnabled = !empty(llmModel) && !vnetEnabled
var packageContainer = 'app-package'
var containers = {
  inbox: 'inbox'
  outbox: 'outbox'
  edits: 'edits'
  glossaries: 'glossaries'
  staging: 'staging'
  jobs: 'jobs'
  deadLetters: 'event-dead-letters'
}

// What the code reads, all of it, here and in optionalSettings: tests/unit/test_infra_settings.py compares.
var appSettings = {
  AZURE_CLIENT_ID: identity.outputs.clientId
  TranslationStorage__blobServiceUri: dataStorage.outputs.TranslationStorage__blobServiceUri
  TranslationStorage__queueServiceUri: dataStorage.outputs.TranslationStorage__queueServiceUri
  TranslationStorage__credential: 'managedidentity'
  TranslationStorage__clientId: identity.outputs.clientId
  INBOX_CONTAINER: containers.inbox
  OUTBOX_CONTAINER: containers.outbox
  EDITS_CONTAINER: containers.edits
  GLOSSARIES_CONTAINER: containers.glossaries
  STAGING_CONTAINER: containers.staging
  JOBS_CONTAINER: containers.jobs
  SPEECH_ENDPOINT: aiServices.outputs.SPEECH_ENDPOINT
  SPEECH_API_VERSION: speechApiVersion
  TRANSLATOR_ENDPOINT: aiServices.outputs.TRANSLATOR_ENDPOINT
  DOCUMENT_API_VERSION: documentApiVersion
  TEXT_API_VERSION: textApiVersion
  TEXT_CHARACTERS_A_MINUTE: string(textCharactersAMinute)
  LARGEST_TEXT: string(largestText)
  CALLBACK_SECRET: '@Microsoft.KeyVault(VaultName=${called.vault};SecretName=callback-secret)'
  SOURCE_ACCESS: vnetEnabled ? 'identity' : sourceAccess
  RESULT_ACCESS: resultAccess
  DOCUMENT_ACCESS: vnetEnabled ? 'identity' : documentAccess
  DELETE_AFTER_DELIVERY: deleteAfterDelivery ? 'true' : 'false'
  POLL_SCHEDULE: pollSchedule
  START_EXISTING: startExisting ? 'true' : 'false'
  DEADLINE_HOURS: string(deadlineHours)
  // How long a start that is written down may still be taken; docs/states.md says why.
  START_WINDOW_SECONDS: '30'
  MAX_TARGETS: string(maxTargets)
  MAX_IN_FLIGHT_AZURE_VIDEO: string(maxInFlightVideo)
  MAX_IN_FLIGHT_VOZO: string(maxInFlightVozo)
  MAX_IN_FLIGHT_AZURE_DOCUMENT: string(maxInFlightText)
  MAX_IN_FLIGHT_AZURE_TEXT: string(maxInFlightText)
  DAILY_STARTS_AZURE_VIDEO: string(dailyStartsMedia)
  DAILY_STARTS_VOZO: string(dailyStartsMedia)
  DAILY_STARTS_AZURE_DOCUMENT: string(dailyStartsText)
  DAILY_STARTS_AZURE_TEXT: string(dailyStartsText)
}

// What is left out where it is empty.
var optionalSettings = {
  VOZO_ENDPOINT: withVozo ? 'https://api.vozo.ai' : ''
  VOZO_API_KEY: withVozo ? '@Microsoft.KeyVault(VaultName=${called.vault};SecretName=vozo-api-key)' : ''
  FOUNDRY_ENDPOINT: llmEnabled ? 'https://${called.foundry}.cognitiveservices.azure.com' : ''
  CALLBACK_BASE_URL: callbackBaseUrl
  DEFAULT_SOURCE: defaultSource
  DEFAULT_TARGETS: defaultTargets
  DEFAULT_ROUTE: defaultRoute
  // Keys and regions are for accounts without a custom domain, which this deployment never makes.
  SPEECH_KEY: ''
  TRANSLATOR_KEY: ''
  TRANSLATOR_REGION: ''
  TRANSLATOR_RESOURCE_ID: ''
  // Speech uses its system-assigned identity.
  SPEECH_IDENTITY_CLIENT_ID: ''
  // Every result comes over https from a public address: nothing is exempt in a deployment.
  TRUSTED_RESULT_HOSTS: ''
}
var givenSettings = filter(items(optionalSettings), setting => !empty(setting.value))

// What the Functions host and the telemetry exporter read.
var platformSettings = {
  AzureWebJobsStorage__blobServiceUri: hostStorage.outputs.AzureWebJobsStorage__blobServiceUri
  AzureWebJobsStorage__queueServiceUri: hostStorage.outputs.AzureWebJobsStorage__queueServiceUri
  AzureWebJobsStorage__tableServiceUri: hostStorage.outputs.AzureWebJobsStorage__tableServiceUri
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identity.outputs.clientId
  APPLICATIONINSIGHTS_CONNECTION_STRING: monitoring.outputs.APPLICATIONINSIGHTS_CONNECTION_STRING
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.outputs.clientId};Authorization=AAD'
  PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY: 'true'
  // It would record every address that is fetched, and those of results are signed. The app has spans of its own for providers.
  OTEL_PYTHON_DISABLED_INSTRUMENTATIONS: 'httpx'
}

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: called.resourceGroup
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  name: 'identity'
  scope: group
  params: {
    name: called.identity
    location: location
    tags: tags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  scope: group
  params: {
    workspaceName: called.workspace
    componentName: called.component
    location: location
    tags: tags
    retentionDays: logRetentionDays
    dailyQuotaGb: logDailyQuotaGb
  }
}

module network 'modules/network.bicep' = if (vnetEnabled) {
  name: 'network'
  scope: group
  params: {
    name: called.network
    location: location
    tags: tags
    addressPrefix: vnetAddressPrefix
  }
}

module aiServices 'modules/ai-services.bicep' = {
  name: 'ai-services'
  scope: group
  params: {
    speechName: called.speech
    translatorName: called.translator
    location: location
    tags: tags
    networkRestricted: vnetEnabled
  }
}

module foundry 'modules/foundry.bicep' = if (llmEnabled) {
  name: 'foundry'
  scope: group
  params: {
    name: called.foundry
    location: location
    tags: tags
    deploymentName: llmDeploymentName
    model: llmModel
    modelVersion: llmModelVersion
    capacity: llmCapacity
  }
}

module dataStorage 'modules/data-storage.bicep' = {
  name: 'data-storage'
  scope: group
  params: {
    name: called.dataAccount
    location: location
    tags: tags
    sku: storageSku
    containerNames: [containers.inbox, containers.outbox, containers.edits, containers.glossaries, containers.staging, containers.jobs]
    keptContainerNames: [containers.inbox, containers.outbox, containers.edits, containers.glossaries]
    jobsContainer: containers.jobs
    stagingContainer: containers.staging
    versionRetentionDays: versionRetentionDays
    stagingRetentionDays: stagingRetentionDays
    doneRetentionDays: doneRetentionDays
    networkRestricted: vnetEnabled
    allowedAddresses: vnetEnabled ? allowedStorageAddresses : []
    trustedResourceIds: vnetEnabled ? [aiServices.outputs.speechId, aiServices.outputs.translatorId] : []
  }
}

module hostStorage 'modules/host-storage.bicep' = {
  name: 'host-storage'
  scope: group
  params: {
    name: called.hostAccount
    location: location
    tags: tags
    packageContainer: packageContainer
    deadLetterContainer: containers.deadLetters
    deadLetterRetentionDays: 30
    networkRestricted: vnetEnabled
  }
}

module keyVault 'modules/key-vault.bicep' = {
  name: 'key-vault'
  scope: group
  params: {
    name: called.vault
    location: location
    tags: tags
    withVozo: vozoEnabled
    vozoApiKey: vozoApiKey
    callbackSecret: callbackSecret
    networkRestricted: vnetEnabled
  }
}

module eventTopic 'modules/event-topic.bicep' = {
  name: 'event-topic'
  scope: group
  params: {
    name: called.topic
    location: location
    tags: tags
    sourceId: dataStorage.outputs.id
  }
}

module privateEndpoints 'modules/private-endpoints.bicep' = if (vnetEnabled) {
  name: 'private-endpoints'
  scope: group
  params: {
    namePrefix: called.privateEndpoints
    location: location
    tags: tags
    networkId: network!.outputs.id
    subnetId: network!.outputs.endpointSubnetId
    dataAccountId: dataStorage.outputs.id
    hostAccountId: hostStorage.outputs.id
    vaultId: keyVault.outputs.id
    speechId: aiServices.outputs.speechId
    translatorId: aiServices.outputs.translatorId
  }
}

module roles 'modules/roles.bicep' = {
  name: 'roles'
  scope: group
  params: {
    appPrincipalId: identity.outputs.principalId
    speechPrincipalId: aiServices.outputs.speechPrincipalId
    translatorPrincipalId: aiServices.outputs.translatorPrincipalId
    topicPrincipalId: eventTopic.outputs.principalId
    personPrincipalId: empty(personPrincipalId) ? deployer().objectId : personPrincipalId
    personPrincipalType: personPrincipalType
    dataAccountName: dataStorage.outputs.name
    hostAccountName: hostStorage.outputs.name
    speechName: aiServices.outputs.speechName
    translatorName: aiServices.outputs.translatorName
    vaultName: keyVault.outputs.name
    componentName: monitoring.outputs.componentName
    containers: containers
    foundryName: llmEnabled ? foundry!.outputs.name : ''
    speechReadsStorage: vnetEnabled || sourceAccess == 'identity'
    speechWritesStorage: resultAccess == 'push'
    translatorReachesStorage: vnetEnabled || documentAccess == 'identity'
  }
}

module functionApp 'modules/function-app.bicep' = {
  name: 'function-app'
  scope: group
  // The host reads its storage and the vault the moment it starts.
  dependsOn: [roles, privateEndpoints]
  params: {
    name: called.app
    planName: called.plan
    location: location
    tags: tags
    identityId: identity.outputs.id
    settings: union(platformSettings, appSettings, toObject(givenSettings, setting => setting.key, setting => setting.value))
    packageContainerUri: '${hostStorage.outputs.AzureWebJobsStorage__blobServiceUri}/${packageContainer}'
    zoneRedundant: zoneRedundant
    alwaysReady: alwaysReady
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    httpConcurrency: httpConcurrency
    subnetId: vnetEnabled ? network!.outputs.appSubnetId : ''
    networkRestricted: vnetEnabled
    allowedInboundRanges: allowedInboundRanges
  }
}

@description('The resource group that everything is in.')
output AZURE_RESOURCE_GROUP string = group.name

@description('The app that the code is published to.')
output AZURE_FUNCTION_APP_NAME string = functionApp.outputs.name

@description('The topic that the event subscriptions hang on.')
output EVENT_TOPIC_NAME string = eventTopic.outputs.name

@description('The data account, as the az commands name it.')
output DATA_ACCOUNT_NAME string = dataStorage.outputs.name

@description('The host\'s account, which keeps the dead letters.')
output HOST_ACCOUNT_NAME string = hostStorage.outputs.name

@description('Client id of the app\'s identity. Not called AZURE_CLIENT_ID, which azd takes for the client that a pipeline signs in with.')
output APP_CLIENT_ID string = identity.outputs.clientId

@description('Blob endpoint of the data account.')
output TranslationStorage__blobServiceUri string = dataStorage.outputs.TranslationStorage__blobServiceUri

@description('Queue endpoint of the data account.')
output TranslationStorage__queueServiceUri string = dataStorage.outputs.TranslationStorage__queueServiceUri

@description('Address of Speech.')
output SPEECH_ENDPOINT string = aiServices.outputs.SPEECH_ENDPOINT

@description('Address of Translator.')
output TRANSLATOR_ENDPOINT string = aiServices.outputs.TRANSLATOR_ENDPOINT

@description('Where files are dropped.')
output INBOX_CONTAINER string = containers.inbox

@description('Where corrections are dropped.')
output EDITS_CONTAINER string = containers.edits

@description('Where results appear.')
output OUTBOX_CONTAINER string = containers.outbox

@description('Where providers call back and operators look, unless a domain of yours stands before it.')
output CALLBACK_BASE_URL string = empty(callbackBaseUrl) ? 'https://${functionApp.outputs.hostName}' : callbackBaseUrl

@description('Container of dead letters.')
output DEAD_LETTER_CONTAINER string = containers.deadLetters

@description('The component that the alerts query.')
output COMPONENT_NAME string = monitoring.outputs.componentName
