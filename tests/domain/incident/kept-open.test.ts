import { describe, expect, test } from '@jest/globals';
import { budgetRules } from '../../../src/config/budget/budget-rule.ts';
import { readBudgetUse, type BudgetReadings } from '../../../src/domain/budget/budget-readings.ts';
import { budgetSpent, spentUnknown } from '../../../src/domain/budget/budget-spent.ts';
import { tierOf } from '../../../src/domain/budget/burn-tiers.ts';
import type { ErrorBudget } from '../../../src/domain/budget/objective.ts';
import {
  describeKeptOpen,
  describeSpentSoFar,
  describeSpentUnknown,
} from '../../../src/domain/incident/describe-kept-open.ts';
import { keptOpen, type KeptOpen } from '../../../src/domain/incident/kept-open.ts';
import { ServiceReadings } from '../../../src/domain/reading/scope-readings.ts';
import type { BudgetFold, SignalUse, Truth } from '../../../src/domain/service/condition.ts';
import type { Service } from '../../../src/domain/service/service.ts';
import { aBudget, filled, hour, minute, second, steady } from '../budget/budgets.ts';
import {
  above,
  aGauge,
  aRatio,
  aRule,
  aService,
  below,
  Simulation,
  start,
  stepFault,
} from '../../support/simulation.ts';

const budget = aBudget({
  name: 'success_rate',
  signal: 'success_rate',
  objective: 0.99,
  period: { kind: 'rolling', ms: 6 * hour },
  tiers: [
    tierOf('page', { share: 0.02, longMs: 5 * minute, shortMs: minute }, 6 * hour),
    tierOf('page', { share: 0.05, longMs: 30 * minute, shortMs: 3 * minute }, 6 * hour),
  ],
});
const promised = (changes: Partial<Service> = {}): Service =>
  aService({
    endState: {
      ...aService().endState,
      targets: [{ signal: 'success_rate', bound: 'atLeast', value: 0.2, overMs: minute }],
    },
    budgets: [budget],
    rules: budgetRules([budget]),
    ...changes,
  });

/** Half of all fails from the 10th to the 14th minute, before which six hours were good. */
const fault = stepFault(10 * minute, 14 * minute, 0.5);
const counts = filled(
  budget,
  steady(start - 6 * hour, start + 10 * minute, 10 * second, 100, 0),
  steady(start + 10 * minute, start + 14 * minute, 10 * second, 100, 0.5),
  steady(start + 14 * minute, start + 60 * minute, 10 * second, 100, 0),
);
function readingsOf(declared: ErrorBudget): BudgetReadings {
  return {
    read: (use, _group, now) => readBudgetUse(declared, counts, use, now),
    spent: (_budget, _group, spell, now) => budgetSpent(declared, counts, spell, now),
    spentUnknown: (_budget, _group, spell, now) => spentUnknown(declared, counts, spell, now),
  };
}

/** A service as it stands at `t` after the start, ms. */
function at(t: number, service: Service, budgets: BudgetReadings = readingsOf(budget)) {
  const run = new Simulation({ service, traffic: fault, gauge: () => 42, budgets }).runUntil(t);
  const { last } = run;
  const [outcome] = last?.scopes ?? [];
  if (last === undefined || outcome === undefined) throw new Error('nothing was evaluated');
  const kept = keptOpen(service, last, outcome, run.timing, budgets);
  return { kept, says: kept === undefined ? undefined : describeKeptOpen(kept, outcome.verdicts), run };
}

