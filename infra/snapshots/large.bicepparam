using '../main.bicep'

// Spread over zones, with warm instances, names of its own and nobody to drop files yet.
param environmentName = 'large'
param location = 'westeurope'
param callbackSecret = 'made-up-and-long-enough-to-be-taken'
param zoneRedundant = true
param alwaysReady = [{ name: 'http', instanceCount: 2 }]
param names = { resourceGroup: 'media-prod', app: 'media-prod-babeldrop' }
param personPrincipalType = 'None'
