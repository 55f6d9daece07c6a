import type { Commit, Store } from '../../src/app/ports/store.ts';
import type { Checkpoint } from '../../src/domain/incident/checkpoint.ts';
import type { IncidentEvent } from '../../src/domain/incident/event.ts';
import { isIncidentEvent, type StoredLogEvent } from '../../src/domain/log/log-event.ts';
import type { Group } from '../../src/domain/service/group.ts';
import type { Notification } from '../../src/domain/notification/notification.ts';
import type { Page } from '../../src/domain/notification/page.ts';

export const noon = 1_787_400_000_000;

export function anEvent(text: string, incidentId = 'inc-1', group: Group = {}): IncidentEvent {
  return { type: 'noted', service: 'checkout', group, incidentId, at: noon + 0.25, by: 'sre', note: text };
}

export function aPage(incidentId: string, group: Group = {}): Page {
  return {
    incidentId,
    service: 'checkout',
    group,
    labels: { team: 'payments' },
    severity: 'page',
    title: 'Payments fail',
    rules: ['payments-failing'],
    condition: 'success_rate.over("1m") < 0.97',
    because: 'condition-true',
    onset: { at: noon, earliest: noon - 5000, latest: noon, method: 'change-point', signal: 'success_rate' },
    detectedAt: noon + 30_000,
    off: [
      {
        target: { signal: 'success_rate', bound: 'atLeast', value: 0.999, overMs: 300_000 },
        reading: { kind: 'value', value: 0.91, sampleAt: noon + 29_000.125, good: 910, total: 1000 },
        verdict: 'missed',
      },
    ],
    fine: [],
    endState: 'Customers can pay',
    relapses: 0,
  };
}

export function aNotification(id: string, overrides: Partial<Notification> = {}): Notification {
  const incidentId = overrides.incidentId ?? 'inc-1';
  return {
    id,
    channel: 'pager',
    incidentId,
    sequence: 1,
    kind: 'firing',
    createdAt: noon,
    page: aPage(incidentId),
    ...overrides,
  };
}

export function aCheckpoint(service: string, evaluatedAt = noon): Checkpoint {
  return {
    service,
    evaluatedAt,
    scopes: [{ group: {}, rules: [{ rule: 'payments-failing', undecidedMs: 0, firing: false }] }],
  };
}

export function aCommit(parts: Omit<Commit, 'recordedAt'> & { readonly recordedAt?: number }): Commit {
  return { recordedAt: noon, ...parts };
}

/** Everything that can be seen of a store. */
export async function observe(store: Store): Promise<Observation> {
  const events = await store.events(0, Number.MAX_SAFE_INTEGER);
  const incidents = [
    ...new Set(events.filter(isIncidentEvent).map(({ incidentId }) => incidentId)),
    'inc-1',
    'inc-2',
    'inc-3',
  ];
  const outbox: Record<string, unknown> = {};
  for (const id of incidents) outbox[id] = await store.outbox(id);
  return { events, checkpoints: await store.checkpoints(), pending: await store.pending(), outbox };
}

export interface Observation {
  readonly events: readonly StoredLogEvent[];
  readonly checkpoints: readonly Checkpoint[];
  readonly pending: readonly unknown[];
  readonly outbox: Readonly<Record<string, unknown>>;
}
