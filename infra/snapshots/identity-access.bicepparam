using '../main.bicep'

// Speech reads its sources by its own identity; a group drops the files.
param environmentName = 'identity-access'
param location = 'westeurope'
param callbackSecret = 'made-up-and-long-enough-to-be-taken'
param sourceAccess = 'identity'
param personPrincipalId = '00000000-0000-0000-0000-00000000000a'
param personPrincipalType = 'Group'
