import { describe, expect, test } from '@jest/globals';
import type { Condition } from '../../../src/domain/service/condition.ts';
import { groupKey, type Group } from '../../../src/domain/service/group.ts';
import { evaluate, newServiceState } from '../../../src/domain/incident/evaluate.ts';
import type { Observation } from '../../../src/domain/reading/observation.ts';
import type { Target } from '../../../src/domain/service/service.ts';
import { emptyLedger, record } from '../../../src/domain/reading/signal-ledger.ts';
import { timingFor } from '../../../src/domain/reading/timing.ts';
import {
  aRatio,
  aRule,
  aService,
  below,
  Simulation,
  start,
  stepFault,
  type Traffic,
} from '../../support/simulation.ts';

const minute = 60_000;
const byRegion = { ...aRatio, by: ['region'], maxGroups: 3 };
const eu: Group = { region: 'eu' };
const us: Group = { region: 'us' };
const regional = aService({ signals: [byRegion] });

function faultIn(region: string, fault: Traffic): (signal: string, group: Group) => Traffic | undefined {
  return (_signal, group) => (group['region'] === region ? fault : undefined);
}

function eventsOf(run: Simulation, group: Group): readonly string[] {
  return run.events.filter((event) => groupKey(event.group) === groupKey(group)).map((event) => event.type);
}

describe('a signal that is split by a label', () => {
  test('has each group judged on its own: one fails, the other goes on', () => {
    const run = new Simulation({
      service: regional,
      groups: [eu, us],
      trafficOf: faultIn('eu', stepFault(10 * minute, 13 * minute, 0.5)),
    }).runUntil(30 * minute);

    expect(eventsOf(run, eu)).toEqual(['opened', 'onset-settled', 'resolved', 'closed']);
    expect(eventsOf(run, us)).toEqual([]);
    expect(Math.abs(run.find('onset-settled').onset.at - start - 10 * minute)).toBeLessThanOrEqual(5_000);
  });

  test('opens an incident for each group that fails, with times of its own', () => {
    const trafficOf = (_signal: string, group: Group): Traffic =>
      group['region'] === 'eu' ? stepFault(10 * minute, 20 * minute, 0.5) : stepFault(14 * minute, 16 * minute, 1);
    const run = new Simulation({ service: regional, groups: [us, eu], trafficOf }).runUntil(40 * minute);

    expect(eventsOf(run, eu)).toEqual(['opened', 'onset-settled', 'resolved', 'closed']);
    expect(eventsOf(run, us)).toEqual(['opened', 'onset-settled', 'resolved', 'closed']);
    expect(new Set(run.events.map(({ incidentId }) => incidentId)).size).toBe(2);
    const recovered = run.events.flatMap((event) => (event.type === 'resolved' ? [event.recoveredAt - start] : []));
    expect(recovered.map((at) => Math.round(at / minute))).toEqual([16, 20]);
  });

  test('which vanishes with its incident open never resolves by vanishing, and says that it cannot be seen', () => {
    const run = new Simulation({
      service: regional,
      groups: [eu, us],
      present: (group, t) => group['region'] !== 'eu' || t < 12 * minute,
      trafficOf: faultIn('eu', stepFault(10 * minute, 60 * minute, 0.5)),
    }).runUntil(120 * minute);

    expect(eventsOf(run, eu)).toEqual(['opened', 'onset-settled', 'blinded']);
    expect(run.find('blinded').reason).toBe('no-data');
  });

  test('which comes back with its incident open goes on with it', () => {
    const run = new Simulation({
      service: regional,
      groups: [eu, us],
      present: (group, t) => group['region'] !== 'eu' || t < 12 * minute || t > 60 * minute,
      trafficOf: faultIn('eu', stepFault(10 * minute, 15 * minute, 0.5)),
    }).runUntil(90 * minute);

    expect(eventsOf(run, eu)).toEqual(['opened', 'onset-settled', 'blinded', 'sighted', 'resolved', 'closed']);
    // What was lost before it vanished is remembered.
    expect(run.find('resolved').impact?.badEvents).toBeGreaterThan(0.95 * 2 * 60 * 50);
  });

  test('whose last group vanishes leaves nothing held: the rest of the service is not asked instead', () => {
    const whole = aService({
      signals: [{ ...byRegion, name: 'latency' }, aRatio],
      endState: {
        ...aService().endState,
        targets: [{ signal: 'latency', bound: 'atLeast', value: 0.9, overMs: minute }],
      },
    });
    const run = new Simulation({
      service: whole,
      groups: [eu],
      present: (group, t) => group['region'] === undefined || t < 9 * minute,
      traffic: { perSecond: () => 100, badShare: () => 0 },
      trafficOf: (signal) => (signal === 'success_rate' ? stepFault(60 * minute, 63 * minute, 0.5) : undefined),
    }).runUntil(100 * minute);

    // By then the group is forgotten. Its target is not met by there being nothing to ask.
    expect(run.last?.scopes[0]?.verdicts).toMatchObject([{ verdict: 'unknown', reading: { reason: 'no-data' } }]);
    expect(eventsOf(run, {})).toEqual(['opened', 'onset-settled', 'blinded']);
  });
});

