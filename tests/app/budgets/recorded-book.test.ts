import { describe, expect, test } from '@jest/globals';
import { BudgetBook } from '../../../src/app/budgets/budget-book.ts';
import { RecordedBook } from '../../../src/app/budgets/recorded-book.ts';
import { viewOf } from '../../../src/app/polling/watch.ts';
import { recordedRead } from '../../../src/app/budgets/recorded-read.ts';
import { budgetRules } from '../../../src/config/budget/budget-rule.ts';
import { tierOf } from '../../../src/domain/budget/burn-tiers.ts';
import type { RecordedGroup, RecordedWindow } from '../../../src/domain/budget/recorded-counts.ts';
import { evaluate, newServiceState } from '../../../src/domain/incident/evaluate.ts';
import type { Group } from '../../../src/domain/service/group.ts';
import { polledSignals } from '../../../src/domain/service/polled-signals.ts';
import type { RatioSignal, Service } from '../../../src/domain/service/service.ts';
import { timingFor } from '../../../src/domain/reading/timing.ts';
import { aBudget, day, hour, minute, monday, second } from '../../domain/budget/budgets.ts';
import { aGauge, aService } from '../../support/simulation.ts';

const now = monday;
const periodMs = 7 * day;
const payments: RatioSignal = {
  kind: 'ratio',
  name: 'payments',
  by: ['region'],
  maxGroups: 2,
  numerator: 'bad',
  numeratorTerms: [],
  totalTerms: [],
};
const budget = aBudget({
  name: 'payments',
  signal: 'payments',
  objective: 0.99,
  period: { kind: 'rolling', ms: periodMs },
  tiers: [tierOf('page', { share: 0.05, longMs: hour, shortMs: 5 * minute }, periodMs)],
});

function serviceOf(signal: RatioSignal = payments): Service {
  return aService({
    signals: [signal, aGauge],
    endState: {
      summary: 'Customers can pay',
      holdMs: minute,
      watchMs: minute,
      targets: [{ signal: 'lag', bound: 'atMost', value: 1 }],
    },
    budgets: [budget],
    budgetsFrom: 'recording-rules',
    rules: budgetRules([budget]),
  });
}

/** 1000 events in each window, so many of them bad. */
function windows(bad: number, more: Partial<RecordedWindow> = {}): readonly RecordedWindow[] {
  return [5 * minute, hour, periodMs].map((windowMs) => ({ windowMs, total: 1000, bad, coveredMs: windowMs, ...more }));
}

function aGroup(group: Group, bad: number, countedAt = now - 20 * second): RecordedGroup {
  return { budget: 'payments', group, countedAt, windows: windows(bad) };
}

function bookOf(service: Service, groups: readonly RecordedGroup[], at = now): RecordedBook {
  const book = new RecordedBook(service);
  book.take({ kind: 'recorded', groups }, at);
  return book;
}

const burn = { signal: 'payments', fold: 'burn-rate', windowMs: hour, budget: 'payments' } as const;
const regions = (book: RecordedBook): readonly (string | undefined)[] =>
  book.views(now).map(({ group }) => group['region']);

describe('what is read', () => {
  test('is every window of tiers, of conditions and of the period, and no counter that nothing else looks at', () => {
    const service = serviceOf();
    expect(recordedRead(service)).toEqual({
      service: 'checkout',
      budgets: [{ name: 'payments', by: ['region'], windowsMs: [5 * minute, hour, periodMs] }],
    });
    expect(recordedRead(service)).toBe(recordedRead(service));
    expect(polledSignals(service).map(({ name }) => name)).toEqual(['lag']);
    const { budgetsFrom: _recorded, ...counted } = service;
    expect(recordedRead(counted)).toBeUndefined();
    expect(polledSignals(counted)).toBe(counted.signals);
  });

  test('is the counter too where a target or a condition looks at it', () => {
    const service = serviceOf();
    const target = { signal: 'payments', bound: 'atLeast', value: 0.9, overMs: minute } as const;
    const both = { ...service, endState: { ...service.endState, targets: [target] } };
    expect(polledSignals(both).map(({ name }) => name)).toEqual(['payments', 'lag']);
  });
});

