import { describe, expect, test } from '@jest/globals';
import { BudgetBook } from '../../../src/app/budgets/budget-book.ts';
import type { BudgetView } from '../../../src/app/budgets/budget-view.ts';
import { LedgerFiller } from '../../../src/app/budgets/ledger-filler.ts';
import type { HistoryOutcome } from '../../../src/app/ports/source.ts';
import type { HistoryPoint } from '../../../src/domain/reading/history.ts';
import { budgetRules } from '../../../src/config/budget/budget-rule.ts';
import type { IncidentEvent } from '../../../src/domain/incident/event.ts';
import { evaluate, newServiceState, type ServiceState } from '../../../src/domain/incident/evaluate.ts';
import type { Interval } from '../../../src/domain/interval.ts';
import { timingFor } from '../../../src/domain/reading/timing.ts';
import { aBudget, day, hour, minute } from '../../domain/budget/budgets.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { aRatio, aService } from '../../support/simulation.ts';

const budget = aBudget({ signal: aRatio.name, objective: 0.99, period: { kind: 'rolling', ms: 7 * day } });
const tier = { severity: 'page' as const, share: 0.02, longMs: hour, shortMs: 5 * minute, factor: 2 };
const budgets = [{ ...budget, tiers: [tier] }];
const service = aService({ budgets, rules: budgetRules(budgets) });
const timing = timingFor(15_000);
const never = new AbortController().signal;

interface Past {
  /** Whether the source has samples at an instant, given how long ago it was, ms. */
  readonly has?: (agoMs: number) => boolean;
  readonly badShare?: (agoMs: number) => number;
  readonly goodSeen?: (agoMs: number) => boolean;
  readonly answer?: (stretch: Interval, asked: number) => HistoryOutcome | undefined;
}

/** A service that begins to be polled on a past of 10 events a second, 0.5 % of them bad. */
class Watching {
  readonly clock = new ManualClock();
  readonly log = memoryLog();
  readonly book = new BudgetBook(service);
  readonly asked: Interval[] = [];
  /** What people would have been told. */
  readonly events: IncidentEvent[] = [];
  past: Past;
  readonly #filler: LedgerFiller;
  #state: ServiceState = newServiceState;

  constructor(past: Past) {
    this.past = past;
    this.#filler = new LedgerFiller({
      clock: this.clock,
      log: this.log,
      now: () => this.clock.now(),
      source: {
        name: 'default',
        history: (signals, stretch, stepMs) => {
          this.asked.push(stretch);
          const given = this.past.answer?.(stretch, this.asked.length);
          return Promise.resolve(signals.map(() => given ?? this.#history(stretch, stepMs)));
        },
      },
    });
  }

