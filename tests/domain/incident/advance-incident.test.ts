import { describe, expect, test } from '@jest/globals';
import { foldIncident, type Incident } from '../../../src/domain/incident/incident.ts';
import { Chance } from '../../support/chance.ts';
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

const minute = 60_000;

describe('a value that flaps around its bound', () => {
  /** Bad for ten seconds out of each minute. */
  const flapping = (until: number) => ({
    perSecond: () => 100,
    badShare: (t: number) => (t >= 10 * minute && t < until && t % minute < 10_000 ? 0.5 : 0),
  });
  const narrow = aService({
    endState: {
      ...aService().endState,
      holdMs: 2 * minute,
      targets: [{ signal: 'success_rate', bound: 'atLeast', value: 0.999, overMs: 10_000 }],
    },
    rules: [aRule({ when: below('success_rate', 10_000, 0.97) })],
  });

  test('is one incident, not many: each flap begins the hold anew', () => {
    const run = new Simulation({ service: narrow, traffic: flapping(20 * minute) }).runUntil(40 * minute);

    expect(run.story()).toEqual(['opened', 'onset-settled', 'resolved', 'closed']);
    const resolved = run.find('resolved').at - start;
    expect(resolved).toBeGreaterThanOrEqual(19 * minute + 10_000 + 2 * minute);
    expect(resolved).toBeLessThan(19 * minute + 10_000 + 2 * minute + 25_000);
    expect(Math.abs(run.find('resolved').recoveredAt - start - 19 * minute - 10_000)).toBeLessThanOrEqual(5_000);
  });

  test('as a gauge is one incident too', () => {
    const lagging = aService({
      signals: [aGauge],
      endState: { ...aService().endState, targets: [{ signal: 'lag', bound: 'atMost', value: 10 }] },
      rules: [aRule({ when: above('lag', 10) })],
    });
    const run = new Simulation({
      service: lagging,
      gauge: (t) => (t >= 10 * minute && t < 20 * minute && t % 30_000 < 15_000 ? 11 : 9),
    }).runUntil(40 * minute);

    expect(run.story()).toEqual(['opened', 'onset-settled', 'resolved', 'closed']);
    // A gauge counts no events: what it cost is not known, and not nothing.
    expect(run.find('resolved')).not.toHaveProperty('impact');
  });

  test('as a gauge cost nothing that the signals beside it count, of all that happened', () => {
    const both = aService({
      signals: [aGauge, aRatio],
      endState: {
        ...aService().endState,
        targets: [...aService().endState.targets, { signal: 'lag', bound: 'atMost', value: 10 }],
      },
      rules: [aRule({ when: above('lag', 10) })],
    });
    const run = new Simulation({
      service: both,
      gauge: (t) => (t >= 10 * minute && t < 20 * minute ? 11 : 9),
      traffic: { perSecond: () => 100, badShare: () => 0 },
    }).runUntil(40 * minute);

    const { impact } = run.find('resolved');
    expect(impact).toEqual({ badEvents: 0, totalEvents: expect.any(Number), peakBadRatio: 0 });
    expect(Math.abs((impact?.totalEvents ?? 0) - 60_000)).toBeLessThan(2_000);
  });
});

test('since when the end state has held is known without an incident, and begins anew after a gap, a miss and an incident', () => {
  const run = new Simulation({ traffic: stepFault(20 * minute, 22 * minute, 0.5) });
  const heldFor = () => {
    const [scope] = run.state.scopes.values();
    return scope?.heldSince === undefined ? undefined : (run.state.evaluatedAt ?? NaN) - scope.heldSince;
  };
  run.runUntil(10 * minute);
  const before = heldFor() ?? NaN;
  expect(before).toBeGreaterThan(8 * minute);
  run.runUntil(12 * minute);
  expect(heldFor()).toBe(before + 2 * minute);
  run.judge(run.observe(start + 17 * minute), start + 17 * minute);
  expect(heldFor()).toBe(0);
  run.runUntil(21 * minute);
  expect(heldFor()).toBeUndefined();
  run.runUntil(30 * minute);
  // Once it was resolved.
  expect((run.state.evaluatedAt ?? NaN) - (heldFor() ?? NaN)).toBe(run.find('resolved').at);
});

