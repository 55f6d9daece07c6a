import type { ServiceView } from '../../src/app/service-view.ts';
import type { StatusView } from '../../src/app/status-view.ts';
import { replicationLag, storyStart, successRate } from './incident-story.ts';

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
  problems: [{ reason: 'groups-dropped', detail: '3 groups are beyond the limit of 20' }],
  droppedGroups: 0,
};

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