  #history({ from, to }: Interval, stepMs: number): HistoryOutcome {
    const { has = () => true, badShare = () => 0.005, goodSeen = () => true } = this.past;
    const points: HistoryPoint[] = [];
    for (let at = from + stepMs; at <= to; at += stepMs) {
      const ago = this.clock.now() - at;
      if (!has(ago)) continue;
      const total = stepMs / 100;
      const numeratorSeen = goodSeen(ago);
      points.push({
        at,
        newestSampleAt: at,
        total,
        good: numeratorSeen ? total * (1 - badShare(ago)) : 0,
        numeratorSeen,
      });
    }
    return { kind: 'history', groups: points.length === 0 ? [] : [{ group: {}, points }] };
  }

  /** Polls for two minutes, as bad as the past is now. */
  async #poll(): Promise<void> {
    for (let polls = 0; polls < 8; polls += 1) {
      await this.clock.advance(15_000);
      const at = this.clock.now();
      const { badShare = () => 0.005 } = this.past;
      const steps = [{ from: at - 15_000, to: at, good: 150 * (1 - badShare(0)), total: 150 }];
      const groups = [{ group: {}, newestSampleAt: at, steps, numeratorSeen: true }];
      const seen = [{ kind: 'counted' as const, signal: aRatio.name, groups }];
      this.book.feed(seen, this.#state, at, timing.intervalMs);
      const { state, events } = evaluate(service, this.#state, seen, at, timing, this.book.readings());
      this.#state = state;
      this.events.push(...events);
    }
  }

  /** Polls, fills all that can be had, looks, and polls on that. */
  async look(): Promise<BudgetView> {
    await this.#poll();
    for (let idle = 0; idle < 30; idle += 1) {
      while (await this.#filler.fillNext([{ budgets: this.book, timing }], never));
      await this.clock.advance(1_000);
    }
    const [view] = this.book.views(this.clock.now());
    if (view === undefined) throw new Error('there is no budget');
    await this.#poll();
    return view;
  }

  burn(view: BudgetView) {
    return view.burnRates.find(({ windowMs }) => windowMs === hour)?.reading;
  }
}

describe('what a budget says after a bad day of its source', () => {
  test('what burns for an hour pages, though the day before is lost', async () => {
    const watching = new Watching({ has: (ago) => ago < hour || ago > day, badShare: (ago) => (ago < hour ? 0.1 : 0) });
    await watching.look();
    expect(watching.events).toMatchObject([{ type: 'opened' }, { type: 'onset-settled' }]);
  });

  test('a day of seven is lost: what is left is unknown, the burn of an hour is not, and the hole is not asked for all the time', async () => {
    const watching = new Watching({ has: (ago) => ago < 2 * day || ago > 3 * day });
    const view = await watching.look();

    expect(view.reading).toMatchObject({
      kind: 'unknown',
      reason: 'short-history',
      coverage: expect.closeTo(6 / 7, 2),
    });
    expect(view.known).toBe(1);
    expect(watching.burn(view)).toMatchObject({ kind: 'value', value: expect.closeTo(0.5, 2) });
    const asked = watching.asked.length;
    await watching.look();
    expect(watching.asked.length).toBeLessThanOrEqual(asked + 1);
    expect(watching.events).toEqual([]);

    // What was lost comes back, as from a second Prometheus: an hour later it is asked for again.
    watching.past = {};
    await watching.clock.advance(70 * minute);
    const later = await watching.look();
    expect(later.reading).toMatchObject({ kind: 'value', remaining: expect.closeTo(0.5, 2) });
  });

  test('the half of an hour is lost: the rest of the period is known, and says so in its coverage', async () => {
    const watching = new Watching({ has: (ago) => ago < 40 * minute || ago > 70 * minute });
    const view = await watching.look();
    expect(view.reading).toMatchObject({ kind: 'value', remaining: expect.closeTo(0.5, 2) });
    expect(view.reading.coverage).toBeLessThan(0.998);
    expect(watching.events).toEqual([]);
  });

  test('the database is empty: nothing is known, whatever the first minutes look like', async () => {
    const watching = new Watching({ has: () => false });
    const view = await watching.look();
    expect(view.reading).toMatchObject({ kind: 'unknown', reason: 'short-history' });
    expect(watching.burn(view)).toMatchObject({ kind: 'unknown', reason: 'short-history' });
    expect(watching.events).toEqual([]);
  });

  test('the database is restarted empty while a ledger is there: all that was counted stays known', async () => {
    const watching = new Watching({});
    const before = await watching.look();
    expect(before).toMatchObject({ known: 1, reading: { kind: 'value', remaining: expect.closeTo(0.5, 2) } });
    const asked = watching.asked.length;

    watching.past = { has: () => false };
    const view = await watching.look();
    expect(view).toMatchObject({ known: 1, reading: { kind: 'value', remaining: expect.closeTo(0.5, 2) } });
    expect(view.reading.total).toBeGreaterThanOrEqual(before.reading.total * 0.999);
    expect(watching.burn(view)).toMatchObject({ kind: 'value', value: expect.closeTo(0.5, 2) });
    // Only what went by between the polls is asked for, and never the period anew.
    const wanted = watching.asked.slice(asked).reduce((sum, { from, to }) => sum + to - from, 0);
    expect(wanted).toBeLessThan(10 * minute);
    expect(watching.events).toEqual([]);
  });

  test.each([
    ['half a chunk comes, cut in the middle of its JSON', 'bad-response', 'no JSON'],
    ['a chunk comes too late', 'timeout', 'no answer within 9 s'],
    ['the source is restarted while it answers', 'unavailable', 'connection reset'],
  ] as const)('%s: it is asked for again, in smaller parts, until all is there', async (_, reason, detail) => {
    const cut: HistoryOutcome = { kind: 'failed', failure: { reason, detail } };
    const watching = new Watching({
      answer: ({ from, to }, asked) => (to - from > 6 * hour && asked % 3 === 0 ? cut : undefined),
    });
    const view = await watching.look();
    expect(view).toMatchObject({
      known: 1,
      reading: { kind: 'value', remaining: expect.closeTo(0.5, 3), coverage: 1 },
    });
    expect(watching.log.lines.filter(({ level }) => level === 'warn').length).toBeGreaterThan(0);
    expect(watching.events).toEqual([]);
  });

  test('series come twice and the source refuses them: what is there stays unknown, and is not asked for all the time', async () => {
    const twice: HistoryOutcome = {
      kind: 'failed',
      failure: { reason: 'bad-response', detail: 'more than one series' },
    };
    const watching = new Watching({ answer: () => twice });
    const view = await watching.look();
    expect(view.reading).toMatchObject({ kind: 'unknown', reason: 'short-history' });
    expect(view.known).toBeLessThan(0.01);
    expect(watching.asked.length).toBeLessThan(40);
    expect(watching.book.unread.get(aRatio.name)).toEqual(twice.failure);
    expect(watching.events).toEqual([]);
  });

  test('a label changed three days ago, so that no good event is found before: that past is no count, and not all bad', async () => {
    const watching = new Watching({ goodSeen: (ago) => ago < 3 * day });
    const view = await watching.look();
    expect(view.reading).toMatchObject({
      kind: 'unknown',
      reason: 'short-history',
      coverage: expect.closeTo(3 / 7, 2),
    });
    expect(watching.burn(view)).toMatchObject({ kind: 'value', value: expect.closeTo(0.5, 2) });
    expect(watching.events).toEqual([]);
  });

  test('a label changed half an hour ago: the hour before is short of history', async () => {
    const watching = new Watching({ goodSeen: (ago) => ago < hour / 2 });
    expect(watching.burn(await watching.look())).toMatchObject({ kind: 'unknown', reason: 'short-history' });
    expect(watching.events).toEqual([]);
  });

  test('there are more good events than events for a day: that day is impossible, and says so', async () => {
    const watching = new Watching({ badShare: (ago) => (ago > 2 * day && ago < 3 * day ? -0.5 : 0.005) });
    const view = await watching.look();
    expect(view.reading).toMatchObject({ kind: 'unknown', reason: 'impossible' });
    expect(watching.events).toEqual([]);
  });
});
