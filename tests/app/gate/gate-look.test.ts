import { expect, test } from '@jest/globals';
import { watchedFacts, type ServiceLook } from '../../../src/app/gate/gate-look.ts';
import type { BudgetView } from '../../../src/app/budgets/budget-view.ts';
import { aGateBench, anOpenIncident } from '../../support/gate-bench.ts';

const day = 86_400_000;

/** What the gate of a service says of a budget of ten days of which this is known. */
function said(facts: Partial<BudgetView['reading']>, known = 1): string | undefined {
  const bench = aGateBench();
  const now = bench.clock.now();
  const budgets = [
    {
      name: 'availability',
      signal: 'success_rate',
      objective: 0.99,
      period: { kind: 'rolling', ms: 10 * day },
      method: { kind: 'occurrences' },
      tiers: [],
      minimumBad: 0,
      exclusions: [],
    },
  ] as const;
  bench.poll('checkout', 1, {
    service: { budgets, gate: { onUnknown: 'hold', budgets: { holdBelow: 0 }, dependsOn: [] } },
  });
  const look = bench.look('checkout');
  if (look === undefined) throw new Error('checkout is not watched');
  const reading = {
    kind: 'unknown',
    reason: 'short-history',
    detail: 'availability: counts cover 1% of the 10d before the newest count',
    coverage: 0.01,
    bad: 0,
    total: 10,
    periodFrom: now - 10 * day,
    periodTo: now,
    ...facts,
  };
  const view = { budget: 'availability', group: {}, reading, known } as unknown as BudgetView;
  const seen: ServiceLook = { ...look, view: { ...look.view, budgets: [view] } };
  bench.looks.set('checkout', seen);
  expect(watchedFacts(seen, now, () => undefined).budgets).toHaveLength(1);
  return bench.desk.ask('checkout').findings.find(({ reason }) => reason === 'budget-unknown')?.words;
}

test('a budget that holds since nothing is known of it says why, and until when at least', () => {
  expect(said({})).toBe(
    'what is left of the error budget availability of checkout is not known: counts cover 1% of the 10d before the newest count; it is known in 8d 21h at the earliest',
  );
});

test('a budget whose past is still being read, or of which time tells nothing, gives no time', () => {
  expect(said({}, 0.4)).toMatch(/ newest count; its past is still being read \(40%\)$/);
  expect(said({ reason: 'no-data', detail: 'availability: there are no counts' })).toMatch(
    / is not known: there are no counts$/,
  );
});

test('a relapse is off since its own onset, on the clock that is running, and without a record since the first', () => {
  const bench = aGateBench();
  const now = bench.clock.now();
  const { onset, ...open } = anOpenIncident(now - 600_000);
  // The source's clock was set by a minute after the first onset, and by another after the relapse.
  bench.poll('checkout', 0, { incident: { ...open, onset, relapses: 1, clockSetMs: 120_000 } });
  const look = bench.look('checkout');
  if (look === undefined) throw new Error('checkout is not watched');
  const relapse = (number: number) => {
    const at = now - 200_000;
    return { number, at, onset: { ...onset, at, earliest: at, latest: at }, clockSetMs: 60_000 };
  };
  const said = (lastRelapses: ReturnType<typeof relapse>[]) =>
    watchedFacts(look, now, () => ({ onset, lastRelapses })).scopes[0]?.incident;
  expect(said([relapse(1)])).toMatchObject({ onsetAt: now - 140_000, again: true });
  expect(said([])).toMatchObject({ onsetAt: now - 600_000 });
  expect(said([])).not.toHaveProperty('again');
});
