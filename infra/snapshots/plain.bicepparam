using '../main.bicep'

// What azd up makes with a key of Vozo's.
param environmentName = 'plain'
param location = 'westeurope'
param callbackSecret = 'made-up-and-long-enough-to-be-taken'
param vozoApiKey = 'made-up'
param vozoEnabled = true
