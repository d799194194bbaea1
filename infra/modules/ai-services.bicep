metadata description = 'Speech (video translation) and Translator (documents, text). Tokens only: local auth is off, and a token needs the custom domain.'

@description('Name and custom domain of the Speech account.')
param speechName string

@description('Name and custom domain of the Translator account.')
param translatorName string

@description('Azure region. Video translation is offered in some regions only. Translator must not be global, or its identity cannot reach storage.')
param location string

@description('Tags of every resource.')
param tags object

@description('Whether only private endpoints get in.')
param networkRestricted bool

var accounts = [
  { name: speechName, kind: 'SpeechServices', sku: 'S0' }
  // Documents need S1 at least.
  { name: translatorName, kind: 'TextTranslation', sku: 'S1' }
]

resource services 'Microsoft.CognitiveServices/accounts@2025-06-01' = [for service in accounts: {
  name: service.name
  location: location
  tags: tags
  kind: service.kind
  sku: {
    name: service.sku
  }
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    customSubDomainName: service.name
    disableLocalAuth: true
    publicNetworkAccess: networkRestricted ? 'Disabled' : 'Enabled'
    networkAcls: {
      defaultAction: networkRestricted ? 'Deny' : 'Allow'
    }
  }
}]

@description('Name of the Speech account.')
output speechName string = services[0].name

@description('Resource id of the Speech account.')
output speechId string = services[0].id

@description('Object id of Speech\'s own identity, by which it reads sources where it gets no signed address.')
output speechPrincipalId string = services[0].identity.principalId

@description('Name of the Translator account.')
output translatorName string = services[1].name

@description('Resource id of the Translator account.')
output translatorId string = services[1].id

@description('Object id of Translator\'s own identity, by which it reads documents and writes results.')
output translatorPrincipalId string = services[1].identity.principalId

@description('The Speech account\'s own address, with no trailing slash.')
output SPEECH_ENDPOINT string = 'https://${speechName}.cognitiveservices.azure.com'

@description('The Translator account\'s own address, with no trailing slash. The account\'s property names the global one, which takes no token for documents.')
output TRANSLATOR_ENDPOINT string = 'https://${translatorName}.cognitiveservices.azure.com'
