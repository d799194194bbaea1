using '../main.bicep'

// Text may be translated by a language model.
param environmentName = 'language-model'
param location = 'westeurope'
param callbackSecret = 'made-up-and-long-enough-to-be-taken'
param llmModel = 'gpt-4o-mini'
param llmModelVersion = '2024-07-18'
