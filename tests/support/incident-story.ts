import type { Claim } from '../../src/app/changes/claim-book.ts';
import type { Suspect } from '../../src/domain/change/suspect.ts';
import type { IncidentEvent, StopFacts, StoredEvent } from '../../src/domain/incident/event.ts';
import type { TargetVerdict } from '../../src/domain/reading/verdict.ts';

/** 2026-08-22T02:00:00Z: when the stories' onset is. */
export const storyStart = 1_787_364_000_000;

type OfType<T extends IncidentEvent['type']> = Omit<Extract<StoredEvent, { type: T }>, 'type'>;

export const successRate: TargetVerdict = {
  target: { signal: 'success_rate', bound: 'atLeast', value: 0.999, overMs: 300_000 },
  reading: { kind: 'value', value: 0.951, sampleAt: storyStart + 100_000, good: 951, total: 1000 },
  verdict: 'missed',
};

export const replicationLag: TargetVerdict = {
  target: { signal: 'replication_lag', bound: 'atMost', value: 10 },
  reading: {
    kind: 'unknown',
    reason: 'stale',
    detail: 'replication_lag: newest sample is 5m old',
    sampleAt: storyStart,
  },
  verdict: 'unknown',
};

export function aStop(facts: Partial<StopFacts> = {}): StopFacts {
  return {
    rule: 'payments-failing',
    condition: 'success_rate.over("1m") < 0.97',
    severity: 'page',
    summary: 'Payments fail',
    runbook: 'https://runbooks.example.com/checkout',
    labels: { team: 'payments' },
    because: 'condition-true',
    verdicts: [successRate, replicationLag],
    ...facts,
  };
}

/** What somebody said in the middle of a story, at so many seconds after its start. */
export function aClaim(seq: number, afterSeconds: number): Claim {
  const at = storyStart + afterSeconds * 1000;
  return {
    kind: 'remedy-claimed',
    seq,
    at,
    recordedAt: at,
    incident: 'inc-1',
    service: 'checkout',
    change: 'deploy-43',
    by: 'ada',
    reason: 'takes 42 back',
  };
}

const typesInOrder: Readonly<Record<IncidentEvent['type'], true>> = {
  opened: true,
  'rule-joined': true,
  'onset-settled': true,
  suspected: true,
  notified: true,
  undeliverable: true,
  acknowledged: true,
  reminded: true,
  noted: true,
  alerted: true,
  blinded: true,
  sighted: true,
  'definition-changed': true,
  unwatched: true,
  resolved: true,
  relapsed: true,
  closed: true,
  'closed-by-hand': true,
  unsilenced: true,
  grouped: true,
  steadied: true,
  'group-over': true,
};

/** A deployment that the incident comes from as far as anybody can tell. */
export function aSuspect(facts: Partial<Suspect> = {}): Suspect {
  return {
    change: 'deploy-42',
    kind: 'deployment',
    version: 'v42',
    by: 'ada',
    link: 'https://ci.example.com/42',
    rollback: 'kubectl rollout undo deployment/checkout',
    startedAt: storyStart - 240_000,
    finishedAt: storyStart - 180_000,
    standing: 'suspect',
    sureness: 'likely',
    share: 1,
    onsetAfterMs: 240_000,
    shift: {
      verdict: 'shifted',
      against: 'change',
      before: { bad: 10, total: 10_000 },
      after: { bad: 90, total: 1000 },
      p: 1e-60,
    },
    others: 0,
    ...facts,
  };
}

/** Every type of event, in an order in which they may happen. */
export const eventTypes = Object.keys(typesInOrder) as readonly IncidentEvent['type'][];

/** An event of incident `inc-1` of the service checkout, `seconds` after the onset, recorded two seconds later. */
export function anEvent<T extends IncidentEvent['type']>(
  type: T,
  seq: number,
  seconds: number,
  fields: Partial<OfType<T>> = {},
): StoredEvent {
  const at = storyStart + seconds * 1000;
  const base = { service: 'checkout', group: {}, incidentId: 'inc-1', at, seq, recordedAt: at + 2000 };
  return { ...base, ...detailsOf(type), type, ...fields } as unknown as StoredEvent;
}

/** Onset at 0 s, detected at 100 s, onset settled to 10 s, paged, acknowledged, back at 700 s, closed. */
export function aWholeStory(): StoredEvent[] {
  return [
    anEvent('opened', 1, 100),
    anEvent('notified', 2, 103),
    anEvent('onset-settled', 3, 160),
    anEvent('acknowledged', 4, 220, { by: 'Ada', note: 'looking' }),
    anEvent('resolved', 5, 1300),
    anEvent('closed', 6, 4900),
  ];
}

function detailsOf(type: IncidentEvent['type']): object {
  const onset = {
    at: storyStart,
    earliest: storyStart - 15_000,
    latest: storyStart + 15_000,
    method: 'contiguous-breach',
  };
  switch (type) {
    case 'opened':
      return { stop: aStop(), onset, owner: 'team-payments', revision: 'r1', endState: 'Customers can pay' };
    case 'rule-joined':
    case 'relapsed':
      return { stop: aStop({ rule: 'budget-burning' }) };
    case 'onset-settled':
      return { onset: { ...onset, at: storyStart + 10_000, method: 'change-point', signal: 'success_rate' } };
    case 'unsilenced': {
      const until = storyStart + 3_600_000;
      const silence = { kind: 'silence', silenceId: 'checkout-silence-1', by: 'ada', reason: 'new disks', until };
      return { kind: 'firing', silence, since: storyStart };
    }
    case 'grouped':
      return { members: ['inc-2', 'inc-3'], to: ['pager'] };
    case 'steadied':
      return { kind: 'relapsed', relapses: 4, to: ['pager'] };
    case 'group-over':
      return { to: ['pager'] };
    case 'suspected':
      return { suspects: [aSuspect()] };
    case 'notified':
      return { channel: 'pager', notificationId: 'inc-1/1/pager' };
    case 'undeliverable':
      return { channel: 'pager', notificationId: 'inc-1/1/pager', reason: 'rejected' };
    case 'reminded':
      return { reminder: 'repeat', told: ['pager'] };
    case 'acknowledged':
      return { by: 'Ada' };
    case 'alerted':
      return {
        status: 'firing',
        alert: {
          fingerprint: '5ef77f1f8a3ecf8d',
          name: 'HighErrorRate',
          startsAt: storyStart + 60_000,
          labels: { alertname: 'HighErrorRate', service: 'checkout' },
        },
        receivedAt: storyStart + 70_000,
      };
    case 'noted':
      return { by: 'Ada', note: 'rolled back' };
    case 'blinded':
      return { reason: 'source-down', detail: 'the source does not answer' };
    case 'sighted':
      return { blindForMs: 60_000 };
    case 'definition-changed':
      return { before: 'r1', after: 'r2', endState: 'Customers can pay again' };
    case 'resolved': {
      const recoveredAt = storyStart + 700_000;
      return {
        recoveredAt,
        recovery: { at: recoveredAt, earliest: recoveredAt - 15_000, latest: recoveredAt },
        impact: { badEvents: 4200, totalEvents: 100_000, peakBadRatio: 0.2, signal: 'success_rate' },
        verdicts: [],
      };
    }
    case 'closed-by-hand':
      return { by: 'Ada', because: 'it was retired' };
    case 'unwatched':
    case 'closed':
      return {};
  }
}
