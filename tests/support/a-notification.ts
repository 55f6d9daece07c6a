import type { Notification } from '../../src/domain/notification/notification.ts';
import { notificationId } from '../../src/domain/notification/notification-plan.ts';
import type { Page } from '../../src/domain/notification/page.ts';

const onsetAt = Date.UTC(2026, 7, 22, 2, 7, 12);

/** The page of a checkout whose success rate fell, at 02:07:12 UTC. */
export function aPage(changes: Partial<Page> = {}): Page {
  return {
    incidentId: 'checkout-20260822T020742Z',
    service: 'checkout',
    group: {},
    owner: 'team-payments',
    runbook: 'https://runbooks.example.com/checkout',
    labels: { tier: '1' },
    severity: 'page',
    title: 'checkout: success rate 91.2% over 1m, target at least 99.9% — since 02:07:12 UTC',
    summary: 'Payments are failing',
    rules: ['payments-failing'],
    condition: 'success_rate.over("1m") < 0.97',
    because: 'condition-true',
    onset: {
      at: onsetAt,
      earliest: onsetAt - 2_000,
      latest: onsetAt + 3_000,
      method: 'change-point',
      signal: 'success_rate',
    },
    detectedAt: onsetAt + 30_000,
    off: [
      {
        target: { signal: 'success_rate', bound: 'atLeast', value: 0.999, overMs: 60_000, unit: 'ratio' },
        reading: { kind: 'value', value: 0.912, sampleAt: onsetAt + 29_000, good: 912, total: 1000 },
        verdict: 'missed',
        perMinute: -0.021,
      },
    ],
    fine: [
      {
        target: { signal: 'replication_lag', bound: 'atMost', value: 10, unit: 'seconds' },
        reading: { kind: 'value', value: 0.4, sampleAt: onsetAt + 25_000 },
        verdict: 'held',
      },
    ],
    endState: 'Customers can pay, and no order is lost',
    relapses: 0,
    link: 'https://andon.example.com/incidents/checkout-20260822T020742Z',
    ...changes,
  };
}

/** One notification to the channel `oncall`; ids follow from incident, sequence and channel as in production. */
export function aNotification(
  changes: Partial<Omit<Notification, 'id' | 'page'>> & { readonly page?: Partial<Page> } = {},
): Notification {
  const { page, ...rest } = changes;
  const incidentId = rest.incidentId ?? 'checkout-20260822T020742Z';
  const base = { channel: 'oncall', sequence: 1, kind: 'firing', createdAt: onsetAt + 30_100, ...rest } as const;
  return {
    ...base,
    id: notificationId(incidentId, base.sequence, base.channel),
    incidentId,
    page: aPage({ incidentId, ...page }),
  };
}
