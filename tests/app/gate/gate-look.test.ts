import { expect, test } from '@jest/globals';
import { watchedFacts, type ServiceLook } from '../../../src/app/gate/gate-look.ts';
import type { BudgetView } from '../../../src/app/budgets/budget-view.ts';
import { aGateBench } from '../../support/gate-bench.ts';

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
  expect(watchedFacts(seen, now).budgets).toHaveLength(1);
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
