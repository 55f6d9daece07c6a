import { describe, expect, test } from '@jest/globals';
import { aRule, aService, below, Simulation, start, stepFault } from '../../support/simulation.ts';

const minute = 60_000;

describe('a step fault', () => {
  test('opens one incident, settles its onset, and resolves once the end state has held', () => {
    const run = new Simulation({ traffic: stepFault(10 * minute, 15 * minute, 0.5) }).runUntil(40 * minute);

    expect(run.story()).toEqual(['opened', 'onset-settled', 'resolved', 'closed']);
  });

  test.each([
    { scrapeMs: 1_000, share: 1, fault: 600_350 },
    { scrapeMs: 5_000, share: 0.2, fault: 602_700 },
    { scrapeMs: 5_000, share: 1, fault: 604_900 },
    { scrapeMs: 15_000, share: 0.05, fault: 611_000 },
    { scrapeMs: 15_000, share: 0.5, fault: 600_100 },
    { scrapeMs: 30_000, share: 0.3, fault: 617_300 },
  ])(
    'has its onset found within one scrape interval: $share bad from $fault ms, scraped each $scrapeMs ms',
    ({ scrapeMs, share, fault }) => {
      const run = new Simulation({
        scrapeMs,
        phaseMs: 137,
        traffic: stepFault(fault, fault + 5 * minute, share),
      }).runUntil(40 * minute);

      const { onset } = run.find('onset-settled');
      expect(Math.abs(onset.at - start - fault)).toBeLessThanOrEqual(scrapeMs);
      expect(onset.earliest).toBeLessThanOrEqual(start + fault);
      expect(onset.latest).toBeGreaterThanOrEqual(start + fault);
      expect(onset.method).toBe('change-point');
    },
  );

  test.each([1_000, 5_000, 15_000])('has its recovery found within one scrape interval of %d ms', (scrapeMs) => {
    const healed = 900_000 + 0.4 * scrapeMs;
    const run = new Simulation({ scrapeMs, traffic: stepFault(10 * minute, healed, 0.4) }).runUntil(40 * minute);

    const { recovery, recoveredAt } = run.find('resolved');
    expect(Math.abs(recoveredAt - start - healed)).toBeLessThanOrEqual(scrapeMs);
    expect(recovery.earliest).toBeLessThanOrEqual(start + healed);
    expect(recovery.latest).toBeGreaterThanOrEqual(start + healed);
  });

  test('costs what was lost beyond the target', () => {
    const run = new Simulation({ traffic: stepFault(10 * minute, 15 * minute, 0.5) }).runUntil(40 * minute);

    const { impact } = run.find('resolved');
    if (impact === undefined) throw new Error('nothing is known of what it cost');
    const lost = 5 * 60 * 100 * 0.5;
    expect(impact.badEvents).toBeGreaterThan(lost * 0.99);
    expect(impact.badEvents).toBeLessThanOrEqual(lost);
    expect(impact.peakBadRatio).toBeCloseTo(0.5, 2);
  });
});

test('a ramp has its onset found within the rule’s window', () => {
  const begins = 10 * minute;
  const run = new Simulation({
    traffic: { perSecond: () => 100, badShare: (t) => Math.min(0.5, Math.max(0, (t - begins) / (10 * minute)) * 0.5) },
  }).runUntil(20 * minute);

  // The signal leaves its bound of 0.1 % twelve seconds into the ramp.
  expect(Math.abs(run.find('onset-settled').onset.at - start - begins - 12_000)).toBeLessThanOrEqual(minute);
});

test('a healthy service with a stray error now and then opens nothing', () => {
  const run = new Simulation({
    traffic: { perSecond: () => 40, badShare: (t) => (t % 61_000 < 100 ? 0.25 : 0) },
  }).runUntil(120 * minute);

  expect(run.story()).toEqual([]);
});

describe('`for`', () => {
  const waiting = aService({ rules: [aRule({ forMs: 30_000 })] });

  test('lets a dip pass that is shorter', () => {
    const dip = stepFault(10 * minute, 10 * minute + 2_000, 1);
    const quick = aService({ rules: [aRule({ forMs: 30_000, when: below('success_rate', 10_000, 0.97) })] });

    expect(new Simulation({ service: quick, traffic: dip }).runUntil(20 * minute).story()).toEqual([]);
  });

  test('stops the line when it has passed, and the onset is still the fault’s', () => {
    const run = new Simulation({ service: waiting, traffic: stepFault(10 * minute, 14 * minute, 1) }).runUntil(
      13 * minute,
    );

    expect(run.find('opened').at - start).toBeGreaterThanOrEqual(10.5 * minute);
    expect(Math.abs(run.find('opened').onset.at - start - 10 * minute)).toBeLessThanOrEqual(5_000);
  });

  test('does not count time in which nothing could be read', () => {
    const outage = (t: number): boolean => t < 10 * minute + 12_000 || t > 10 * minute + 30_000;
    const run = new Simulation({
      service: waiting,
      traffic: stepFault(10 * minute, 14 * minute, 1),
      answers: outage,
    }).runUntil(13 * minute);

    const opened = run.find('opened').at - start - 10 * minute;
    expect(opened).toBeGreaterThanOrEqual(45_000);
    expect(opened).toBeLessThan(65_000);
  });
});

