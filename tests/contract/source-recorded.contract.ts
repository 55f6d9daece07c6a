import { describe, expect, test } from '@jest/globals';
import type { RecordedBudget, RecordedRead } from '../../src/app/ports/source.ts';
import type { RecordedGroup } from '../../src/domain/budget/recorded-counts.ts';
import { prometheusDuration } from '../../src/domain/text/prometheus-duration.ts';
import type { WrittenSeries } from '../support/remote-write.ts';
import { minute, never, now, type SourceBench } from './source-bench.ts';

const windowsMs = [5 * minute, 60 * minute, 30 * 24 * 60 * minute];
let nextService = 0;

/** A service that no other case writes for. */
function aRead(...budgets: readonly Partial<RecordedBudget>[]): RecordedRead {
  nextService += 1;
  const read = budgets.length === 0 ? [{}] : budgets;
  return {
    service: `recorded-${nextService}`,
    budgets: read.map((budget) => ({ name: 'requests', by: [], windowsMs, ...budget })),
  };
}

interface Written {
  readonly service: string;
  readonly budget?: string;
  readonly windowMs: number;
  readonly events: 'total' | 'good' | 'bad' | 'covered';
  readonly labels?: Readonly<Record<string, string>>;
  readonly samples: WrittenSeries['samples'];
}

/** As the rules write it that `andon generate prometheus-rules` makes. */
function recorded({ service, budget = 'requests', windowMs, events, labels = {}, samples }: Written): WrittenSeries {
  const window = prometheusDuration(windowMs);
  const own = { sloth_service: service, sloth_slo: budget, sloth_id: `${service}-${budget}`, sloth_window: window };
  return { labels: { __name__: `andon:slo_events:increase${window}`, ...own, slo_events: events, ...labels }, samples };
}

/** A count and that it covers half of its window. */
function counted({ windowMs, ...written }: Written): readonly WrittenSeries[] {
  const samples = written.samples.map(([at]) => [at, windowMs / 2_000] as const);
  return [recorded({ windowMs, ...written }), recorded({ windowMs, ...written, events: 'covered', samples })];
}

function byWindow({ windows }: RecordedGroup) {
  return [...windows].sort((a, b) => a.windowMs - b.windowMs);
}

