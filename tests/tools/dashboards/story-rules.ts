const ratio = {
  ratio: { good: 'http_requests_total{job="shop",code!~"5.."}', total: 'http_requests_total{job="shop"}' },
};
const signals = {
  success_rate: ratio,
  latency: { latency: { histogram: 'http_request_duration_seconds{job="shop"}', threshold: '200ms' } },
  // Nobody exports it.
  returns: { ratio: { good: 'returns_good_total', total: 'returns_total' } },
  queue_depth: { gauge: { query: 'max(shop_queue_depth{job="shop"})', unit: 'requests' } },
};
const failing = { name: 'failing', when: 'success_rate.over("2s") < 0.9', severity: 'page', summary: 'Payments fail' };

/** One service that is closed soon, one that is watched for long, and one whose source is away. JSON is YAML. */
export const storyRules = [
  service('shop', {
    signals,
    endState: {
      summary: 'Customers can pay',
      hold: '2s',
      watch: '1s',
      targets: [
        { signal: 'success_rate', atLeast: '99%', over: '2s' },
        { signal: 'latency', atLeast: '90%', over: '2s' },
        { signal: 'queue_depth', atMost: 100 },
      ],
    },
    changes: { bake: '5m' },
    errorBudgets: [{ signal: 'success_rate', objective: '99%', period: '1h' }],
    stopTheLine: [
      failing,
      { ...failing, name: 'on-trial', when: `${failing.when} || returns.over("2s") < 0.9`, shadow: true },
    ],
  }),
  service('kiosk', {
    signals: { success_rate: ratio },
    endState: {
      summary: 'Customers can pay at the kiosk',
      hold: '2s',
      watch: '1h',
      targets: [{ signal: 'success_rate', atLeast: '99%', over: '2s' }],
    },
    stopTheLine: [{ ...failing, severity: 'ticket' }],
  }),
  service('lost', {
    source: 'away',
    signals: { success_rate: ratio },
    endState: {
      summary: 'It is there',
      hold: '2s',
      targets: [{ signal: 'success_rate', atLeast: '99%', over: '2s' }],
    },
    stopTheLine: [failing],
  }),
]
  .map((document) => JSON.stringify(document))
  .join('\n---\n');

function service(name: string, spec: object): object {
  const metadata = { name, owner: `team-${name}`, runbook: `https://runbooks.example.com/${name}` };
  return { apiVersion: 'andon/v1', kind: 'Service', metadata, spec };
}