describe('groups of a signal that only budgets look at', () => {
  test('are judged each on its own, though no counter of theirs is read', () => {
    const service = serviceOf();
    const book = bookOf(service, [aGroup({ region: 'eu' }, 500), aGroup({ region: 'us' }, 0)]);
    const seen = [{ kind: 'gauged', signal: 'lag', groups: [{ group: {}, newestSampleAt: now, value: 0 }] } as const];
    const { events } = evaluate(service, newServiceState, seen, now, timingFor(15_000), book.readings());
    expect(events).toMatchObject([{ type: 'opened', group: { region: 'eu' }, stop: { rule: 'payments-budget-page' } }]);
    expect(JSON.stringify(events)).toContain('burns at 50x over 1h and 50x over 5m');
  });

  test('are at most as many as the signal may have, those that were there before first', () => {
    const service = serviceOf();
    const book = bookOf(service, [aGroup({ region: 'us' }, 0), aGroup({ region: 'eu' }, 0)]);
    const all = ['ap', 'eu', 'us'].map((region) => aGroup({ region }, 0));
    book.take({ kind: 'recorded', groups: all }, now);
    expect(regions(book)).toEqual(['eu', 'us']);
    expect(book.problems(now)).toMatchObject([
      { reason: 'too-many-groups', detail: expect.stringContaining('1 groups') },
    ]);

    // One that has been gone for five minutes gives its place up.
    const others = all.slice(0, 2);
    book.take({ kind: 'recorded', groups: others }, now + 4 * minute);
    expect(regions(book)).toEqual(['eu', 'us']);
    book.take({ kind: 'recorded', groups: others }, now + 5 * minute);
    expect(regions(book)).toEqual(['ap', 'eu']);
    expect(book.readings().read(burn, { region: 'us' }, now)).toMatchObject({ kind: 'unknown', reason: 'no-data' });
  });

  test('are counted once each where they are too many, unless polls of the signal tell so', () => {
    const service = serviceOf();
    const monthly = { ...budget, name: 'monthly' };
    const all = ['ap', 'eu', 'me', 'us'].map((region) => aGroup({ region }, 0));
    const both = all.flatMap((group) => [group, { ...group, budget: 'monthly' }]);
    expect(bookOf({ ...service, budgets: [budget, monthly] }, both).droppedGroups).toBe(2);
    expect(bookOf(service, all.slice(0, 2)).droppedGroups).toBe(0);
    const target = { signal: 'payments', bound: 'atLeast', value: 0.9, overMs: minute } as const;
    expect(bookOf({ ...service, endState: { ...service.endState, targets: [target] } }, all).droppedGroups).toBe(0);

    const { state, ...rest } = evaluate(service, newServiceState, [], now, timingFor(15_000));
    const live = { budgets: new BudgetBook(service), timing: timingFor(15_000) };
    live.budgets.recorded.take({ kind: 'recorded', groups: all }, now);
    const view = viewOf(service, { state, ...rest }, [], [], live);
    expect(view).toMatchObject({ droppedGroups: 2, errorBudgetsFrom: 'recording-rules' });
    expect(viewOf(aService(), { state, ...rest })).not.toHaveProperty('errorBudgetsFrom');
  });

  test('stay, and are stale, while nothing at all is recorded', () => {
    const book = bookOf(serviceOf(), [aGroup({ region: 'eu' }, 0), aGroup({ region: 'us' }, 0)]);
    book.take({ kind: 'recorded', groups: [] }, now + hour);
    expect(regions(book)).toEqual(['eu', 'us']);
    expect(book.readings().read(burn, { region: 'us' }, now + hour)).toMatchObject({
      kind: 'unknown',
      reason: 'stale',
    });
    expect(book.problems(now + hour)).toMatchObject([{ reason: 'budget-records-stale' }]);
  });
});

describe('what is counted', () => {
  const whole: RatioSignal = { ...payments, by: [] };
  const read = (signal: RatioSignal, recorded: readonly RecordedWindow[]) =>
    bookOf(serviceOf(signal), [{ ...aGroup({}, 0), windows: recorded }])
      .readings()
      .read(burn, {}, now);
  const only = (more: RecordedWindow): readonly RecordedWindow[] => [{ coveredMs: hour, ...more }];
  const good: RatioSignal = { ...whole, numerator: 'good' };

  test.each<[string, RatioSignal, readonly RecordedWindow[], object]>([
    ['bad events', whole, windows(20), { kind: 'value', value: expect.closeTo(2), good: 980, total: 1000 }],
    [
      'what is not good',
      good,
      only({ windowMs: hour, total: 1000, good: 990 }),
      { kind: 'value', value: expect.closeTo(1) },
    ],
    ['no error counter as no errors', whole, only({ windowMs: hour, total: 1000 }), { kind: 'value', value: 0 }],
    [
      'what is not good, by rules of an earlier declaration',
      whole,
      only({ windowMs: hour, total: 1000, good: 990 }),
      { kind: 'value', value: expect.closeTo(1) },
    ],
    [
      'nothing as long as no good events were ever seen',
      good,
      only({ windowMs: hour, total: 1000 }),
      { kind: 'unknown', reason: 'no-data', detail: expect.stringContaining('no good events') },
    ],
    [
      'a quiet window as no traffic',
      whole,
      only({ windowMs: hour, total: 0 }),
      { kind: 'unknown', reason: 'no-traffic' },
    ],
    [
      'a window that is known in part as short of history',
      whole,
      [{ windowMs: hour, total: 1000, bad: 900, coveredMs: 0.8 * hour }],
      { kind: 'unknown', reason: 'short-history', detail: expect.stringContaining('80%') },
    ],
    [
      'a window without a total, of which little is covered, as short of history too',
      whole,
      [{ windowMs: hour, coveredMs: minute }],
      { kind: 'unknown', reason: 'short-history' },
    ],
    [
      'a window that is not covered as no data',
      whole,
      [{ windowMs: hour, total: 5 }],
      { kind: 'unknown', reason: 'no-data' },
    ],
  ])('is %s', (_name, signal, recorded, expected) => {
    expect(read(signal, recorded)).toMatchObject(expected);
  });

  test('is known for three minutes after the rules counted, and not before they did', () => {
    const book = bookOf(serviceOf(whole), [aGroup({}, 20, now)]);
    const at = (ms: number) => book.readings().read(burn, {}, now + ms);
    expect(at(-1)).toMatchObject({ kind: 'unknown', reason: 'no-data' });
    expect(at(3 * minute)).toMatchObject({ kind: 'value', sampleAt: now });
    expect(at(3 * minute + 1)).toMatchObject({ kind: 'unknown', reason: 'stale' });
  });

  test('is unknown before anything was read, which is no reason to say that rules are missing', () => {
    const book = new RecordedBook(serviceOf(whole));
    expect(book.readings().read(burn, {}, now)).toMatchObject({ kind: 'unknown', reason: 'no-data' });
    expect(book.views(now)).toEqual([]);
    expect(book.problems(now)).toEqual([]);
    book.take({ kind: 'failed', failure: { reason: 'timeout', detail: 'no answer in 5 s' } }, now);
    expect(book.problems(now)).toMatchObject([{ reason: 'budget-records-timeout' }]);
    expect(JSON.stringify(book.readings().read(burn, {}, now))).toContain('no answer in 5 s');
  });
});