describe('missing data', () => {
  test('never resolves: a source that does not answer leaves the incident open, and says so', () => {
    const run = new Simulation({
      traffic: stepFault(10 * minute, 12 * minute, 1),
      answers: (t) => t < 11 * minute || t > 25 * minute,
    });

    run.runUntil(24 * minute);
    expect(run.story()).toEqual(['opened', 'onset-settled', 'blinded']);
    expect(run.find('blinded').reason).toBe('source-down');

    run.runUntil(40 * minute);
    expect(run.story()).toEqual(['opened', 'onset-settled', 'blinded', 'sighted', 'resolved', 'closed']);
    expect(Math.abs(run.find('resolved').recoveredAt - start - 12 * minute)).toBeLessThanOrEqual(14 * minute);
  });

  test('never resolves: a target that vanishes leaves the incident open', () => {
    const run = new Simulation({
      traffic: stepFault(10 * minute, 60 * minute, 1),
      scrapes: (t) => t < 12 * minute,
    }).runUntil(40 * minute);

    expect(run.story()).toEqual(['opened', 'onset-settled', 'blinded']);
    expect(run.last?.scopes[0]?.verdicts[0]?.reading).toMatchObject({ kind: 'unknown', reason: 'no-data' });
  });

  test('never opens by itself', () => {
    const run = new Simulation({ scrapes: (t) => t < 12 * minute }).runUntil(40 * minute);

    expect(run.story()).toEqual([]);
  });

  test('opens when the rule says so', () => {
    const minding = aService({ rules: [aRule({ onUnknown: { policy: 'open', afterMs: 5 * minute } })] });
    const run = new Simulation({ service: minding, answers: (t) => t < 12 * minute }).runUntil(20 * minute);

    expect(run.find('opened').stop.because).toBe('unknown-too-long');
    expect(run.find('opened').at - start - 12 * minute).toBeGreaterThanOrEqual(5 * minute);
  });

  test('is `stale` while the newest sample is old, and one long step when scrapes come back', () => {
    const run = new Simulation({ scrapes: (t) => t < 12 * minute || t > 14 * minute });

    run.runUntil(13 * minute);
    expect(run.last?.readings[0]?.reading).toMatchObject({ kind: 'unknown', reason: 'stale' });
    run.runUntil(14.5 * minute);
    expect(run.last?.readings[0]?.reading).toMatchObject({ kind: 'value', value: 1 });
  });

  test('is `no-traffic` when nobody calls', () => {
    const run = new Simulation({
      traffic: { perSecond: (t) => (t < 10 * minute ? 100 : 0), badShare: () => 0 },
    }).runUntil(12 * minute);

    expect(run.last?.readings[0]?.reading).toMatchObject({ kind: 'unknown', reason: 'no-traffic' });
    expect(run.story()).toEqual([]);
  });

  test('is `short-history` until the window is covered', () => {
    const run = new Simulation().runUntil(30_000);

    expect(run.last?.readings[0]?.reading).toMatchObject({ kind: 'unknown', reason: 'short-history' });
  });
});

describe('relapses', () => {
  const twice = {
    perSecond: () => 100,
    badShare: (t: number) => ((t >= 10 * minute && t < 12 * minute) || (t >= 17 * minute && t < 19 * minute) ? 0.5 : 0),
  };

  test('inside the watch window reopen the same incident, whose time to recover runs on', () => {
    const run = new Simulation({ traffic: twice }).runUntil(40 * minute);

    expect(run.story()).toEqual(['opened', 'onset-settled', 'resolved', 'relapsed', 'resolved', 'closed']);
    expect(new Set(run.events.map((event) => event.incidentId)).size).toBe(1);
    expect(Math.abs(run.find('resolved').recoveredAt - start - 19 * minute)).toBeLessThanOrEqual(5_000);
    const again = run.find('relapsed').onset;
    expect(Math.abs((again?.at ?? 0) - start - 17 * minute)).toBeLessThanOrEqual(5_000);
    expect(again?.earliest).toBeGreaterThan(start + 12 * minute - 5_000);
    expect(Math.abs(run.find('opened').onset.at - start - 10 * minute)).toBeLessThanOrEqual(5_000);
  });

  test('after the watch window are new incidents', () => {
    const short = aService({ endState: { ...aService().endState, watchMs: 60_000 } });
    const run = new Simulation({ service: short, traffic: twice }).runUntil(40 * minute);

    expect(run.story().filter((type) => type === 'opened')).toHaveLength(2);
    expect(new Set(run.events.map((event) => event.incidentId)).size).toBe(2);
  });
});

describe('time', () => {
  test('that goes back changes nothing', () => {
    const run = new Simulation({ traffic: stepFault(10 * minute, 12 * minute, 1) }).runUntil(11 * minute);
    const before = run.state;

    const again = run.pollAt(5 * minute);

    expect(again.events).toEqual([]);
    expect(run.state).toBe(before);
  });

  test('that nobody watched counts towards neither `for` nor `hold`', () => {
    const service = aService({ rules: [aRule({ forMs: 2 * minute })] });
    const run = new Simulation({ service, traffic: stepFault(10 * minute, 30 * minute, 1) }).runUntil(
      10 * minute + 20_000,
    );
    run.pollAt(12.9 * minute);

    expect(run.story()).toEqual([]);
  });
});

test('a rename of rule and revision while the incident is open closes nothing', () => {
  const run = new Simulation({ traffic: stepFault(10 * minute, 14 * minute, 1) }).runUntil(11 * minute);
  run.service = aService({ revision: 'r2', rules: [aRule({ name: 'no-payments', formerly: ['payments-failing'] })] });
  run.runUntil(40 * minute);

  expect(run.story()).toEqual(['opened', 'onset-settled', 'resolved', 'closed']);
});

test('the same inputs give the same events', () => {
  const once = (): string =>
    JSON.stringify(new Simulation({ traffic: stepFault(10 * minute, 15 * minute, 0.5) }).runUntil(40 * minute).events);

  expect(once()).toBe(once());
});
