metadata description = 'What wakes a person. docs/operate.md says what each alert means and what to do.'

@description('Start of the alerts\' names.')
param namePrefix string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Resource id of the Application Insights component that the log alerts query.')
param componentId string

@description('Resource id of the event topic.')
param topicId string

@description('Address that gets a mail. Empty: the alerts fire in the portal only.')
param email string

@description('Minutes without a tick after which the timer counts as dead. Longer than POLL_SCHEDULE\'s interval.')
@allowed([5, 10, 15, 30, 45, 60])
param silentMinutes int

@description('Seconds that a job may be overdue.')
@minValue(300)
@maxValue(86400)
param overdueSeconds int

// Each query yields one row with one number, also when nothing was logged, so that silence can be told from health.
var logAlerts = [
  {
    name: 'poison'
    description: 'A blob event failed five times, and report_poison wrote a receipt for it.'
    query: 'requests | where name has "report_poison" | summarize measured = count()'
    minutes: 15
    operator: 'GreaterThan'
    threshold: 0
    severity: 2
  }
  {
    name: 'no-tick'
    description: 'No tick has got as far as counting the jobs: nothing is polled, delivered or found again.'
    // The tick's own measurement, not its request: whether a failed run's request counts as a success is not known.
    query: 'customMetrics | where name == "babeldrop.due_age" | summarize measured = count()'
    minutes: silentMinutes
    operator: 'LessThan'
    threshold: 1
    severity: 1
  }
  {
    name: 'overdue'
    description: 'The oldest job that is due has waited too long: ticks run but do not get through their work.'
    query: 'customMetrics | where name == "babeldrop.due_age" | summarize measured = coalesce(max(valueMax), 0.0)'
    minutes: 15
    operator: 'GreaterThan'
    threshold: overdueSeconds
    severity: 2
  }
  {
    name: 'restarts'
    description: 'The host has ended more often than deployments and scaling explain: something outside the functions ends it.'
    query: 'traces | where message has "Host is shutting down" | summarize measured = count()'
    minutes: 30
    operator: 'GreaterThan'
    threshold: 5
    severity: 2
  }
]

var topicAlerts = [
  { name: 'events-dropped', metric: 'DroppedEventCount', description: 'Event Grid gave up events without keeping them. The rescan finds their files later.' }
  { name: 'events-dead-lettered', metric: 'DeadLetteredCount', description: 'Event Grid gave up events and kept them as dead letters. The rescan finds their files later.' }
]

resource mail 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(email)) {
  name: '${namePrefix}-mail'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'babeldrop'
    enabled: true
    emailReceivers: [
      {
        name: 'operators'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

resource logAlertRules 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for alert in logAlerts: {
  name: '${namePrefix}-${alert.name}'
  location: location
  tags: tags
  properties: {
    displayName: '${namePrefix} ${alert.name}'
    description: alert.description
    severity: alert.severity
    enabled: true
    scopes: [componentId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT${alert.minutes}M'
    criteria: {
      allOf: [
        {
          query: alert.query
          metricMeasureColumn: 'measured'
          timeAggregation: 'Maximum'
          operator: alert.operator
          threshold: alert.threshold
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    autoMitigate: true
    // The component's tables are known only once telemetry has arrived, which is after this deployment.
    skipQueryValidation: true
    actions: {
      actionGroups: empty(email) ? [] : [mail.id]
    }
  }
}]

resource topicAlertRules 'Microsoft.Insights/metricAlerts@2018-03-01' = [for alert in topicAlerts: {
  name: '${namePrefix}-${alert.name}'
  location: 'global'
  tags: tags
  properties: {
    description: alert.description
    severity: 2
    enabled: true
    scopes: [topicId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: alert.metric
          criterionType: 'StaticThresholdCriterion'
          metricName: alert.metric
          operator: 'GreaterThan'
          threshold: 0
          timeAggregation: 'Total'
        }
      ]
    }
    actions: empty(email) ? [] : [{ actionGroupId: mail.id }]
  }
}]
