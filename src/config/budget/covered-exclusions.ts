import { countedStretches, excludedStretches, type Exclusion } from '../../domain/budget/exclusions.ts';
import { dayMs, dayOf } from '../../domain/budget/zone.ts';
import type { Interval } from '../../domain/interval.ts';
import { show } from '../fields.ts';
import type { Problem } from '../problem.ts';

/** Mondays of weeks in summer and in winter: clocks of two zones may be apart by another time in each. */
const sampleMondays = [dayOf(2026, 7, 6) * dayMs, dayOf(2026, 12, 7) * dayMs];
/** A stretch that lasts longer is not held against weekly ones: they would have to take out all of it. */
const longestMs = 7 * dayMs;

/** Stretches all of which others take out already, by their place in the list. Of two that are alike it is the later. */
export function coveredExclusions(
  exclusions: readonly Exclusion[],
): ReadonlyMap<number, Omit<Problem, 'path' | 'severity'>> {
  const found = new Map<number, Omit<Problem, 'path' | 'severity'>>();
  if (exclusions.length < 2) return found;
  const samples = exclusions.map(sampleOf);
  const left = new Set(exclusions.keys());
  for (let index = exclusions.length - 1; index >= 0; index -= 1) {
    const sample = samples[index] ?? [];
    const others = [...left].flatMap((other) => {
      const each = exclusions[other];
      return other === index || each === undefined || !canCover(each, exclusions[index]) ? [] : [each];
    });
    const isCovered = (by: readonly Exclusion[]): boolean =>
      sample.length > 0 && sample.every(({ from, to }) => countedStretches(by, from, to).length === 0);
    if (others.length === 0 || !isCovered(others)) continue;
    left.delete(index);
    const one = others.find((other) => isCovered([other]));
    found.set(index, {
      code: 'exclusion-covered',
      message:
        one === undefined
          ? 'other stretches together take out all of this one already'
          : `the stretch ${show(one.because)} takes out all of this one already`,
      hint: 'leave one of them out, or check their times',
    });
  }
  return found;
}

/** What comes again for ever is not covered by what happens once. */
function canCover(by: Exclusion, exclusion: Exclusion | undefined): boolean {
  if (exclusion === undefined) return false;
  if (by.kind === 'weekly') return exclusion.kind === 'weekly' || exclusion.to - exclusion.from <= longestMs;
  return exclusion.kind === 'once' && by.from < exclusion.to && by.to > exclusion.from;
}

function sampleOf(exclusion: Exclusion): readonly Interval[] {
  if (exclusion.kind === 'once') return [exclusion];
  // Those that begin in the middle week of three are whole.
  return sampleMondays.flatMap((monday) =>
    excludedStretches([exclusion], monday - 7 * dayMs, monday + 14 * dayMs).filter(
      ({ from }) => from >= monday && from < monday + 7 * dayMs,
    ),
  );
}