describe('an open incident is kept open', () => {
  test('by each burn-rate tier that fires, with both rates of now and the factor', () => {
    const { says, kept } = at(13 * minute, promised());
    expect(kept?.rules.map(({ rule }) => rule)).toEqual(['success-rate-budget-page']);
    expect(kept?.rules[0]?.tiers?.map(({ longMs }) => longMs)).toEqual([5 * minute, 30 * minute]);
    expect(says?.[0]).toMatch(
      /^Rule success-rate-budget-page is true: error budget success rate burns at [\d.]+x over 5m and [\d.]+x over 1m \(fires above 1\.44x\); error budget success rate burns at [\d.]+x over 30m and [\d.]+x over 3m \(fires above 0\.6x\)$/,
    );
    expect(says).toHaveLength(1);
  });

  test('by the slow tier alone once the quick one is calm, though every target holds', () => {
    const { says, kept } = at(16 * minute, promised());
    expect(kept?.rules[0]?.tiers?.map(({ longMs }) => longMs)).toEqual([30 * minute]);
    expect(says).toHaveLength(1);
    expect(says?.[0]).not.toContain('over 5m');
    expect(kept).not.toHaveProperty('heldSince');
  });

  test('by rules that people wrote, with what they look at and their condition', () => {
    const rules = [aRule(), aRule({ name: 'lagging', when: above('lag', 10), severity: 'ticket' })];
    const { says } = at(11 * minute, aService({ signals: [aRatio, { ...aGauge, unit: 'seconds' }], rules }));
    expect(says).toEqual([
      expect.stringMatching(
        /^Rule payments-failing is true: success rate [\d.]+% over 1m; its condition is success_rate\.over\("60s"\) < 0\.97$/,
      ),
      'Rule lagging is true: lag 42 seconds; its condition is lag.latest() > 10',
      expect.stringMatching(/^Target missed: success rate [\d.]+% over 1m, target at least 99\.9%$/),
    ]);
  });

  test('by a rule of its own that cannot be decided, but by no other such rule', () => {
    const blind = (signal: string) => {
      const when = below(signal, minute, 0.97);
      return { ...when, evaluate: (): Truth => ({ kind: 'unknown', reason: 'stale', detail: `${signal} is old` }) };
    };
    const run = new Simulation({ service: aService(), traffic: fault }).runUntil(20 * minute);
    const [outcome] = run.last?.scopes ?? [];
    if (run.last === undefined || outcome === undefined) throw new Error('nothing was evaluated');
    const incident = new Simulation({ traffic: fault }).runUntil(11 * minute).state.scopes.get('')?.incident;
    const judged = ['payments-failing', 'other'].map((name) => {
      const rule = aRule({ name, when: blind('success_rate') });
      return {
        rule,
        truth: rule.when.evaluate(() => {
          throw new Error('not asked');
        }),
        state: { rule: name, undecidedMs: 0, firing: false },
      };
    });
    if (incident === undefined) throw new Error('no incident');
    const kept = keptOpen(
      aService(),
      run.last,
      { state: { ...outcome.state, incident }, rules: judged },
      run.timing,
      readingsOf(budget),
    );
    expect(kept && describeKeptOpen(kept, outcome.verdicts)).toEqual([
      'Rule payments-failing cannot be decided (stale): success_rate is old',
    ]);
  });

  test('by nothing but the hold at last, which is told with what is left of it', () => {
    const service = aService({ endState: { ...aService().endState, holdMs: 10 * minute } });
    const { says, kept } = at(18 * minute, service);
    // The last poll is 50 ms after the scrape of the 18th minute.
    expect(kept?.heldMs).toBe(start + 18 * minute + 50 - (kept?.heldSince ?? NaN));
    expect(says).toEqual([
      expect.stringMatching(
        /^The end state has held for \dm( \d+s)?; once it has for 10m, the incident resolves \(\dm( \d+s)? to go\)$/,
      ),
    ]);
  });

  test('no longer once it has resolved, and not before it opened', () => {
    expect(at(9 * minute, aService()).kept).toBeUndefined();
    const { kept, run } = at(17 * minute, aService());
    expect(run.story()).toContain('resolved');
    expect(kept).toBeUndefined();
  });
});

