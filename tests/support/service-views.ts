import type { KeptOpen } from '../../src/domain/incident/kept-open.ts';
import type { ServiceView } from '../../src/app/views/service-view.ts';
import type { StatusView } from '../../src/app/views/status-view.ts';
import type { BudgetView } from '../../src/app/budgets/budget-view.ts';
import { replicationLag, storyStart, successRate } from './incident-story.ts';

const day = 86_400_000;

/** A budget of which a tenth is left. */
const aBudgetView: BudgetView = {
  budget: 'success_rate',
  signal: 'success_rate',
  group: {},
  objective: 0.999,
  period: '30d',
  method: 'occurrences',
  reading: {
    kind: 'value',
    remaining: 0.1,
    spent: 0.9,
    ratio: 0.9991,
    bad: 900,
    total: 1_000_000,
    allowedBad: 1000,
    coverage: 0.99,
    excludedMs: 0,
    impossibleMs: 0,
    periodFrom: storyStart - 30 * day,
    periodTo: storyStart,
  },
  burnRates: [
    {
      windowMs: 3_600_000,
      reading: {
        kind: 'value',
        value: 15,
        sampleAt: storyStart,
        good: 985,
        bad: 15,
        total: 1000,
        coverage: 1,
        excludedMs: 0,
      },
    },
  ],
  exhaustion: { windowMs: 3_600_000, in: { kind: 'in', ms: 7_200_000 } },
  known: 1,
  excluded: [],
  excludedAhead: [],
};

/** What cannot be told yet. */
const anUnknownBudgetView: BudgetView = {
  ...aBudgetView,
  budget: 'monthly',
  reading: {
    kind: 'unknown',
    reason: 'short-history',
    detail: 'monthly: counts cover 12% of the 30d before now',
    coverage: 0.12,
    bad: 1,
    total: 100,
    periodFrom: storyStart - 30 * day,
    periodTo: storyStart,
  },
  burnRates: [],
  exhaustion: { windowMs: 3_600_000, in: { kind: 'never' } },
  known: 0.12,
};

/** A service with a stopped line, one target missed and one that cannot be told. */
export const checkoutView: ServiceView = {
  service: 'checkout',
  owner: 'team-payments',
  runbook: 'https://runbooks.example.com/checkout',
  labels: { tier: 'one' },
  source: 'main',
  revision: 'r1',
  endState: 'Customers can pay, and no order is lost',
  lastPollAt: storyStart + 120_000,
  scopes: [
    {
      group: {},
      line: 'stopped',
      targets: [{ ...successRate, perMinute: -0.01 }, replicationLag],
      rules: [
        {
          rule: 'payments-failing',
          severity: 'page',
          condition: 'success_rate.over("1m") < 0.97',
          state: 'firing',
          since: storyStart + 40_000,
        },
        { rule: 'budget-burning', severity: 'page', condition: 'false', state: 'inactive' },
      ],
      incidentId: 'inc-1',
    },
  ],
  readings: [
    { signal: 'success_rate', group: {}, fold: 'over', windowMs: 300_000, reading: successRate.reading },
    { signal: 'replication_lag', group: {}, fold: 'latest', reading: replicationLag.reading },
  ],
  budgets: [aBudgetView, anUnknownBudgetView],
  problems: [{ reason: 'groups-dropped', detail: '3 groups are beyond the limit of 20' }],
  droppedGroups: 0,
};

/** What keeps the incident of its service open: a tier that burns, and a rule that cannot be decided. */
export const aKeptOpen: KeptOpen = {
  rules: [
    {
      rule: 'success-rate-budget-page',
      severity: 'page',
      condition: 'success_rate.burnRate("1h") > 14.4 && success_rate.burnRate("5m") > 14.4',
      truth: { kind: 'true' },
      reads: [
        {
          use: { signal: 'success_rate', budget: 'success_rate', fold: 'burn-rate', windowMs: 3_600_000 },
          reading: { kind: 'value', value: 21.34, sampleAt: storyStart, good: 900, total: 1000 },
        },
        {
          use: { signal: 'success_rate', budget: 'success_rate', fold: 'burn-rate', windowMs: 300_000 },
          reading: { kind: 'value', value: 18, sampleAt: storyStart, good: 90, total: 100 },
        },
      ],
      tiers: [{ budget: 'success_rate', longMs: 3_600_000, long: 21.34, shortMs: 300_000, short: 18, factor: 14.4 }],
    },
    {
      rule: 'lagging',
      severity: 'ticket',
      condition: 'replication_lag.latest() > 10.0',
      truth: { kind: 'unknown', reason: 'stale', detail: 'replication_lag: newest sample is 5m old' },
      reads: [{ use: { signal: 'replication_lag', fold: 'latest' }, reading: replicationLag.reading, unit: 'seconds' }],
    },
  ],
  holdMs: 600_000,
  heldMs: 0,
  budgetsSpent: [{ budget: 'success_rate', spent: 0.0278, remaining: 0.872 }],
  budgetsSpentUnknown: [
    { budget: 'latency', reason: 'short-history', detail: 'latency: counts cover 40% of the 30d before now' },
  ],
};

/** The same services while that is known. */
export function viewsKeptOpen(kept: Partial<KeptOpen> = {}): readonly ServiceView[] {
  const scopes = checkoutView.scopes.map((scope) => ({ ...scope, keptOpen: { ...aKeptOpen, ...kept } }));
  return [{ ...checkoutView, scopes }, searchView];
}

/** A service of two regions whose lines move, before it has been evaluated in one of them. */
export const searchView: ServiceView = {
  service: 'search',
  labels: {},
  source: 'main',
  revision: 'r2',
  endState: 'Searches answer',
  scopes: [
    { group: { region: 'eu' }, line: 'moving', targets: [{ ...successRate, verdict: 'held' }], rules: [] },
    { group: { region: 'us' }, line: 'moving', targets: [], rules: [] },
  ],
  readings: [],
  budgets: [],
  problems: [],
  droppedGroups: 0,
};

export const aStatus: StatusView = {
  version: '0.1.0',
  startedAt: storyStart - 3_600_000,
  reload: {
    ok: false,
    lastAttemptAt: storyStart,
    lastSuccessAt: storyStart - 60_000,
    problems: ['a.yaml:3:7: no'],
    atNextStart: [],
  },
  store: { degraded: true, reason: 'full' },
  sources: [
    {
      name: 'main',
      clockSkewMs: -250,
      lastAnswerAt: storyStart - 5000,
      lastError: { at: storyStart, reason: 'timeout', detail: 'no answer in 5 s' },
    },
    { name: 'other' },
  ],
  channels: [
    {
      name: 'pager',
      type: 'webhook',
      configured: true,
      pending: 1,
      lastDeliveryAt: storyStart,
      lastError: { at: storyStart, reason: 'throttled', detail: 'try later' },
    },
  ],
};
