using './main.bicep'

// azd fills the environment. By hand, export these variables or write the values here; never write the two secrets here.
param environmentName = readEnvironmentVariable('AZURE_ENV_NAME')
param location = readEnvironmentVariable('AZURE_LOCATION')
// Not AZURE_PRINCIPAL_ID: for a guest, azd sets it to the id in the home tenant, where nothing here can be granted.
param personPrincipalId = readEnvironmentVariable('PERSON_PRINCIPAL_ID', '')
param personPrincipalType = readEnvironmentVariable('AZURE_PRINCIPAL_TYPE', 'User')
param callbackSecret = readEnvironmentVariable('CALLBACK_SECRET')
param vozoApiKey = readEnvironmentVariable('VOZO_API_KEY', '')
param vozoEnabled = !empty(readEnvironmentVariable('VOZO_API_KEY', ''))
param callbackBaseUrl = readEnvironmentVariable('CALLBACK_BASE_URL_OVERRIDE', '')
param vnetEnabled = bool(readEnvironmentVariable('VNET_ENABLED', 'false'))
param zoneRedundant = bool(readEnvironmentVariable('ZONE_REDUNDANT', 'false'))
param storageSku = readEnvironmentVariable('STORAGE_SKU', 'Standard_ZRS')
param llmModel = readEnvironmentVariable('LLM_MODEL', '')