describe('what an open incident has spent so far', () => {
  test('grows while the fault lasts, and is in the end what the resolved one says', () => {
    const early = at(11 * minute, promised()).kept?.budgetsSpent[0];
    const late = at(13 * minute, promised()).kept?.budgetsSpent[0];
    const after = at(16 * minute, promised()).kept?.budgetsSpent[0];
    const resolved = at(25 * minute, promised()).run.find('resolved').budgetsSpent?.[0];
    // Half of 4 minutes' events, of a hundredth of those in 6 hours.
    expect(resolved?.spent).toBeCloseTo(120 / (360 * 0.6), 1);
    expect(early?.spent).toBeGreaterThan(0);
    expect(late?.spent).toBeGreaterThan(2 * (early?.spent ?? NaN));
    expect(after?.spent).toBeGreaterThan(late?.spent ?? NaN);
    expect(after?.spent).toBeCloseTo(resolved?.spent ?? NaN, 2);
    expect(after?.remaining).toBeCloseTo(1 - (after?.spent ?? NaN), 2);
    expect(after).not.toHaveProperty('about');
  });

  test('is about so much where recording rules count', () => {
    const spent = { budget: 'success_rate', spent: 0.5, remaining: 0.4, about: true };
    const recorded = promised({ budgetsFrom: 'recording-rules' });
    const { kept } = at(13 * minute, recorded, { ...readingsOf(budget), spent: () => spent });
    expect(kept?.budgetsSpent).toEqual([spent]);
    expect(describeSpentSoFar(spent)).toBe(
      'Error budget success rate: this incident has spent about 50% of it so far; 40% is left',
    );
  });

  test('is nothing known where history is short, which is told apart from nothing spent', () => {
    // Six hours and the quarter of an hour before them are asked for, and six hours are there.
    const month: ErrorBudget = { ...budget, period: { kind: 'rolling', ms: 12 * hour } };
    const unknown = at(13 * minute, promised(), readingsOf(month)).kept;
    expect(unknown).toMatchObject({ budgetsSpent: [], budgetsSpentUnknown: [{ reason: 'short-history' }] });
    expect(unknown?.budgetsSpentUnknown.map(describeSpentUnknown)).toEqual([
      expect.stringMatching(
        /^Error budget success rate: what this incident has spent of it is not known \(short-history\): counts cover 51(\.\d)?% of the 12h before /,
      ),
    ]);

    const easy: ErrorBudget = { ...budget, objective: 0.2 };
    const nothing = at(13 * minute, promised(), {
      ...readingsOf(easy),
      read: (...asked) => readingsOf(budget).read(...asked),
    }).kept;
    expect(nothing).toMatchObject({ budgetsSpent: [], budgetsSpentUnknown: [] });
    const known = at(13 * minute, promised()).kept;
    expect([known?.budgetsSpent.length, known?.budgetsSpentUnknown]).toEqual([1, []]);
  });

  test('is asked of the whole service where the signal is not split, and not of a whole that nobody keeps', () => {
    const asked: unknown[] = [];
    const keeper: BudgetReadings = {
      ...readingsOf(budget),
      spentUnknown: (_name, group) => {
        asked.push(group);
        return undefined;
      },
    };
    at(13 * minute, promised(), keeper);
    expect(asked).toEqual([{}]);
    asked.length = 0;
    const split = promised({ signals: [{ ...aRatio, by: ['region'] }] });
    const readings = new ServiceReadings(split, new Map(), start, at(13 * minute, promised()).run.timing, keeper);
    const spell = { from: start, to: start + minute, recoveredAt: start + minute };
    expect(readings.budgetsSpentUnknown({}, spell)).toEqual([]);
    expect(asked).toEqual([]);
    readings.budgetsSpentUnknown({ region: 'eu' }, spell);
    expect(asked).toEqual([{ region: 'eu' }]);
  });

  test('says by how much a budget is overspent', () => {
    expect(describeSpentSoFar({ budget: 'success_rate', spent: 1.23456, remaining: -0.5 })).toBe(
      'Error budget success rate: this incident has spent 123% of it so far; it is overspent by 50%',
    );
  });
});

