metadata description = 'Where logs, traces and metrics go. Telemetry is accepted by Entra token only.'

@description('Name of the Log Analytics workspace.')
param workspaceName string

@description('Name of the Application Insights component.')
param componentName string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Days that logs are kept. Up to 31 days cost nothing on top of what they cost to take in.')
@minValue(30)
@maxValue(730)
param retentionDays int

@description('Gigabytes a day after which no more logs are taken in, so that a fault cannot run up a bill.')
@minValue(1)
@maxValue(100)
param dailyQuotaGb int

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: workspaceName
  location: location
  tags: tags
  properties: {
    sku: {
      name: 'PerGB2018'
    }
    retentionInDays: retentionDays
    workspaceCapping: {
      dailyQuotaGb: dailyQuotaGb
    }
    features: {
      disableLocalAuth: true
    }
  }
}

resource component 'Microsoft.Insights/components@2020-02-02' = {
  name: componentName
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    DisableLocalAuth: true
  }
}

@description('Name of the component, which the telemetry role is scoped to.')
output componentName string = component.name

@description('Where telemetry is sent. It grants nothing: a token is asked for as well.')
output APPLICATIONINSIGHTS_CONNECTION_STRING string = component.properties.ConnectionString
