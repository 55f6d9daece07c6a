import { describe, expect, test } from '@jest/globals';
import { newEntry, type BudgetEntry } from '../../../src/app/budgets/budget-entry.ts';
import { readBake } from '../../../src/app/changes/read-bake.ts';
import type { ServiceSight } from '../../../src/app/changes/service-sight.ts';
import type { Source } from '../../../src/app/ports/source.ts';
import { fill } from '../../../src/domain/budget/ledger.ts';
import type { ErrorBudget } from '../../../src/domain/budget/objective.ts';
import type { Interval } from '../../../src/domain/interval.ts';
import type { HistoryPoint } from '../../../src/domain/reading/history.ts';
import type { Signal } from '../../../src/domain/service/service.ts';
import { aGauge, aRatio, aService } from '../../support/simulation.ts';

const hour = 3_600_000;
const week = 7 * 24 * hour;
const now = Date.UTC(2026, 7, 22, 12);
const since = { from: now - 2 * hour, to: now };

interface Asked {
  readonly names: readonly string[];
  readonly stretch: Interval;
  readonly stepMs: number;
}

/** A source that counts ten events a step, one in ten of them bad, where it knows anything; and what it was asked. */
function aSource(knows: (at: number, signal: string) => boolean, fails = false): { source: Source; asked: Asked[] } {
  const asked: Asked[] = [];
  const pointsOf = (signal: Signal, { from, to }: Interval, stepMs: number): readonly HistoryPoint[] => {
    const points: HistoryPoint[] = [];
    for (let at = from + stepMs; at <= to; at += stepMs) {
      if (!knows(at, signal.name)) continue;
      const counted = signal.kind === 'gauge' ? { value: points.length % 4 === 0 ? 99 : 1 } : { good: 9, total: 10 };
      points.push({ at, newestSampleAt: at, ...counted });
    }
    return points;
  };
  const source: Pick<Source, 'history' | 'name'> = {
    name: 'default',
    history: async (signals, stretch, stepMs) => {
      asked.push({ names: signals.map(({ name }) => name), stretch, stepMs });
      return await Promise.resolve(
        signals.map((signal) =>
          fails
            ? { kind: 'failed' as const, failure: { reason: 'too-expensive' as const, detail: 'too many samples' } }
            : { kind: 'history' as const, groups: [{ group: {}, points: pointsOf(signal, stretch, stepMs) }] },
        ),
      );
    },
  };
  return { source: source as Source, asked };
}

const lagTarget = { signal: 'lag', bound: 'atMost', value: 10 } as const;
const service = aService({
  signals: [aRatio, aGauge],
  endState: { ...aService().endState, targets: [...aService().endState.targets, lagTarget] },
});

function sightOf(source: Source, budgets: readonly BudgetEntry[] = []): ServiceSight {
  return { service, signals: new Map(), budgets, source, sourceNow: now, intervalMs: 15_000 };
}

const never = new AbortController().signal;

describe('what a bake watch reads', () => {
  test('is the stretch since the change, the hour before it and the same hours a week ago, in few steps', async () => {
    const { source, asked } = aSource(() => true);
    const read = await readBake(sightOf(source), since, never);
    expect(asked.map(({ stretch }) => stretch)).toEqual([
      since,
      { from: since.from - hour, to: since.from },
      { from: since.from - week, to: since.to - week },
    ]);
    for (const { stretch, stepMs } of asked) expect((stretch.to - stretch.from) / stepMs).toBeLessThanOrEqual(120);
    expect(read).toMatchObject({
      kind: 'read',
      counts: [
        {
          signal: 'success_rate',
          since: { bad: 120, total: 1200 },
          sameHours: { ago: 'week', bad: 120, total: 1200 },
          hourBefore: { bad: 120, total: 1200 },
        },
        { signal: 'lag', allowed: 0, since: { bad: 30, total: 120 } },
      ],
    });
    expect(read.kind === 'read' && read.counts[0]?.allowed).toBeCloseTo(0.001);
  });

  test('goes a day back where the source knows no week', async () => {
    const { source, asked } = aSource((at) => at > now - 2 * 24 * hour);
    const read = await readBake(sightOf(source), since, never);
    expect(asked.at(-1)?.stretch).toEqual({ from: since.from - 24 * hour, to: since.to - 24 * hour });
    expect(read).toMatchObject({ counts: [{ sameHours: { ago: 'day', total: 1200 } }, {}] });
  });

  test('goes a day back for a signal alone that is newer than a week', async () => {
    const { source } = aSource((at, signal) => signal === 'success_rate' || at > now - 2 * 24 * hour);
    expect(await readBake(sightOf(source), since, never)).toMatchObject({
      counts: [
        { signal: 'success_rate', sameHours: { ago: 'week', total: 1200 } },
        { signal: 'lag', sameHours: { ago: 'day', total: 120 } },
      ],
    });
  });

  test('tells of a target without data too, so that it is not taken for unharmed', async () => {
    const { source } = aSource(() => false);
    expect(await readBake(sightOf(source), since, never)).toMatchObject({
      counts: [
        { signal: 'success_rate', since: { total: 0 } },
        { signal: 'lag', since: { total: 0 } },
      ],
    });
  });

  test('takes no history that is too expensive for none', async () => {
    const { source } = aSource(() => true, true);
    expect(await readBake(sightOf(source), since, never)).toEqual({ kind: 'failed', detail: 'too many samples' });
  });

  test('comes from the ledger of an error budget where that covers the stretch', async () => {
    const declared: ErrorBudget = {
      name: 'success_rate',
      signal: 'success_rate',
      objective: 0.999,
      period: { kind: 'rolling', ms: 30 * 24 * hour },
      method: { kind: 'occurrences' },
      minimumBad: 0,
      tiers: [],
      exclusions: [],
    };
    const entry = {
      ...newEntry({ declared, budget: 'success_rate', signal: 'success_rate', key: '', shape: 's' }),
      group: {},
    };
    const steps = Array.from({ length: 5 * 60 }, (_, minute) => {
      const from = now - (5 * 60 - minute) * 60_000;
      return { from, to: from + 60_000, good: 99, total: 100 };
    });
    fill(entry.ledger, steps);
    const { source, asked } = aSource(() => true);
    const read = await readBake(sightOf(source, [entry]), since, never);
    expect(asked.map(({ names }) => names)).toEqual([['lag'], ['lag'], ['success_rate', 'lag']]);
    expect(read).toMatchObject({
      counts: [{ since: { bad: 120, total: 12_000 }, hourBefore: { bad: 60, total: 6000 } }, {}],
    });
  });
});
