import { describe, expect, test } from '@jest/globals';
import type { BudgetReadings } from '../../../src/domain/budget/budget-readings.ts';
import type { BudgetSpent, IncidentSpell } from '../../../src/domain/budget/budget-spent.ts';
import type { BudgetUse, Condition } from '../../../src/domain/service/condition.ts';
import { evaluate, longestWindowMs, newServiceState } from '../../../src/domain/incident/evaluate.ts';
import { groupKey } from '../../../src/domain/service/group.ts';
import type { IncidentEvent } from '../../../src/domain/incident/event.ts';
import type { Service } from '../../../src/domain/service/service.ts';
import { aGauge, aRatio, aRule, aService, below, Simulation, start, stepFault } from '../../support/simulation.ts';
import { aBudget } from './budgets.ts';

const hour = 3_600_000;
const minute = 60_000;
const use: BudgetUse = { signal: 'success_rate', budget: 'success_rate', fold: 'burn-rate', windowMs: hour };

const burning: Condition = {
  text: 'success_rate.burnRate("1h") > 14.4',
  uses: [use],
  evaluate(lookup) {
    // A condition may look twice at the same reading.
    const [reading] = [lookup(use), lookup(use)];
    return reading.kind === 'unknown'
      ? { kind: 'unknown', reason: reading.reason, detail: reading.detail }
      : { kind: reading.value > 14.4 ? 'true' : 'false' };
  },
};
const service = aService({
  budgets: [aBudget({ name: 'success_rate', signal: 'success_rate' })],
  rules: [aRule({ name: 'burning', when: burning })],
});

/** Burn rates by group key; a group without one is unknown. Remembers what it was asked. */
function budgetsOf(burns: Readonly<Record<string, number>>): BudgetReadings & { readonly asked: readonly string[] } {
  const asked: string[] = [];
  return {
    asked,
    read({ budget, fold, windowMs }, group, now) {
      asked.push(`${budget} ${fold} ${windowMs} {${groupKey(group)}} ${now - start}`);
      const value = burns[groupKey(group)];
      return value === undefined
        ? { kind: 'unknown', reason: 'short-history', detail: 'not yet' }
        : { kind: 'value', value, sampleAt: now };
    },
  };
}

describe('a rule on a budget', () => {
  const run = new Simulation({ service }).runUntil(5 * minute);
  const now = start + 6 * minute;
  const judge = (budgets?: BudgetReadings) => evaluate(service, run.state, run.observe(now), now, run.timing, budgets);

  test('opens an incident when the budget burns', () => {
    expect(judge(budgetsOf({ '': 20 })).events).toMatchObject([
      { type: 'opened', stop: { rule: 'burning', condition: burning.text } },
    ]);
  });

  test.each([
    ['burns slowly', budgetsOf({ '': 1 }), 'false'],
    ['is not covered yet', budgetsOf({}), 'unknown'],
    ['has no ledger', undefined, 'unknown'],
  ])('opens none when the budget %s', (_, budgets, kind) => {
    const { events, scopes } = judge(budgets);
    expect(events).toEqual([]);
    expect(scopes[0]?.rules[0]?.truth.kind).toBe(kind);
  });

  test('asks for each reading once, at the instant that is judged', () => {
    const budgets = budgetsOf({ '': 1 });
    judge(budgets);
    expect(budgets.asked).toEqual([`success_rate burn-rate ${hour} {} ${6 * minute}`]);
  });

  test('leaves the readings of signals as they are: budgets are told of elsewhere', () => {
    expect(judge(budgetsOf({ '': 1 })).readings.map(({ signal, fold }) => `${signal} ${fold}`)).toEqual([
      'success_rate over',
    ]);
  });

  test('asks for the budget of each group of a split signal', () => {
    const regional = { ...service, signals: [{ ...aRatio, by: ['region'] }] };
    const groups = [{ region: 'eu' }, { region: 'us' }];
    const split = new Simulation({ service: regional, groups }).runUntil(5 * minute);
    const { events } = evaluate(
      regional,
      split.state,
      split.observe(now),
      now,
      split.timing,
      budgetsOf({ [groupKey({ region: 'eu' })]: 1, [groupKey({ region: 'us' })]: 20 }),
    );
    expect(events).toMatchObject([{ type: 'opened', group: { region: 'us' } }]);
  });

  test('does not make signals remember its windows', () => {
    expect(longestWindowMs(service)).toBe(minute);
    expect(
      longestWindowMs({ ...service, rules: [...service.rules, aRule({ when: below('success_rate', hour, 0.9) })] }),
    ).toBe(hour);
    expect(evaluate(service, newServiceState, [], start, run.timing).state.ledgers.size).toBe(1);
  });
});

