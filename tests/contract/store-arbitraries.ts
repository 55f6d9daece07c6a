import * as fc from 'fast-check';
import type { Commit, DeliveryState } from '../../src/app/ports/store.ts';
import { aCheckpoint, aNotification, anEvent, noon } from './store-builders.ts';

const incident = fc.constantFrom('inc-1', 'inc-2', 'inc-3');
const group = fc.dictionary(fc.string({ unit: 'binary', maxLength: 4 }), fc.string({ unit: 'binary', maxLength: 4 }), {
  maxKeys: 2,
});
const time = fc.integer({ min: 0, max: 1000 }).map((ms) => noon + ms / 4);
/** Few, so that repeats are common. */
const id = fc.integer({ min: 0, max: 11 }).map((n) => `n-${n}`);

const delivery: fc.Arbitrary<DeliveryState> = fc.oneof(
  fc.record({
    state: fc.constant('pending' as const),
    attempts: fc.nat(5),
    nextAttemptAt: time,
    lastError: fc.string({ unit: 'binary', maxLength: 5 }),
  }),
  fc.record({ state: fc.constant('delivered' as const), attempts: fc.nat(5) }),
  fc.record({ state: fc.constant('failed' as const), attempts: fc.nat(5), lastError: fc.string() }),
  fc.record({ state: fc.constant('collapsed' as const), into: id }),
);

/** Any commit at all: ids repeat, deliveries name notifications that are not there. */
export const arbitraryCommit: fc.Arbitrary<Commit> = fc.record(
  {
    recordedAt: time,
    events: fc.array(
      fc.tuple(fc.string({ unit: 'binary' }), incident, group).map(([text, id, labels]) => anEvent(text, id, labels)),
      { maxLength: 3 },
    ),
    checkpoints: fc.array(
      fc.tuple(fc.constantFrom('checkout', 'search', 'zażółć', '__proto__'), time).map(([s, at]) => aCheckpoint(s, at)),
      { maxLength: 3 },
    ),
    notifications: fc.array(
      fc
        .record({
          id,
          incidentId: incident,
          sequence: fc.integer({ min: 1, max: 4 }),
          channel: fc.constantFrom('pager', 'chat', '\u{1f4df}', '\uffff'),
        })
        .map((parts) => aNotification(parts.id, parts)),
      { maxLength: 3 },
    ),
    deliveries: fc.array(fc.record({ id, delivery }), { maxLength: 3 }),
  },
  { requiredKeys: ['recordedAt'] },
);

/** The commits a daemon makes: an id belongs to one incident, and progress is reported of pending notifications only. */
export function asDaemonsMakeThem(commits: readonly Commit[]): readonly Commit[] {
  const states = new Map<string, DeliveryState['state']>();
  const incidents = new Map<string, string>();
  return commits.map((commit) => {
    const notifications = (commit.notifications ?? []).filter(({ id, incidentId }) => {
      if (!incidents.has(id)) incidents.set(id, incidentId);
      return incidents.get(id) === incidentId;
    });
    const deliveries = (commit.deliveries ?? []).filter(({ id, delivery }) => {
      if (states.get(id) !== 'pending') return false;
      states.set(id, delivery.state);
      return true;
    });
    for (const { id } of notifications) if (!states.has(id)) states.set(id, 'pending');
    return { ...commit, notifications, deliveries };
  });
}