describe('`hold`', () => {
  test('is waited for in full, and its start is not when service came back but when the window was clean', () => {
    const run = new Simulation({ traffic: stepFault(10 * minute, 12 * minute, 0.5) }).runUntil(40 * minute);

    const resolved = run.find('resolved');
    const { holdMs } = aService().endState;
    expect(resolved.at - start).toBeGreaterThanOrEqual(12 * minute + holdMs);
    expect(resolved.at - resolved.recoveredAt).toBeGreaterThanOrEqual(holdMs);
    expect(resolved.at - start).toBeLessThan(12 * minute + minute + holdMs + 15_000);
  });

  test('does not run while nothing can be read', () => {
    const run = new Simulation({
      traffic: stepFault(10 * minute, 12 * minute, 0.5),
      answers: (t) => t < 13.3 * minute || t > 13.8 * minute,
    }).runUntil(40 * minute);
    const seeing = new Simulation({ traffic: stepFault(10 * minute, 12 * minute, 0.5) }).runUntil(40 * minute);

    const longer = run.find('resolved').at - seeing.find('resolved').at;
    expect(longer).toBeGreaterThanOrEqual(25_000);
    expect(longer).toBeLessThanOrEqual(40_000);
  });

  test('begins anew after a blindness that was longer than itself', () => {
    const run = new Simulation({
      traffic: stepFault(10 * minute, 12 * minute, 0.5),
      answers: (t) => t < 13.5 * minute || t > 16 * minute,
    }).runUntil(40 * minute);

    expect(run.story()).toEqual(['opened', 'onset-settled', 'blinded', 'sighted', 'resolved', 'closed']);
    expect(run.find('resolved').at - start).toBeGreaterThanOrEqual(17 * minute);
  });
});

test('an onset is settled by samples after the detection, however long old ones are given out', () => {
  // At a second between scrapes, samples are not called stale for five.
  const run = new Simulation({
    traffic: stepFault(10 * minute, 20 * minute, 1),
    scrapeMs: 1_000,
    scrapes: (t) => t <= 10 * minute + 3_000 || t > 10 * minute + 7_000,
  }).runUntil(12 * minute);

  expect(run.find('opened').at - start).toBeLessThan(10 * minute + 4_000);
  expect(run.story()).toEqual(['opened', 'onset-settled']);
  expect(run.find('onset-settled').at - start).toBeGreaterThan(10 * minute + 7_000);
});

describe('further rules', () => {
  const escalating = aService({
    rules: [
      aRule({ name: 'shaky', when: below('success_rate', minute, 0.99), severity: 'ticket' }),
      aRule({ name: 'down', when: below('success_rate', minute, 0.7), severity: 'page' }),
    ],
  });
  const worsening = {
    perSecond: () => 100,
    badShare: (t: number) => (t < 10 * minute || t >= 20 * minute ? 0 : t < 14 * minute ? 0.05 : 0.9),
  };

  test('join the incident that is open, and make it more severe', () => {
    const run = new Simulation({ service: escalating, traffic: worsening }).runUntil(40 * minute);

    expect(run.story()).toEqual(['opened', 'onset-settled', 'rule-joined', 'resolved', 'closed']);
    expect(run.find('opened').stop).toMatchObject({ rule: 'shaky', severity: 'ticket' });
    expect(run.find('rule-joined').stop).toMatchObject({ rule: 'down', severity: 'page' });
    expect(run.find('rule-joined').at - start).toBeGreaterThanOrEqual(14 * minute);
  });

  test('stop a relapse with their own severity and condition, and join it anew when they are true', () => {
    // Off as a ticket, then as a page; back; off again as a ticket, and at last as a page.
    const shares = [
      [10, 0.05],
      [14, 0.9],
      [18, 0],
      [22, 0.05],
      [26, 0.9],
      [30, 0],
    ] as const;
    const traffic = {
      perSecond: () => 100,
      badShare: (t: number) => shares.findLast(([from]) => t >= from * minute)?.[1] ?? 0,
    };
    const run = new Simulation({ service: escalating, traffic });
    const folded = () =>
      run.events.reduce<Incident | undefined>(
        (incident, event, index) => foldIncident(incident, { ...event, seq: index + 1, recordedAt: event.at }),
        undefined,
      );
    run.runUntil(25 * minute);
    expect(run.events.at(-1)).toMatchObject({ type: 'relapsed', stop: { rule: 'shaky', severity: 'ticket' } });
    expect(folded()).toMatchObject({
      severity: 'ticket',
      condition: run.find('opened').stop.condition,
      worstSeverity: 'page',
      openedSeverity: 'ticket',
    });
    run.runUntil(29 * minute);
    expect(run.events.at(-1)).toMatchObject({ type: 'rule-joined', stop: { rule: 'down', severity: 'page' } });
    expect(folded()).toMatchObject({ severity: 'page', condition: run.find('rule-joined').stop.condition });
  });

  test('that become true in the same moment open one incident, the most severe first', () => {
    const run = new Simulation({
      service: escalating,
      traffic: stepFault(10 * minute, 20 * minute, 1),
      scrapeMs: 30_000,
    });
    run.runUntil(12 * minute);

    expect(run.story().slice(0, 2)).toEqual(['opened', 'rule-joined']);
    expect(run.find('opened').stop.rule).toBe('down');
    expect(run.find('opened').at).toBe(run.find('rule-joined').at);
  });

  test('keep the incident open as long as one of them is true, even when every target holds', () => {
    const strict = aService({
      endState: {
        ...aService().endState,
        targets: [{ signal: 'success_rate', bound: 'atLeast', value: 0.5, overMs: minute }],
      },
    });
    const run = new Simulation({ service: strict, traffic: stepFault(10 * minute, 30 * minute, 0.1) }).runUntil(
      29 * minute,
    );

    expect(run.story()).toEqual(['opened', 'onset-settled']);
  });

  test('do not disturb the onset: a signal that is inside its bound has none', () => {
    const two = aService({
      signals: [aRatio, { ...aRatio, name: 'latency' }],
      endState: {
        ...aService().endState,
        targets: [
          { signal: 'success_rate', bound: 'atLeast', value: 0.999, overMs: minute },
          { signal: 'latency', bound: 'atLeast', value: 0.99, overMs: minute },
        ],
      },
      rules: [
        aRule({
          when: {
            ...below('success_rate', minute, 0.97),
            uses: [...below('success_rate', minute, 0.97).uses, ...below('latency', minute, 0.8).uses],
          },
        }),
      ],
    });
    const earlier = stepFault(12 * minute, 16 * minute, 1, 3);
    const noisy = { perSecond: () => 100, badShare: () => 0.005 };
    for (const other of [earlier, noisy]) {
      const run = new Simulation({
        service: two,
        chance: new Chance(1),
        trafficOf: (signal) => (signal === 'success_rate' ? stepFault(20 * minute, 25 * minute, 0.5) : other),
      }).runUntil(22 * minute);

      expect(run.find('onset-settled').onset.signal).toBe('success_rate');
      expect(Math.abs(run.find('onset-settled').onset.at - start - 20 * minute)).toBeLessThanOrEqual(5_000);
    }
  });
});

