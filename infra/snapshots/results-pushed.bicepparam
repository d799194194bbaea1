using '../main.bicep'

// Speech reads by its own identity and pushes its results.
param environmentName = 'results-pushed'
param location = 'westeurope'
param callbackSecret = 'made-up-and-long-enough-to-be-taken'
param sourceAccess = 'identity'
param resultAccess = 'push'
