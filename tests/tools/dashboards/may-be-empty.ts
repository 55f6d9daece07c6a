/** Queries that may find nothing in the story that the test tells, and why. */
export const mayBeEmpty: Readonly<Record<string, string>> = {
  'andon.json: Caught up A': 'Andon is never away in the story.',
  'andon.json: Polls that never ran A': 'All polls of the story run.',
  'andon.json: Kept back B': 'Pages are grouped only where `grouping` is set.',
  'andon.json: Kept back C': 'Reminders come after minutes at the earliest.',
  'andon.json: Heartbeats that failed A':
    'A reason is a series of its own, whose first sample is not an increase: Prometheus needs a second beat, 10 s later.',
  'andon.json: Told again A': 'Only channels of Alertmanager and the like are told again.',
  'andon.json: Deployments that GitHub held A': 'No GitHub is configured.',
  'service.json: Budgets without a value A':
    'An error budget is unknown only until its past is filled in, which may be over before the first scrape.',
  'service.json: Groups left out A': 'No service has more groups than it may.',
  'incident-metrics.json: Closed by hand A': 'Only incidents that nothing can close any more are closed by hand.',
  'incident-metrics.json: Failed-deployment recovery time A':
    'The deployment that caused an incident is watched for at least 20 minutes before it is counted.',
  'incident-metrics.json: Failed-deployment recovery time B': 'As A.',
  'incident-metrics.json: Failed-deployment recovery time C': 'As A.',
};
