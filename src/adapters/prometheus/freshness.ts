import type { Group } from '../../domain/group.ts';
import type { Answers } from './batch.ts';
import type { Failed } from './failure.ts';
import { keyOf } from './grouped.ts';
import { newestSample } from './promql.ts';
import { pointsOf } from './tally.ts';

/** Times of the newest samples behind a signal. */
export interface Freshness {
  readonly kind: 'ok';
  /** Of one group at one point, ms; undefined when no selector has a sample there. */
  newest(group: Group, at: number): number | undefined;
  /** Of all groups together. */
  newestOfAll(at: number): number | undefined;
}

/** Reads the answers to `sampleQuestions`. */
export function freshness(selectors: readonly string[], by: readonly string[], answers: Answers): Freshness | Failed {
  const all = new Map<number, number>();
  const groups = new Map<string, Map<number, number>>();
  for (const selector of new Set(selectors)) {
    const times = pointsOf(newestSample(selector, by), by, answers);
    if (times.kind === 'failed') return times;
    for (const [key, { points }] of times.groups) {
      const group = groups.get(key) ?? new Map<number, number>();
      groups.set(key, group);
      for (const [at, seconds] of points) {
        const ms = Math.round(seconds * 1_000);
        group.set(at, Math.max(group.get(at) ?? ms, ms));
        all.set(at, Math.max(all.get(at) ?? ms, ms));
      }
    }
  }
  return {
    kind: 'ok',
    newest: (group, at) => groups.get(keyOf(group))?.get(at),
    newestOfAll: (at) => all.get(at),
  };
}