describe('a rule that minds missing data', () => {
  const minding = aService({ rules: [aRule({ onUnknown: { policy: 'open', afterMs: 2 * minute } })] });

  test('has its onset where the data ended, not where the patience did', () => {
    const run = new Simulation({ service: minding, answers: (t) => t < 12 * minute }).runUntil(20 * minute);

    const { onset, at } = run.find('opened');
    expect(Math.abs(onset.at - start - 12 * minute)).toBeLessThanOrEqual(5_100);
    expect(at - onset.at).toBeGreaterThanOrEqual(2 * minute);
  });

  test('resolves once data is back and the end state has held', () => {
    const run = new Simulation({ service: minding, answers: (t) => t < 12 * minute || t > 16 * minute }).runUntil(
      40 * minute,
    );

    expect(run.story()).toEqual(['opened', 'blinded', 'sighted', 'onset-settled', 'resolved', 'closed']);
  });

  test('does not mind a gap that is shorter', () => {
    const run = new Simulation({ service: minding, answers: (t) => t < 12 * minute || t > 13.5 * minute }).runUntil(
      40 * minute,
    );

    expect(run.story()).toEqual([]);
  });
});

describe('blindness', () => {
  test('of a moment is not told, and one that lasts is told once', () => {
    const run = new Simulation({
      traffic: stepFault(10 * minute, 30 * minute, 1),
      answers: (t) => (t < 12 * minute || t > 12 * minute + 5_100) && (t < 14 * minute || t > 18 * minute),
    }).runUntil(20 * minute);

    expect(run.story()).toEqual(['opened', 'onset-settled', 'blinded', 'sighted']);
    expect(run.find('sighted').blindForMs).toBeGreaterThanOrEqual(3.9 * minute);
  });

  test('does not open a closed incident again, nor keep one open that is watched', () => {
    const run = new Simulation({
      traffic: stepFault(10 * minute, 12 * minute, 1),
      answers: (t) => t < 16 * minute,
    }).runUntil(40 * minute);

    expect(run.story()).toEqual(['opened', 'onset-settled', 'resolved', 'closed']);
  });
});

describe('healthy traffic with noise at the level of the target', () => {
  test.each([20, 100, 500])('at %d a second opens nothing in three hours', (perSecond) => {
    const run = new Simulation({
      scrapeMs: 15_000,
      chance: new Chance(perSecond),
      traffic: { perSecond: () => perSecond, badShare: () => 0.001 },
    }).runUntil(180 * minute);

    expect(run.story()).toEqual([]);
  });
});
