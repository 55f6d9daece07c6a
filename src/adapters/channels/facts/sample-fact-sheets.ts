import type { FactSheet } from './fact-sheet.ts';

/** Bodies that between them have every field, lack every optional one and hold awkward characters. */
export function sampleFactSheets(): readonly FactSheet[] {
  const firing: FactSheet = {
    type: 'incident.firing',
    timestamp: '2026-08-22T02:07:42.100Z',
    data: {
      version: 1,
      incidentId: 'checkout-20260822T020742Z',
      sequence: 1,
      service: 'checkout',
      group: {},
      severity: 'page',
      title: 'checkout: success rate 91.2% over 1m, target at least 99.9% — since 02:07:12 UTC',
      labels: {},
      rules: ['payments-failing'],
      condition: 'success_rate.over("1m") < 0.97',
      because: 'condition-true',
      endState: 'Customers can pay, and "no" order\nis lost \\ ever',
      onset: {
        at: '2026-08-22T02:07:12.000Z',
        earliest: '2026-08-22T02:07:10.000Z',
        latest: '2026-08-22T02:07:15.000Z',
        method: 'change-point',
      },
      detectedAt: '2026-08-22T02:07:42.000Z',
      timeToDetectSeconds: 30,
      relapses: 0,
      off: [],
      fine: [],
      collapsed: [],
      truncated: false,
    },
  };
  const missed = {
    signal: 'success_rate',
    group: { zone: 'a' },
    text: 'success rate 91.2% over 1m, target at least 99.9%',
    verdict: 'missed',
    bound: 'atLeast',
    target: 0.999,
    unit: 'ratio',
    overSeconds: 60,
    value: 0.912,
    good: 912,
    total: 1000,
    sampleAt: '2026-08-22T02:07:41.000Z',
    perMinute: -0.021,
    trend: 'worsening',
  } as const;
  const blind = {
    signal: 'replication_lag',
    text: 'replication lag unknown (stale), target at most 10 seconds',
    verdict: 'unknown',
    bound: 'atMost',
    target: 10,
    unknown: { reason: 'stale', detail: 'newest sample is 5m old' },
  } as const;
  const resolved: FactSheet = {
    ...firing,
    type: 'incident.resolved',
    data: {
      ...firing.data,
      sequence: 2,
      group: { region: 'eu' },
      owner: 'team-payments',
      summary: 'Payments are failing: "card declined"',
      runbook: 'https://runbooks.example.com/checkout',
      link: 'https://andon.example.com/incidents/checkout-20260822T020742Z',
      labels: { tier: '1', quote: '"\\\n' },
      onset: { ...firing.data.onset, signal: 'success_rate' },
      recoveredAt: '2026-08-22T02:31:05.000Z',
      recovery: {
        at: '2026-08-22T02:31:00.000Z',
        earliest: '2026-08-22T02:30:58.000Z',
        latest: '2026-08-22T02:31:02.000Z',
      },
      resolvedAt: '2026-08-22T02:41:05.000Z',
      timeToRecoverSeconds: 1433,
      off: [missed, blind],
      fine: [{ ...missed, verdict: 'held', value: 0.9995, trend: 'improving', perMinute: 0.01 }],
      impact: { badEvents: 1820.5, totalEvents: 20_500, peakBadRatio: 0.31, signal: 'success_rate' },
      budgetsSpent: [{ budget: 'success_rate', spent: 0.0278, remaining: 0.872, about: true }],
      collapsed: [{ id: 'checkout-20260822T020742Z:1:oncall', kind: 'firing', createdAt: firing.timestamp }],
    },
  };
  const closed: FactSheet = {
    ...firing,
    type: 'incident.resolved',
    data: { ...firing.data, sequence: 2, closedByHand: { by: 'Ada "Countess" L.', because: 'retired\nfor \\ good' } },
  };
  return [firing, resolved, closed];
}
