import { describe, expect, test } from '@jest/globals';
import { foldGates, freezesOf, noHandledGates, overrideOf } from '../../../src/domain/gate/freeze.ts';
import { everyService, type GateEvent } from '../../../src/domain/gate/gate-event.ts';

const base = { service: 'checkout', at: 1_000 };
const frozen = (freezeId: string, changes: { service?: string; until?: number; at?: number } = {}): GateEvent => ({
  ...base,
  type: 'frozen',
  freezeId,
  by: 'ada',
  reason: 'moving the database',
  liftsWhen: 'by-hand',
  ...changes,
});
const overridden = (overrideId: string, changes: { change?: string } = {}): GateEvent => ({
  ...base,
  type: 'gate-overridden',
  overrideId,
  by: 'grace',
  reason: 'customs deadline',
  until: 5_000,
  ...changes,
});

function fold(...events: readonly GateEvent[]) {
  return events.reduce(
    (gates, event, index) => foldGates(gates, { ...event, seq: index + 1, recordedAt: event.at }),
    noHandledGates,
  );
}

describe('freezes', () => {
  test('stand until they are lifted', () => {
    const gates = fold(frozen('a'), frozen('b', { at: 500 }));
    expect(freezesOf(gates, 'checkout', 2_000).map(({ id }) => id)).toEqual(['b', 'a']);
    const lifted = foldGates(gates, {
      ...base,
      type: 'freeze-lifted',
      freezeId: 'a',
      because: 'by-hand',
      seq: 3,
      recordedAt: 1,
    });
    expect(freezesOf(lifted, 'checkout', 2_000).map(({ id }) => id)).toEqual(['b']);
  });

  test('are over the moment they expire, told or not', () => {
    const gates = fold(frozen('a', { until: 3_000 }));
    expect(freezesOf(gates, 'checkout', 2_999)).toHaveLength(1);
    expect(freezesOf(gates, 'checkout', 3_000)).toHaveLength(0);
  });

  test('hold their own service, or every one', () => {
    expect(freezesOf(fold(frozen('a')), 'cart', 2_000)).toHaveLength(0);
    expect(freezesOf(fold(frozen('a', { service: everyService })), 'cart', 2_000)).toHaveLength(1);
  });

  test('that nobody knows of are lifted in vain', () => {
    const gates = fold(frozen('a'), { ...base, type: 'freeze-lifted', freezeId: 'x', because: 'expired' });
    expect(freezesOf(gates, 'checkout', 2_000)).toHaveLength(1);
  });
});

describe('overrides', () => {
  test('let every change pass, or the one that they name', () => {
    expect(overrideOf(fold(overridden('o')), 'checkout', 2_000)?.id).toBe('o');
    const named = fold(overridden('o', { change: 'deploy-42' }));
    expect(overrideOf(named, 'checkout', 2_000)).toBeUndefined();
    expect(overrideOf(named, 'checkout', 2_000, 'deploy-41')).toBeUndefined();
    expect(overrideOf(named, 'checkout', 2_000, 'deploy-42')?.id).toBe('o');
  });

  test('that have run out are forgotten with the next one', () => {
    const later = { ...overridden('later'), at: 5_000, until: 9_000 } as GateEvent;
    expect([...fold(overridden('o'), later).overrides.keys()]).toEqual(['later']);
    const meanwhile = { ...overridden('meanwhile'), at: 4_999, until: 9_000 } as GateEvent;
    expect([...fold(overridden('o'), meanwhile).overrides.keys()]).toEqual(['o', 'meanwhile']);
  });

  test('end in time, and when somebody ends them', () => {
    expect(overrideOf(fold(overridden('o')), 'checkout', 5_000)).toBeUndefined();
    const ended = fold(overridden('o'), {
      ...base,
      type: 'override-ended',
      overrideId: 'o',
      by: 'ada',
      reason: 'done',
    });
    expect(overrideOf(ended, 'checkout', 2_000)).toBeUndefined();
  });
});
