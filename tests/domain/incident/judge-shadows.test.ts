import { describe, expect, test } from '@jest/globals';
import type { IncidentEvent } from '../../../src/domain/incident/event.ts';
import type { Service, StopRule } from '../../../src/domain/service/service.ts';
import type { ShadowEvent } from '../../../src/domain/shadow/shadow-event.ts';
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
  type SimulationOptions,
} from '../../support/simulation.ts';

const minute = 60_000;
const fault = 10 * minute;
const shadow = aRule({ name: 'on-trial', shadow: true });
const traffic = stepFault(fault, fault + 5 * minute, 0.5);

interface Played {
  readonly shadows: readonly ShadowEvent[];
  readonly events: readonly IncidentEvent[];
  readonly last: Simulation['last'];
}

/** `changes`: the service as it is declared from a time on, ms after the start. */
function play(
  rules: readonly StopRule[],
  options: SimulationOptions = {},
  changes: readonly (readonly [number, Partial<Service>])[] = [],
  untilMs = 30 * minute,
): Played {
  const service = aService({ ...options.service, rules });
  const simulation = new Simulation({ traffic, ...options, service });
  const shadows: ShadowEvent[] = [];
  for (const at of simulation.pollsUntil(untilMs)) {
    for (const [from, change] of changes) if (at >= from) simulation.service = { ...simulation.service, ...change };
    simulation.pollAt(at);
    shadows.push(...(simulation.last?.shadows ?? []));
  }
  return { shadows, events: simulation.events, last: simulation.last };
}

function gistOf(shadows: readonly ShadowEvent[]): readonly string[] {
  return shadows.map(({ type, rule, because }) => `${type} ${rule} ${because}`);
}

describe('a rule that only records', () => {
  test('says once when it would have stopped the line and once when it would no more, and opens nothing', () => {
    const { shadows, events, last } = play([shadow]);
    expect(events).toEqual([]);
    expect(gistOf(shadows)).toEqual([
      'shadow-fired on-trial condition-true',
      'shadow-cleared on-trial condition-false',
    ]);
    const [fired, cleared] = shadows;
    expect(fired).toMatchObject({
      service: 'checkout',
      group: {},
      severity: 'page',
      condition: 'success_rate.over("60s") < 0.97',
      verdicts: [{ verdict: 'missed', target: { signal: 'success_rate' } }],
    });
    expect((fired?.at ?? 0) - start - fault).toBeGreaterThan(0);
    expect((fired?.at ?? 0) - start - fault).toBeLessThan(15_000);
    expect((cleared?.at ?? 0) - start - fault).toBeGreaterThan(5 * minute);
    expect(cleared?.shadowId).toBe(fired?.shadowId);
    expect(last?.scopes[0]?.rules[0]?.rule.shadow).toBe(true);
  });

  test('fires anew, under another name, when the condition comes back', () => {
    const twice = { perSecond: () => 100, badShare: (t: number) => (Math.floor(t / fault) % 2 === 1 ? 0.5 : 0) };
    const { shadows } = play([shadow], {
      traffic: { ...twice, badShare: (t) => (t % (8 * minute) > 5 * minute ? 0.5 : 0) },
    });
    const fired = shadows.filter(({ type }) => type === 'shadow-fired');
    expect(fired.length).toBeGreaterThan(1);
    expect(new Set(fired.map(({ shadowId }) => shadowId)).size).toBe(fired.length);
  });

  test('changes nothing of what the rules beside it do', () => {
    const live = aRule();
    const { events: alone } = play([live]);
    const { events, shadows } = play([
      live,
      shadow,
      aRule({ name: 'early', when: below('success_rate', 60_000, 1), shadow: true }),
    ]);
    expect(alone.map(({ type }) => type)).toContain('resolved');
    expect(events).toEqual(alone);
    expect(shadows.length).toBeGreaterThanOrEqual(4);
  });

  test('keeps no incident open, though it stays true', () => {
    const service = aService({ signals: [aRatio, aGauge] });
    const always = aRule({ name: 'always', when: above('lag', 0), shadow: true });
    const { events, shadows } = play([aRule(), always], { service, gauge: () => 1 });
    expect(events.map(({ type }) => type)).toContain('closed');
    expect(gistOf(shadows)).toEqual(['shadow-fired always condition-true']);
  });

  test('records that it would have stopped for want of data', () => {
    const blind = aRule({ name: 'blind', shadow: true, onUnknown: { policy: 'open', afterMs: 2 * minute } });
    const { shadows, events } = play([blind], {
      traffic: stepFault(Infinity, Infinity, 0),
      answers: (t) => t < fault || t > fault + 6 * minute,
    });
    expect(gistOf(shadows)).toEqual(['shadow-fired blind unknown-too-long', 'shadow-cleared blind condition-false']);
    expect(events).toEqual([]);
  });

  test('waits for as long as it is declared to', () => {
    expect(play([{ ...shadow, forMs: 10 * minute }]).shadows).toEqual([]);
  });
});

describe('a rule that changes while it would stop the line', () => {
  const soon = fault + 2 * minute;
  const until = 'shadow-fired on-trial condition-true';

  test.each<[string, readonly StopRule[], readonly string[], readonly string[]]>([
    [
      'under another name goes on',
      [{ ...shadow, name: 'tried', formerly: ['on-trial'] }],
      [until, 'shadow-cleared tried condition-false'],
      [],
    ],
    ['left out is over', [], [until, 'shadow-cleared on-trial rule-changed'], []],
    [
      'made to stop the line stops it',
      [aRule({ name: 'on-trial' })],
      [until, 'shadow-cleared on-trial rule-changed'],
      ['opened'],
    ],
  ])('%s', (_, rules, told, types) => {
    const { shadows, events } = play([shadow], {}, [[soon, { rules }]]);
    expect(gistOf(shadows)).toEqual(told);
    expect(events.map(({ type }) => type).slice(0, 1)).toEqual(types);
    expect(new Set(shadows.map(({ shadowId }) => shadowId)).size).toBe(1);
  });

  test('put on trial while its incident is open leaves that to the end state, and records', () => {
    const { shadows, events } = play([aRule()], {}, [[soon, { rules: [aRule({ shadow: true })] }]]);
    expect(events.map(({ type }) => type)).toEqual(['opened', 'onset-settled', 'resolved', 'closed']);
    expect(gistOf(shadows)).toEqual([
      'shadow-fired payments-failing condition-true',
      'shadow-cleared payments-failing condition-false',
    ]);
  });

  test('is over with its group', () => {
    const [eu, us] = [{ region: 'eu' }, { region: 'us' }];
    const service = aService({ signals: [{ ...aRatio, by: ['region'] }] });
    const { shadows } = play(
      [shadow],
      {
        service,
        groups: [eu, us],
        trafficOf: (_, group) =>
          group === eu ? { perSecond: () => 50, badShare: (t) => (t > fault ? 0.5 : 0) } : undefined,
        present: (group, t) => group !== eu || t < fault + 5 * minute,
        traffic: { perSecond: () => 50, badShare: () => 0 },
      },
      [],
      90 * minute,
    );
    expect(gistOf(shadows)).toEqual(['shadow-fired on-trial condition-true', 'shadow-cleared on-trial group-gone']);
    expect(shadows.map(({ group }) => group)).toEqual([eu, eu]);
  });
});

test('the same inputs give the same events', () => {
  const told = ({ shadows, events }: Played) => JSON.stringify([shadows, events]);
  expect(told(play([aRule(), shadow]))).toBe(told(play([aRule(), shadow])));
});
