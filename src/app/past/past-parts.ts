import type { Timing } from '../../domain/reading/timing.ts';
import type { PastPart } from './past-reader.ts';

/** At most so many steps are judged for one stretch; a longer one gets longer steps. */
const mostSteps = 6_000;
/** Steps of memory before the stretch, beyond which the older part is read in longer steps. */
const fineSteps = 720;
/** Steps that are read and judged in one go, so that what was done stays done when the rest cannot be read. */
const judgedTogether = 720;

/** How a stretch of the past is read: what must be remembered before it, then the stretch itself. */
export interface PastPlan {
  readonly memory: readonly PastPart[];
  readonly stretch: readonly PastPart[];
}

/**
 * Old memory in long steps, recent memory step by step, then the stretch to judge. Each part ends exactly where the
 * next one begins, so that no moment is left out; each begins up to a step early for that.
 */
export function planPast(memoryFrom: number, since: number, now: number, timing: Timing): PastPlan {
  const { intervalMs } = timing;
  const stretch = partBefore(now, since, Math.max(intervalMs, Math.ceil((now - since) / mostSteps)));
  const fine = partBefore(stretch.from, Math.max(memoryFrom, since - fineSteps * intervalMs), intervalMs);
  const coarseMs = Math.max(intervalMs, Math.ceil((fine.from - memoryFrom) / fineSteps));
  return {
    memory: [partBefore(fine.from, memoryFrom, coarseMs), fine].filter(isAny),
    stretch: [...cut(stretch)].filter(isAny),
  };
}

/**
 * What went by while the past before `since` was read, to within a step of `now`. It begins some steps before `since`,
 * where late samples may have landed after they were read the first time.
 */
export function planFurther(since: number, now: number, { intervalMs, settleMs }: Timing): readonly PastPart[] {
  const steps = Math.floor((now - since) / intervalMs);
  if (steps < 1) return [];
  const again = Math.ceil(settleMs / intervalMs);
  return [...cut({ from: since - again * intervalMs, to: since + steps * intervalMs, stepMs: intervalMs })];
}

function* cut({ from, to, stepMs }: PastPart): Generator<PastPart> {
  for (let begin = from; begin < to; begin += judgedTogether * stepMs)
    yield { from: begin, to: Math.min(to, begin + judgedTogether * stepMs), stepMs };
}

function partBefore(to: number, from: number, stepMs: number): PastPart {
  const steps = Math.max(0, Math.ceil((to - from) / stepMs));
  return { from: to - steps * stepMs, to, stepMs };
}

function isAny({ from, to }: PastPart): boolean {
  return to > from;
}
