using '../main.bicep'

// A private network, with people and operators at known addresses. The key of Vozo's is there and not used.
param environmentName = 'private-network'
param location = 'westeurope'
param callbackSecret = 'made-up-and-long-enough-to-be-taken'
param vozoApiKey = 'made-up'
param vozoEnabled = true
param vnetEnabled = true
param allowedStorageAddresses = ['198.51.100.0/24']
param allowedInboundRanges = ['203.0.113.0/24']