describe('rules on grouped and on other signals in one service', () => {
  const both: Condition = {
    text: 'errors.over("60s") < 0.9 && success_rate.over("60s") < 0.97',
    uses: [...below('errors', minute, 0.9).uses, ...below('success_rate', minute, 0.97).uses],
    evaluate(lookup) {
      const truths = [below('errors', minute, 0.9), below('success_rate', minute, 0.97)].map((each) =>
        each.evaluate(lookup),
      );
      return truths.find((truth) => truth.kind !== 'true') ?? { kind: 'true' };
    },
  };

  test('are judged for each group where a grouped signal takes part, and once where none does', () => {
    const mixed = aService({
      signals: [aRatio, { ...byRegion, name: 'errors' }],
      rules: [aRule({ name: 'whole' }), aRule({ name: 'regional', when: both })],
    });
    const run = new Simulation({
      service: mixed,
      groups: [eu, us],
      trafficOf: (signal, group) =>
        signal === 'success_rate' || group['region'] === 'eu' ? stepFault(10 * minute, 13 * minute, 0.5) : undefined,
    }).runUntil(30 * minute);

    expect(
      run.last?.scopes.map(({ state, rules }) => [groupKey(state.group), rules.map(({ rule }) => rule.name)]),
    ).toEqual([
      ['region="eu"', ['regional']],
      ['region="us"', ['regional']],
      ['', ['whole']],
    ]);
    expect(eventsOf(run, eu)).toContain('opened');
    expect(eventsOf(run, {})).toContain('opened');
    expect(eventsOf(run, us)).toEqual([]);
  });
});

describe('a grouped signal that no target and no rule asks for', () => {
  const unused = { ...byRegion, name: 'unused' };
  const scopesOf = (run: Simulation) => run.last?.scopes.map(({ state }) => groupKey(state.group));

  test('splits nothing: the service is judged as a whole, with nobody missing', () => {
    const run = new Simulation({
      service: aService({ signals: [aRatio, unused] }),
      groups: [eu, us],
      trafficOf: (signal) => (signal === 'success_rate' ? stepFault(10 * minute, 13 * minute, 0.5) : undefined),
    }).runUntil(30 * minute);

    expect(scopesOf(run)).toEqual(['']);
    expect(run.last?.scopes[0]?.verdicts).toHaveLength(1);
    expect(eventsOf(run, {})).toEqual(['opened', 'onset-settled', 'resolved', 'closed']);
  });

  test('makes no scope of a group that only it has', () => {
    const service = aService({ signals: [byRegion, unused] });
    const only = (signal: string, region: string): Observation => ({
      kind: 'counted',
      signal,
      groups: [
        {
          group: { region },
          newestSampleAt: start,
          numeratorSeen: true,
          steps: [{ from: start - 5_000, to: start, good: 1, total: 1 }],
        },
      ],
    });
    const { scopes } = evaluate(
      service,
      newServiceState,
      [only('success_rate', 'eu'), only('unused', 'us')],
      start,
      timingFor(5_000),
    );
    expect(scopes.map(({ state }) => groupKey(state.group))).toEqual(['region="eu"']);
  });

  test.each([
    ['a target', { endState: { ...aService().endState, targets: [unusedTarget()] }, rules: [] }],
    ['a rule', { rules: [aRule({ when: below('unused', minute, 0.97) })] }],
  ])('splits the service once %s asks for it', (_, over) => {
    const run = new Simulation({
      service: aService({ signals: [aRatio, unused], ...over }),
      groups: [eu, us],
    }).runUntil(minute);
    expect(scopesOf(run)).toEqual(['region="eu"', 'region="us"']);
  });

  function unusedTarget(): Target {
    return { signal: 'unused', bound: 'atLeast', value: 0.999, overMs: minute };
  }
});

