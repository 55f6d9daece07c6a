import type { Onset } from '../estimate/onset.ts';
import type { Interval } from '../interval.ts';
import { assumedRolloutMs, causalWindow, meets, shareInside } from './causal-window.ts';
import type { Change } from './change.ts';
import { broughtBack, hadPassed, type RelapseToExplain } from './had-passed.ts';
import { mergeRollouts } from './same-rollout.ts';
import type { SignalShift, Suspect } from './suspect.ts';

/** More than these nobody looks into at night. */
export const mostSuspects = 5;

/** An onset more than half of whose interval lies outside a window is not likely to lie in it. */
const mostlyInside = 0.5;

/** What an incident is known by when a change is to be found for it. The onset's times: ms since the epoch on Andon's clock. */
export interface OnsetToExplain {
  readonly onset: Onset;
  /** What the signal did at the onset, seen from a change; undefined where it did not shift there. */
  readonly shiftSince: (change: Change) => SignalShift | undefined;
  /** Set for a relapse: of which incident, and what is known of the time before it. */
  readonly relapse?: Omit<RelapseToExplain, 'onset'> & { readonly incident: string };
}

/**
 * The changes that an onset may come from, the latest first: those whose causal window its interval meets, unless the
 * signal did not shift there. A change that began after the latest that the onset can have been is none, and so no fix
 * is; that a change says it is the fix clears it of nothing. Of a relapse none is either that service lived with before, nor
 * one that was believed to be the remedy and under which service was back, unless nothing else is.
 */
export function findSuspects(changes: readonly Change[], bakeMs: number, asked: OnsetToExplain): readonly Suspect[] {
  const { onset, relapse } = asked;
  const interval = { from: onset.earliest, to: onset.latest };
  // Only those near the onset are worth comparing with each other.
  const near = changes.filter(
    (change) => change.told.announced !== true && meets(interval, widened(causalWindow(change, bakeMs))),
  );
  const possible = mergeRollouts(near).flatMap((change) => {
    const window = causalWindow(change, bakeMs);
    if (!meets(interval, window)) return [];
    if (relapse !== undefined && hadPassed(change, { ...relapse, onset })) return [];
    const shift = asked.shiftSince(change);
    return shift === undefined ? [] : [{ change, shift, share: shareInside(interval, window) }];
  });
  const harmful = possible.filter(
    ({ change }) => relapse === undefined || !broughtBack(change, relapse.incident, relapse.back),
  );
  const found = harmful.length > 0 ? harmful : possible;
  const others = found.length - 1;
  // Where the beginning was not seen, its bounds say little of where it lies.
  const isSeen = onset.method === 'change-point' || onset.method === 'contiguous-breach';
  return found
    .sort((a, b) => b.change.startedAt - a.change.startedAt || (a.change.id < b.change.id ? -1 : 1))
    .slice(0, mostSuspects)
    .map(({ change, shift, share }) => ({
      ...toldOf(change),
      standing: others === 0 ? 'suspect' : 'confounded',
      sureness: others === 0 && isSeen && shift.verdict === 'shifted' && share > mostlyInside ? 'likely' : 'possible',
      share,
      onsetAfterMs: onset.at - change.startedAt,
      shift,
      others,
    }));
}

/** One of two reports of a rollout may reach the onset where the other does not. */
function widened({ from, to }: Interval): Interval {
  return { from: from - assumedRolloutMs, to: to + assumedRolloutMs };
}

function toldOf({ id, ...change }: Change) {
  const { kind, version, before, summary, by, link, rollback, outcome, startedAt, finishedAt } = change;
  return {
    change: id,
    kind,
    startedAt,
    ...(version === undefined ? {} : { version }),
    ...(before === undefined ? {} : { before }),
    ...(summary === undefined ? {} : { summary }),
    ...(by === undefined ? {} : { by }),
    ...(link === undefined ? {} : { link }),
    ...(rollback === undefined ? {} : { rollback }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(finishedAt === undefined ? {} : { finishedAt }),
  };
}