/** What a source must say of series that recording rules wrote. */
export function recordedCases(bench: SourceBench): void {
  const write = async (series: readonly WrittenSeries[]): Promise<void> => bench.write(series);
  const groupsAt = async (read: RecordedRead, at = now): Promise<readonly RecordedGroup[]> => {
    const [outcome] = await bench.source.recorded([read], at, never);
    if (outcome?.kind !== 'recorded') throw new Error(JSON.stringify(outcome));
    return outcome.groups;
  };

  describe('what recording rules counted', () => {
    test('comes back by budget and window, and what was not recorded is absent', async () => {
      const read = aRead({}, { name: 'latency', windowsMs: windowsMs.slice(0, 1) });
      const other = aRead();
      const { service } = read;
      const samples = [[now - minute, 1] as const, [now - 10_000, 90] as const];
      await write([
        ...windowsMs.flatMap((windowMs) => counted({ service, windowMs, events: 'total', samples })),
        recorded({ service, windowMs: 60 * minute, events: 'good', samples: [[now - 10_000, 80]] }),
        recorded({ service, budget: 'latency', windowMs: 5 * minute, events: 'bad', samples: [[now - 10_000, 3]] }),
        ...counted({ service, budget: 'latency', windowMs: 5 * minute, events: 'total', samples }),
        ...counted({ service: `${service}0`, windowMs: 5 * minute, events: 'total', samples }),
      ]);

      const outcomes = await bench.source.recorded([read, other], now, never);

      expect(outcomes[1]).toEqual({ kind: 'recorded', groups: [] });
      const [first] = outcomes;
      if (first?.kind !== 'recorded') throw new Error(JSON.stringify(first));
      const requests = first.groups.filter(({ budget }) => budget === 'requests');
      expect(requests).toMatchObject([{ group: {}, countedAt: now - 10_000 }]);
      expect(requests.map(byWindow)).toEqual([
        [
          { windowMs: 5 * minute, total: 90, coveredMs: 150_000 },
          { windowMs: 60 * minute, total: 90, good: 80, coveredMs: 30 * minute },
          { windowMs: windowsMs[2], total: 90, coveredMs: (windowsMs[2] ?? NaN) / 2 },
        ],
      ]);
      expect(first.groups.filter(({ budget }) => budget === 'latency')).toEqual([
        {
          budget: 'latency',
          group: {},
          countedAt: now - 10_000,
          windows: [{ windowMs: 5 * minute, total: 90, bad: 3, coveredMs: 150_000 }],
        },
      ]);
    });

    test('counts once where rulers run in pairs, and is as old as the window that lags behind most', async () => {
      const read = aRead();
      const { service } = read;
      const pair = (windowMs: number, at: number): readonly WrittenSeries[] =>
        ['a', 'b'].flatMap((replica, index) =>
          counted({
            service,
            windowMs,
            events: 'total',
            labels: { replica },
            samples: [[at - index * 5_000, 100 - index]],
          }),
        );
      await write([...pair(5 * minute, now - 5_000), ...pair(60 * minute, now - 45_000)]);

      const [group] = await groupsAt(read);
      expect(group?.countedAt).toBe(now - 45_000);
      expect(group && byWindow(group)).toEqual([
        { windowMs: 5 * minute, total: 100, coveredMs: 150_000 },
        { windowMs: 60 * minute, total: 100, coveredMs: 30 * minute },
      ]);
    });

    test('is split as its signal is, whatever other labels there are', async () => {
      const read = aRead({ by: ['region', 'zone'] });
      const { service } = read;
      const windowMs = 5 * minute;
      await write(
        ['eu', 'us'].flatMap((region, index) =>
          counted({
            service,
            windowMs,
            events: 'total',
            labels: { region, team: 'shop' },
            samples: [[now - 10_000, 10 + index]],
          }),
        ),
      );

      const groups = await groupsAt(read);
      expect(new Map(groups.map(({ group, windows }) => [group['region'], { group, windows }]))).toEqual(
        new Map([
          ['eu', { group: { region: 'eu', zone: '' }, windows: [{ windowMs, total: 10, coveredMs: 150_000 }] }],
          ['us', { group: { region: 'us', zone: '' }, windows: [{ windowMs, total: 11, coveredMs: 150_000 }] }],
        ]),
      );
    });

    test('is gone when the ruler has written nothing for as long as the source looks back', async () => {
      const read = aRead();
      const { service } = read;
      await write(counted({ service, windowMs: 5 * minute, events: 'total', samples: [[now - 10 * minute, 7]] }));
      expect(await groupsAt(read, now - 7 * minute)).toMatchObject([{ countedAt: now - 10 * minute }]);
      expect(await groupsAt(read)).toEqual([]);
    });

    test('can be had for each step of a past stretch', async () => {
      const read = aRead();
      const { service } = read;
      const windowMs = 5 * minute;
      const at = (minutes: number): number => now - minutes * minute;
      // Evaluated once a minute, a little after the full one; down for a while in between.
      const minutes = [25, 24, 23, 22, 10, 9];
      const samples = minutes.map((ago) => [at(ago) + 7_000, ago] as const);
      const bad = recorded({ service, windowMs, events: 'bad', samples });
      await write([...counted({ service, windowMs, events: 'total', samples }), bad]);

      const past = await bench.source.recordedPast(read, { from: at(26), to: at(8) }, minute, never);
      if (past.kind === 'failed') throw new Error(JSON.stringify(past));
      const seen = new Map(past.looks.map((look) => [(now - look.at) / minute, look.groups]));
      for (const ago of [24, 23, 22, 21, 9, 8]) {
        const counts = [{ windowMs, total: ago + 1, bad: ago + 1, coveredMs: 150_000 }];
        expect(seen.get(ago)).toEqual([
          { budget: 'requests', group: {}, countedAt: at(ago + 1) + 7_000, windows: counts },
        ]);
      }
      expect(seen.get(14)).toBeUndefined();
      expect(seen.get(25)).toBeUndefined();
    });
  });
}