describe('an incident that resolves', () => {
  interface Asked {
    readonly budget: string;
    readonly group: string;
    readonly spell: IncidentSpell;
  }

  /** Runs a service through a fault, with budgets of which those that are named were spent. */
  function resolve(judged: Service, run: Simulation, spent: readonly string[]) {
    const asked: Asked[] = [];
    const budgets: BudgetReadings = {
      ...budgetsOf({}),
      spent(budget, group, spell): BudgetSpent | undefined {
        asked.push({ budget, group: groupKey(group), spell });
        return spent.includes(budget) ? { budget, spent: 0.2, remaining: 0.7 } : undefined;
      },
    };
    const events: IncidentEvent[] = [];
    for (let now = start + 5 * minute; now <= start + 20 * minute; now += run.timing.intervalMs) {
      const next = evaluate(judged, run.state, run.observe(now), now, run.timing, budgets);
      run.state = next.state;
      events.push(...next.events);
    }
    const resolved = events.flatMap((event) => (event.type === 'resolved' ? [event] : []));
    return { asked, events, resolved };
  }

  const fault = stepFault(8 * minute, 10 * minute, 0.5);
  const two = aService({
    budgets: [aBudget({ name: 'success_rate', signal: 'success_rate' }), aBudget({ name: 'other', signal: 'lag' })],
    signals: [aRatio, aGauge],
  });

  test('tells what it spent of each budget, of a rule that looks at none too', () => {
    const { asked, resolved } = resolve(two, new Simulation({ service: two, traffic: fault }), ['success_rate']);
    expect(resolved).toMatchObject([{ budgetsSpent: [{ budget: 'success_rate', spent: 0.2, remaining: 0.7 }] }]);
    expect(asked.map(({ budget, group }) => `${budget} {${group}}`)).toEqual(['success_rate {}', 'other {}']);
    const { spell } = asked[0] as Asked;
    const { recovery } = resolved[0] as (typeof resolved)[0];
    expect(spell.recoveredAt).toBe(recovery.at);
    // As wide as its ends are uncertain, and no wider than a step.
    expect(Math.abs(spell.from - start - 8 * minute)).toBeLessThanOrEqual(2 * 5_000);
    expect(spell.from).toBeLessThanOrEqual(start + 8 * minute);
    expect(Math.abs(spell.to - start - 10 * minute)).toBeLessThanOrEqual(2 * 5_000);
    expect(spell.to).toBeGreaterThanOrEqual(start + 10 * minute);
  });

  test('tells nothing where it spent nothing, or no budget is kept', () => {
    const { resolved } = resolve(two, new Simulation({ service: two, traffic: fault }), []);
    expect(resolved).toHaveLength(1);
    expect(resolved[0]).not.toHaveProperty('budgetsSpent');
    const run = new Simulation({ service: two, traffic: fault }).runUntil(20 * minute);
    expect(run.find('resolved')).not.toHaveProperty('budgetsSpent');
  });

  test('asks for the budgets of its group, and of the whole service where the signal is not split', () => {
    const regional = { ...two, signals: [{ ...aRatio, by: ['region'] }, aGauge] };
    const groups = [{ region: 'eu' }, { region: 'us' }];
    const trafficOf = (_: string, group: Readonly<Record<string, string>>) =>
      group['region'] === 'eu' ? fault : undefined;
    const { asked } = resolve(regional, new Simulation({ service: regional, groups, trafficOf }), []);
    expect(asked.map(({ budget, group }) => `${budget} {${group}}`)).toEqual([
      `success_rate {${groupKey({ region: 'eu' })}}`,
      'other {}',
    ]);
  });
});
