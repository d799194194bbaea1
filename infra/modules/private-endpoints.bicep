metadata description = 'A private endpoint for each service that the app talks to, and the DNS zones that lead to them.'

@description('Start of the endpoints\' names.')
param namePrefix string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Resource id of the network that resolves the zones.')
param networkId string

@description('Resource id of the subnet that the endpoints are in.')
param subnetId string

@description('Resource id of the data account.')
param dataAccountId string

@description('Resource id of the host\'s account.')
param hostAccountId string

@description('Resource id of the vault.')
param vaultId string

@description('Resource id of the Speech account.')
param speechId string

@description('Resource id of the Translator account.')
param translatorId string

var zoneNames = [
  'privatelink.blob.${environment().suffixes.storage}'
  'privatelink.queue.${environment().suffixes.storage}'
  'privatelink.table.${environment().suffixes.storage}'
  'privatelink.vaultcore.azure.net'
  'privatelink.cognitiveservices.azure.com'
]

var endpoints = [
  { name: 'data-blob', resourceId: dataAccountId, group: 'blob', zone: 0 }
  { name: 'data-queue', resourceId: dataAccountId, group: 'queue', zone: 1 }
  { name: 'host-blob', resourceId: hostAccountId, group: 'blob', zone: 0 }
  { name: 'host-queue', resourceId: hostAccountId, group: 'queue', zone: 1 }
  { name: 'host-table', resourceId: hostAccountId, group: 'table', zone: 2 }
  { name: 'vault', resourceId: vaultId, group: 'vault', zone: 3 }
  { name: 'speech', resourceId: speechId, group: 'account', zone: 4 }
  { name: 'translator', resourceId: translatorId, group: 'account', zone: 4 }
]

resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' = [for zoneName in zoneNames: {
  name: zoneName
  location: 'global'
  tags: tags
}]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [for (zoneName, i) in zoneNames: {
  parent: zones[i]
  name: namePrefix
  location: 'global'
  tags: tags
  properties: {
    registrationEnabled: false
    virtualNetwork: {
      id: networkId
    }
  }
}]

// One after the other: an account takes one new endpoint at a time.
@batchSize(1)
resource privateEndpoints 'Microsoft.Network/privateEndpoints@2024-05-01' = [for endpoint in endpoints: {
  name: '${namePrefix}-${endpoint.name}'
  location: location
  tags: tags
  properties: {
    subnet: {
      id: subnetId
    }
    privateLinkServiceConnections: [
      {
        name: endpoint.name
        properties: {
          privateLinkServiceId: endpoint.resourceId
          groupIds: [endpoint.group]
        }
      }
    ]
  }
}]

// Two of them write to the same zone.
@batchSize(1)
resource zoneGroups 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-05-01' = [for (endpoint, i) in endpoints: {
  parent: privateEndpoints[i]
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [
      {
        name: endpoint.name
        properties: {
          privateDnsZoneId: zones[endpoint.zone].id
        }
      }
    ]
  }
}]
