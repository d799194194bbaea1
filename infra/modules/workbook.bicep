metadata description = 'A workbook that asks the questions of docs/queries.md. That page is their only source.'

@description('Name of the deployment, which the workbook shows.')
param name string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Resource id of the Application Insights component that it queries.')
param componentId string

// Each section of the page with a query in it is a part of the workbook. A query says itself how it is shown.
var sections = filter(split(loadTextContent('../../docs/queries.md'), '\n## '), section => contains(section, '\n```kusto\n'))

var queries = map(sections, section => {
  title: split(section, '\n')[0]
  query: split(split(section, '\n```kusto\n')[1], '\n```')[0]
})

// What a person fills in stands between angle brackets on the page, and is a parameter of the workbook.
var parameters = {
  type: 9
  name: 'parameters'
  content: {
    version: 'KqlParameterItem/1.0'
    style: 'pills'
    queryType: 0
    resourceType: 'microsoft.insights/components'
    parameters: [
      {
        name: 'time'
        label: 'Time'
        type: 4
        isRequired: true
        value: { durationMs: 604800000 }
        typeSettings: { allowCustom: true, selectableValues: [{ durationMs: 3600000 }, { durationMs: 86400000 }, { durationMs: 604800000 }, { durationMs: 2592000000 }] }
      }
      { name: 'file', label: 'File in the inbox', type: 1, isRequired: false, value: '' }
      { name: 'job', label: 'Job', type: 1, isRequired: false, value: '' }
    ]
  }
}

var parts = map(range(0, length(queries)), i => {
  type: 3
  name: 'query-${i}'
  content: {
    version: 'KqlItem/1.0'
    title: queries[i].title
    query: replace(replace(queries[i].query, '<file>', '{file}'), '<job>', '{job}')
    size: 0
    queryType: 0
    resourceType: 'microsoft.insights/components'
    timeContextFromParameter: 'time'
  }
})

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'workbook')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Babeldrop ${name}'
    category: 'workbook'
    sourceId: componentId
    serializedData: string({
      version: 'Notebook/1.0'
      items: concat([parameters], parts)
      fallbackResourceIds: [componentId]
    })
  }
}