test.each<[BudgetFold, number, string]>([
  ['burn-rate', 21.345, 'error budget success rate burns at 21.3x over 1h'],
  ['budget-remaining', 0.12345, '12.3% of error budget success rate is left'],
  ['budget-remaining', -0.5, 'error budget success rate is overspent by 50%'],
  ['budget-exhausted-in', 12_000, 'error budget success rate lasts 3h 20m at its rate over 1h'],
  ['budget-exhausted-in', 1e12, 'error budget success rate lasts for ever at its rate over 1h'],
])('a condition on %s is told with its value %d', (fold, value, words) => {
  const windowMs = fold === 'budget-remaining' ? {} : { windowMs: hour };
  expect(saysOf({ signal: 'success_rate', budget: 'success_rate', fold, ...windowMs }, value)).toContain(words);
});

test.each<[SignalUse, string | undefined, string]>([
  [{ signal: 'lag', fold: 'max', windowMs: minute }, 'seconds', 'highest lag 3 seconds over 1m'],
  [{ signal: 'lag', fold: 'min', windowMs: minute }, undefined, 'lowest lag 3 over 1m'],
])('a condition on %j is told with its value', (use, unit, words) => {
  expect(saysOf(use, 3, unit)).toContain(words);
});

test.each([
  [0.7004067, '70%'],
  [0.99987654, '99.9877%'],
  [0.0123456, '1.23%'],
  [1, '100%'],
  [0, '0%'],
])('a share of %d reads %s', (value, words) => {
  expect(saysOf({ signal: 'paid', fold: 'over', windowMs: minute }, value, 'ratio')).toContain(
    `: paid ${words} over 1m;`,
  );
});

test('a burn rate is never rounded into the factor that it is above', () => {
  const tier = { budget: 'success_rate', longMs: hour, long: 14.4004, shortMs: minute, short: 14.4, factor: 14.4 };
  const kept = keptBy([]);
  const rules = kept.rules.map((rule) => ({ ...rule, tiers: [tier] }));
  expect(describeKeptOpen({ ...kept, rules }, [])[0]).toContain('at 14.4004x over 1h and 14.4x over 1m (fires above');
});

test.each<[BudgetFold, number, string, string]>([
  ['burn-rate', 14.4004, 'success_rate.burnRate("1h") > 14.4', 'burns at 14.4004x over 1h;'],
  ['burn-rate', 14.396, 'success_rate.burnRate("1h") < 14.4', 'burns at 14.396x over 1h;'],
  ['burn-rate', 14.4004, 'success_rate.burnRate("1h") > 2.0', 'burns at 14.4x over 1h;'],
  ['budget-remaining', 0.099_98, 'success_rate.budgetRemaining() < 0.1', '9.998% of error budget'],
  ['budget-remaining', -0.249_99, 'success_rate.budgetRemaining() > -0.25', 'is overspent by 24.999%'],
])('%s of %d is not rounded into a bound of %s', (fold, value, condition, words) => {
  const windowMs = fold === 'budget-remaining' ? {} : { windowMs: hour };
  const use: SignalUse = { signal: 'success_rate', budget: 'success_rate', fold, ...windowMs };
  const kept = keptBy([{ use, reading: { kind: 'value', value, sampleAt: 0 } }]);
  const rules = kept.rules.map((rule) => ({ ...rule, condition }));
  expect(describeKeptOpen({ ...kept, rules }, [])[0]).toContain(words);
});

test('what a rule looks at and cannot be read is told with the reason', () => {
  const read = {
    use: { signal: 'lag', fold: 'latest' },
    reading: { kind: 'unknown', reason: 'stale', detail: '' },
  } as const;
  expect(describeKeptOpen(keptBy([read]), [])[0]).toContain('lag unknown (stale)');
});

function saysOf(use: SignalUse, value: number, unit?: string): string {
  const read = {
    use,
    reading: { kind: 'value' as const, value, sampleAt: 0 },
    ...(unit === undefined ? {} : { unit }),
  };
  return describeKeptOpen(keptBy([read]), [])[0] ?? '';
}

function keptBy(reads: KeptOpen['rules'][number]['reads']): KeptOpen {
  const rule = { rule: 'r', severity: 'page', condition: 'c', truth: { kind: 'true' }, reads } as const;
  return { rules: [rule], holdMs: minute, heldMs: 0, budgetsSpent: [], budgetsSpentUnknown: [] };
}
