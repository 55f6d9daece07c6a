import type { Interval } from '../interval.ts';
import { dayMs, instantOf, weekdayOf, type OffsetAt } from './zone.ts';

/** A stretch that leaves the budget, such as maintenance, declared before or after the fact. */
export type Exclusion = OnceExclusion | WeeklyExclusion;

export interface OnceExclusion {
  readonly kind: 'once';
  readonly from: number;
  readonly to: number;
  readonly because: string;
}

export interface WeeklyExclusion {
  readonly kind: 'weekly';
  /** Days it begins on: Monday is 0. */
  readonly days: readonly number[];
  /** Minutes after midnight by the zone's clocks. An end at or before the start lies on the next day; 1440 is its midnight. */
  readonly startMinute: number;
  readonly endMinute: number;
  readonly timeZone: string;
  readonly offsetAt: OffsetAt;
  readonly because: string;
}

/** One stretch of time that an exclusion takes out. */
export interface ExcludedStretch extends Interval {
  readonly because: string;
}

/** Every stretch that the exclusions take out of an interval, cut to it, by start; they may overlap. */
export function excludedStretches(
  exclusions: readonly Exclusion[],
  from: number,
  to: number,
): readonly ExcludedStretch[] {
  return exclusions
    .flatMap((exclusion) => (exclusion.kind === 'once' ? [exclusion] : weekly(exclusion, from, to)))
    .map((each) => ({ from: Math.max(each.from, from), to: Math.min(each.to, to), because: each.because }))
    .filter((each) => each.to > each.from)
    .sort((a, b) => a.from - b.from || a.to - b.to);
}

/** Every stretch that is still to come or under way, from `now` on, by start: all of those once, and a week of those that recur. */
export function stretchesAhead(exclusions: readonly Exclusion[], now: number): readonly ExcludedStretch[] {
  const [once, recurring] = (['once', 'weekly'] as const).map((kind) =>
    exclusions.filter((each) => each.kind === kind),
  );
  return [
    ...excludedStretches(once ?? [], now, Infinity),
    ...excludedStretches(recurring ?? [], now, now + 7 * dayMs),
  ].sort((a, b) => a.from - b.from || a.to - b.to);
}

/** The stretch that is excluded at `now`, as one with those that follow without a gap; undefined where nothing is. */
export function excludedAt(exclusions: readonly Exclusion[], now: number): ExcludedStretch | undefined {
  const around = exclusions
    .flatMap((each) => (each.kind === 'once' ? [each] : weekly(each, now - 2 * dayMs, now + 7 * dayMs)))
    .filter(({ from, to }) => to > from && to > now)
    .sort((a, b) => a.from - b.from || a.to - b.to);
  const [first] = around;
  if (first === undefined || first.from > now) return undefined;
  const because = new Set<string>();
  let { to } = first;
  for (const each of around) {
    if (each.from > to) break;
    if (each.from <= now) because.add(each.because);
    to = Math.max(to, each.to);
  }
  return { from: first.from, to, because: [...because].join(', ') };
}

/**
 * What remains of an interval once the exclusions are taken out, oldest first. `gridMs`: stretches are widened to its
 * multiples.
 */
export function countedStretches(
  exclusions: readonly Exclusion[],
  from: number,
  to: number,
  gridMs = 1,
): readonly Interval[] {
  if (to <= from) return [];
  const counted: Interval[] = [];
  let at = from;
  for (const excluded of excludedStretches(exclusions, from - gridMs, to + gridMs)) {
    const start = Math.floor(excluded.from / gridMs) * gridMs;
    if (start >= to) break;
    if (start > at) counted.push({ from: at, to: start });
    at = Math.max(at, Math.ceil(excluded.to / gridMs) * gridMs);
  }
  if (at < to) counted.push({ from: at, to });
  return counted;
}

/**
 * A stretch that begins at a time which the clocks skip begins with the jump; where they show a time twice, it lasts
 * from the first to the second.
 */
function weekly(exclusion: WeeklyExclusion, from: number, to: number): readonly ExcludedStretch[] {
  const { days, startMinute, endMinute, offsetAt, because } = exclusion;
  const stretches: ExcludedStretch[] = [];
  const endDay = endMinute <= startMinute ? 1 : 0;
  // Local days are at most a day off UTC's, and a stretch may begin on the day before.
  for (let day = Math.floor(from / dayMs) - 2; day <= Math.floor(to / dayMs) + 1; day += 1) {
    if (!days.includes(weekdayOf(day))) continue;
    stretches.push({
      from: instantOf(day * dayMs + startMinute * 60_000, offsetAt, 'first'),
      to: instantOf((day + endDay) * dayMs + endMinute * 60_000, offsetAt, 'last'),
      because,
    });
  }
  return stretches;
}
