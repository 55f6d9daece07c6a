import { describe, expect, test } from '@jest/globals';
import { MemoryStore } from '../../../src/adapters/memory/memory-store.ts';
import { BudgetBook } from '../../../src/app/budgets/budget-book.ts';
import { LedgerFiller } from '../../../src/app/budgets/ledger-filler.ts';
import type { BudgetView } from '../../../src/app/budgets/budget-view.ts';
import type { Exclusion } from '../../../src/domain/budget/exclusions.ts';
import type { BudgetMethod } from '../../../src/domain/budget/objective.ts';
import { evaluate, newServiceState, type ServiceState } from '../../../src/domain/incident/evaluate.ts';
import { stepsToRead } from '../../../src/domain/reading/step-plan.ts';
import { timingFor } from '../../../src/domain/reading/timing.ts';
import { aBudget, day, hour, minute, zone } from '../../domain/budget/budgets.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { aRatio, aService } from '../../support/simulation.ts';
import { ScrapedPast, type LateSample } from './scraped-past.ts';

const intervalMs = 15_000;
const timing = timingFor(intervalMs);
const never = new AbortController().signal;
/** A quarter past noon, a Monday. */
const now = Date.UTC(2026, 10, 23, 12, 15);
const begin = now - 32 * day;

interface Outage {
  readonly from: number;
  readonly to: number;
}

/** Ten events a scrape, all of them bad during outages, scraped on the beat. */
function scrapedWith(outages: readonly Outage[], until = now): ScrapedPast {
  const samples: LateSample[] = [];
  let [bad, total] = [0, 0];
  for (let at = begin; at <= until; at += intervalMs) {
    total += 10;
    if (outages.some(({ from, to }) => at > from && at <= to)) bad += 10;
    samples.push({ at, landsAt: at, bad, total });
  }
  return new ScrapedPast([samples]);
}

/** A book and what fills it, of a source that has lost what is older than `lostTo`. */
class Bench {
  readonly clock: ManualClock;
  readonly log = memoryLog();
  readonly past: ScrapedPast;
  readonly reads: { readonly from: number; readonly to: number }[] = [];
  readonly #filler: LedgerFiller;
  readonly #method: BudgetMethod;
  #state: ServiceState = newServiceState;
  book: BudgetBook;
  lostTo = -Infinity;
  failure: 'timeout' | undefined;