describe('the limit of groups', () => {
  const regions = (...names: string[]): Group[] => names.map((region) => ({ region }));

  test('is never passed silently: further groups are counted, and neither read nor judged', () => {
    const run = new Simulation({ service: regional, groups: regions('d', 'c', 'b', 'a', 'e') }).runUntil(5 * minute);

    expect(run.state.ledgers.get('success_rate')?.dropped).toBe(2);
    expect(run.last?.scopes.map(({ state }) => groupKey(state.group))).toEqual([
      'region="a"',
      'region="b"',
      'region="c"',
    ]);
  });

  test('leaves those out that came last, whatever order the source answers in', () => {
    const orders = [regions('a', 'b', 'c', 'd'), regions('d', 'c', 'b', 'a')].map((groups) => {
      const run = new Simulation({ service: regional, groups }).runUntil(minute);
      return [...(run.state.ledgers.get('success_rate')?.groups.keys() ?? [])].sort();
    });
    expect(orders[0]).toEqual(orders[1]);
  });

  test('takes no place from a group that was there before', () => {
    const run = new Simulation({
      service: regional,
      groups: regions('a', 'x', 'y', 'z'),
      present: (group, t) => group['region'] !== 'a' || t > minute,
    }).runUntil(5 * minute);

    expect([...(run.state.ledgers.get('success_rate')?.groups.keys() ?? [])]).toEqual([
      'region="x"',
      'region="y"',
      'region="z"',
    ]);
  });

  test('gives the place of a group that is long gone to a new one, but not of one in an incident', () => {
    const seen = (at: number, ...names: string[]): Observation => ({
      kind: 'counted',
      signal: 'success_rate',
      groups: regions(...names).map((group) => ({
        group,
        newestSampleAt: at,
        numeratorSeen: true,
        steps: [{ from: at - 5_000, to: at, good: 1, total: 1 }],
      })),
    });
    const keys = (...at: readonly [number, ...string[]][]): readonly string[] => {
      let ledger = emptyLedger;
      const retention = { forgetBefore: -Infinity, held: new Set(['region="a"']) };
      for (const [time, ...names] of at)
        ledger = record(ledger, byRegion, seen(time, ...names), time, -Infinity, retention);
      return [...ledger.groups.keys()].sort();
    };
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((region) => groupKey({ region }));
    expect(keys([0, 'a', 'b', 'c'], [60_000, 'c', 'd'])).toEqual([a, b, c]);
    expect(keys([0, 'a', 'b', 'c'], [300_000, 'c', 'd'])).toEqual([a, c, d]);
  });
});

describe('a group that is gone', () => {
  test('is forgotten in time, so that it does not keep the whole service from being good', () => {
    const mixed = aService({
      signals: [aRatio, { ...byRegion, name: 'errors' }],
      endState: {
        ...aService().endState,
        targets: [
          { signal: 'success_rate', bound: 'atLeast', value: 0.999, overMs: minute },
          { signal: 'errors', bound: 'atLeast', value: 0.5, overMs: minute },
        ],
      },
    });
    const run = new Simulation({
      service: mixed,
      groups: [eu, us],
      present: (group, t) => group['region'] !== 'eu' || t < 11 * minute,
      trafficOf: (signal) => (signal === 'success_rate' ? stepFault(10 * minute, 13 * minute, 0.5) : undefined),
    }).runUntil(60 * minute);

    expect(eventsOf(run, {})).toEqual(['opened', 'onset-settled', 'blinded', 'sighted', 'resolved', 'closed']);
  });
});
