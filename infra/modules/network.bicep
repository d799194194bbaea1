metadata description = 'The private network of a deployment that has one: a subnet for the app, a subnet for the private endpoints.'

@description('Name of the network.')
param name string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Address range of the network; the two subnets take its first and second /24.')
param addressPrefix string

var subnets = [
  // Flex Consumption asks for this delegation.
  { name: 'app', delegations: [{ name: 'flex', properties: { serviceName: 'Microsoft.App/environments' } }] }
  { name: 'private-endpoints', delegations: [] }
]

resource securityGroups 'Microsoft.Network/networkSecurityGroups@2024-05-01' = [for subnet in subnets: {
  name: '${name}-${subnet.name}'
  location: location
  tags: tags
}]

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: {
      addressPrefixes: [addressPrefix]
    }
    subnets: [for (subnet, i) in subnets: {
      name: subnet.name
      properties: {
        addressPrefix: cidrSubnet(addressPrefix, 24, i)
        delegations: subnet.delegations
        networkSecurityGroup: {
          id: securityGroups[i].id
        }
      }
    }]
  }
}

@description('Resource id of the network.')
output id string = network.id

@description('Resource id of the subnet that the app\'s outgoing traffic takes.')
output appSubnetId string = '${network.id}/subnets/${subnets[0].name}'

@description('Resource id of the subnet of the private endpoints.')
output endpointSubnetId string = '${network.id}/subnets/${subnets[1].name}'