  constructor(
    past: ScrapedPast,
    exclusions: readonly Exclusion[],
    method: BudgetMethod = { kind: 'occurrences' },
    at = now,
  ) {
    this.clock = new ManualClock(at);
    this.past = past;
    this.#method = method;
    this.book = new BudgetBook(this.service(exclusions));
    this.#filler = new LedgerFiller({
      clock: this.clock,
      log: this.log,
      now: () => this.clock.now(),
      source: {
        name: 'default',
        history: async (signals, stretch, stepMs) => {
          this.reads.push(stretch);
          const { failure } = this;
          if (failure !== undefined)
            return signals.map(() => ({ kind: 'failed', failure: { reason: failure, detail: 'too slow' } }));
          const groups = past.history(stretch, stepMs, this.clock.now()).map(({ group, points }) => ({
            group,
            points: points.filter(({ at: end }) => end - stepMs >= this.lostTo),
          }));
          return signals.map(() => ({ kind: 'history', groups }));
        },
      },
    });
  }

  service(exclusions: readonly Exclusion[]) {
    const budget = aBudget({ signal: aRatio.name, method: this.#method, exclusions });
    return aService({ budgets: [budget] });
  }

  poll(): void {
    const at = this.clock.now();
    const steps = stepsToRead(this.#state.ledgers.get(aRatio.name), at, timing);
    const seen = [{ kind: 'counted' as const, signal: aRatio.name, groups: this.past.read(steps, at, at) }];
    this.book.feed(seen, this.#state, at, intervalMs);
    this.#state = evaluate(this.book.service, this.#state, seen, at, timing, this.book.readings()).state;
  }

  async fill(): Promise<void> {
    while (await this.#filler.fillNext([{ budgets: this.book, timing }], never));
    await this.clock.advance(6_000);
    while (await this.#filler.fillNext([{ budgets: this.book, timing }], never));
  }

  declare(exclusions: readonly Exclusion[]): void {
    this.book.redeclare(this.service(exclusions), this.clock.now());
  }

  view(): BudgetView {
    const [view] = this.book.views(this.clock.now());
    if (view === undefined) throw new Error('there is no budget');
    return view;
  }

  /** What is left, in percent. */
  left(): number {
    const { reading } = this.view();
    if (reading.kind !== 'value') throw new Error(reading.detail);
    return reading.remaining * 100;
  }

  estimated(): number | undefined {
    const { reading } = this.view();
    return reading.kind === 'value' ? reading.estimated : undefined;
  }
}

function once(from: number, to: number): Exclusion {
  return { kind: 'once', from, to, because: 'upgrade' };
}

/** The time of day, some days ago. */
function ago(days: number, hours: number, minutes: number, seconds = 0): number {
  return Date.UTC(2026, 10, 23 - days, hours, minutes, seconds);
}

/** What is left once so many ms of the outages count, of a period without so many ms that are excluded; in percent. */
function truth(badMs: number, excludedMs: number): number {
  return (1 - badMs / (0.001 * (30 * day - excludedMs))) * 100;
}

describe('an exclusion that begins and ends inside of a slot', () => {
  // A scrape that began inside of an exclusion and ended outside of it may count on either side.
  const scrapePercent = (intervalMs / (0.001 * 30 * day)) * 100;

  test.each([
    { what: 'ten days ago', days: 10 },
    { what: 'two days ago', days: 2 },
  ])(
    'takes all of an outage out that lies in it, declared before the first fill and after it: $what',
    async ({ days }) => {
      const outage = { from: ago(days, 10, 37), to: ago(days, 11, 6) };
      const excluded = once(outage.from, ago(days, 11, 8));
      const rest = { from: ago(20, 3, 0), to: ago(20, 3, 30) };
      const past = scrapedWith([outage, rest]);
      const expected = truth(30 * minute, 31 * minute);
      const before = new Bench(past, [excluded]);
      before.poll();
      await before.fill();
      expect(Math.abs(before.left() - expected)).toBeLessThan(scrapePercent / 5);

      const after = new Bench(past, []);
      after.poll();
      await after.fill();
      expect(Math.abs(after.left() - truth(59 * minute, 0))).toBeLessThan(scrapePercent / 5);
      after.declare([excluded]);
      await after.fill();
      expect(Math.abs(after.left() - expected)).toBeLessThan(scrapePercent / 5);
      expect(after.estimated()).toBeUndefined();
      after.declare([]);
      expect(Math.abs(after.left() - truth(59 * minute, 0))).toBeLessThan(scrapePercent / 5);
    },
  );

  test('leaves all of an outage in that ended as it began, or began as it ended', async () => {
    const outages = [
      { from: ago(10, 10, 30), to: ago(10, 10, 37) },
      { from: ago(10, 11, 8), to: ago(10, 11, 15) },
    ];
    const bench = new Bench(scrapedWith(outages), [once(ago(10, 10, 37), ago(10, 11, 8))]);
    bench.poll();
    await bench.fill();
    expect(Math.abs(bench.left() - truth(14 * minute, 31 * minute))).toBeLessThan(scrapePercent / 5);
  });

  test('is told apart from another one in the same slot', async () => {
    const outages = [
      { from: ago(10, 10, 31), to: ago(10, 10, 33) },
      { from: ago(10, 10, 36), to: ago(10, 10, 38) },
      { from: ago(10, 10, 41), to: ago(10, 10, 43) },
    ];
    const bench = new Bench(scrapedWith(outages), [
      once(ago(10, 10, 31), ago(10, 10, 33)),
      once(ago(10, 10, 41), ago(10, 10, 43)),
    ]);
    bench.poll();
    await bench.fill();
    expect(Math.abs(bench.left() - truth(2 * minute, 4 * minute))).toBeLessThan(scrapePercent / 5);
  });

  test('may recur: the source is read twice for each end of each', async () => {
    const outages = [6, 13, 20, 27].map((days) => ({ from: ago(days, 10, 37), to: ago(days, 11, 6) }));
    const weekly: Exclusion = {
      kind: 'weekly',
      days: [1],
      startMinute: 10 * 60 + 37,
      endMinute: 11 * 60 + 8,
      timeZone: 'UTC',
      offsetAt: zone('UTC'),
      because: 'patches',
    };
    const bench = new Bench(scrapedWith(outages), []);
    bench.poll();
    await bench.fill();
    const filledBy = bench.reads.length;
    bench.declare([weekly]);
    await bench.fill();
    expect(Math.abs(bench.left() - 100)).toBeLessThan(scrapePercent / 5);
    expect(bench.reads.length - filledBy).toBe(4 * 2 * 2);
  });

  test('is still told apart after a restart, without asking the source', async () => {
    const outage = { from: ago(10, 10, 37), to: ago(10, 11, 6) };
    const excluded = once(outage.from, ago(10, 11, 8));
    const past = scrapedWith([outage]);
    const bench = new Bench(past, [excluded]);
    bench.poll();
    await bench.fill();
    const store = new MemoryStore();
    const { ledgers } = bench.book.takeChanges();
    await store.commit({ recordedAt: 0, ledgers });

    const again = new Bench(past, [excluded]);
    for await (const ledger of store.ledgers(again.book.service.name)) again.book.restore(ledger, now);
    again.poll();
    expect(again.left()).toBeCloseTo(bench.left(), 6);
    expect(Math.abs(again.left() - 100)).toBeLessThan(scrapePercent / 5);
    expect(again.reads).toEqual([]);
  });

  test('that is declared ahead is told apart as its time grows old, without asking the source', async () => {
    const from = ago(0, 12, 37, 20);
    const to = ago(0, 13, 8, 40);
    const outage = { from, to: ago(0, 13, 6) };
    const past = scrapedWith([outage], now + 4 * day);
    const bench = new Bench(past, [once(from, to)], { kind: 'occurrences' });
    bench.poll();
    await bench.fill();
    const readsInside = () => bench.reads.filter((each) => each.to > from && each.from < to);
    const lefts: number[] = [];
    while (bench.clock.now() < now + 3.5 * day) {
      await bench.clock.advance(intervalMs);
      bench.poll();
      if (bench.clock.now() % (6 * hour) < intervalMs) lefts.push(bench.left());
    }
    await bench.fill();
    expect(readsInside()).toEqual([]);
    expect(lefts.length).toBeGreaterThan(12);
    for (const left of lefts) expect(Math.abs(left - 100)).toBeLessThan(scrapePercent);
  });

  test('is an estimate, and says of how much, where the source has lost its time', async () => {
    const outage = { from: ago(10, 10, 37), to: ago(10, 11, 6) };
    const bench = new Bench(scrapedWith([outage]), []);
    bench.poll();
    await bench.fill();
    bench.lostTo = ago(5, 0, 0);
    bench.declare([once(outage.from, ago(10, 11, 8))]);
    await bench.fill();
    // Eight minutes of the first slot and six of the last lie on nobody knows which side.
    expect(bench.estimated()).toBeCloseTo((14 * minute) / (0.001 * (30 * day - 31 * minute)), 4);
    const { length } = bench.reads;
    await bench.fill();
    expect(bench.reads.length).toBe(length);
    await bench.clock.advance(hour);
    await bench.fill();
    expect(bench.reads.length).toBeGreaterThan(length);
  });

  test('is asked for again when the source did not answer, and not all the time', async () => {
    const outage = { from: ago(10, 10, 37), to: ago(10, 11, 6) };
    const bench = new Bench(scrapedWith([outage]), []);
    bench.poll();
    await bench.fill();
    bench.declare([once(outage.from, ago(10, 11, 8))]);
    bench.failure = 'timeout';
    const readsOfOld = () => bench.reads.filter(({ to }) => to < now - day);
    const { length } = readsOfOld();
    for (let second = 0; second < 120; second += 1) {
      await bench.fill();
      await bench.clock.advance(1_000);
      // Each turn takes seven seconds, and the pauses between tries are one, two and four.
      if (second === 8) expect(readsOfOld().length - length).toBeGreaterThanOrEqual(4);
    }
    expect(readsOfOld().length - length).toBe(2 * 4);
    // Said once of the budget, for all its slots.
    expect(bench.log.lines.filter(({ message }) => message.includes('each side of an exclusion'))).toHaveLength(1);
    bench.failure = undefined;
    await bench.clock.advance(hour);
    bench.poll();
    await bench.fill();
    expect(bench.estimated()).toBeUndefined();
  });

  test.each([
    { kind: 'timeslices', sliceMs: minute, target: 0.95 },
    { kind: 'ratio-timeslices', sliceMs: 5 * minute },
  ] as const)('leaves out the slices that it cuts as a whole, and no others: $kind', async (method) => {
    const outage = { from: ago(10, 10, 37), to: ago(10, 11, 6) };
    const beside = { from: ago(10, 10, 30), to: ago(10, 10, 35) };
    const bench = new Bench(scrapedWith([outage, beside]), [once(outage.from + 1, ago(10, 11, 8))], method);
    bench.poll();
    await bench.fill();
    const excludedMs = method.kind === 'timeslices' ? 31 * minute : 35 * minute;
    expect(Math.abs(bench.left() - truth(5 * minute, excludedMs))).toBeLessThan(scrapePercent / 5);
    expect(bench.estimated()).toBeUndefined();
  });
});
