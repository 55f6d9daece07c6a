import type { HistoryPoint } from '../../domain/reading/history.ts';
import type { Step } from '../../domain/reading/observation.ts';
import { lookbackMs } from '../../domain/reading/timing.ts';

/** How the points of a past were read. */
export interface PastShape {
  readonly stepMs: number;
  /** A newest sample older than this tells nothing about the time since, ms. */
  readonly staleAfterMs: number;
  /** Whether good events are what the numerator counts, and no series of it has been seen before these points. */
  readonly awaitsGood: boolean;
}

/**
 * The steps that points of the past (ascending) count. As with live polls, a step closes when a newer sample landed in
 * it, so that a gap in the scrapes is one long step with all its events and not a stretch without traffic. Time before
 * good events were first counted is no count: without them, all traffic would look bad.
 */
export function pastSteps(points: readonly HistoryPoint[], shape: PastShape): readonly Step[] {
  const steps: Step[] = [];
  let { awaitsGood } = shape;
  let open: Step | undefined;
  let newest = -Infinity;
  const flush = (): void => {
    // Nothing newer landed: fresh as it is it counts as quiet, later it is not known what happened.
    if (open !== undefined && (open.to - newest <= shape.staleAfterMs || open.total !== 0)) steps.push(open);
    open = undefined;
  };
  let end: number | undefined;
  for (const { at, newestSampleAt, good = 0, total = 0, numeratorSeen = false, lacksBucket } of points) {
    const from = at - shape.stepMs;
    if (lacksBucket === true) {
      // What happened in it is not in the next step either.
      flush();
      newest = Math.max(newest, newestSampleAt);
      end = at;
      continue;
    }
    const isNext = end !== undefined && from <= end;
    if (!isNext) {
      flush();
      newest = Math.max(newest, from);
    }
    awaitsGood &&= !numeratorSeen;
    if (awaitsGood && total > 0) {
      flush();
    } else {
      const since = isNext || end === undefined ? from : Math.max(end, at - Math.max(lookbackMs, shape.stepMs));
      open = { from: open?.from ?? since, to: at, good: (open?.good ?? 0) + good, total: (open?.total ?? 0) + total };
      if (newestSampleAt > newest) {
        steps.push(open);
        open = undefined;
      }
    }
    newest = Math.max(newest, newestSampleAt);
    end = at;
  }
  flush();
  return steps;
}
