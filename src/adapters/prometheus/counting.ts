import type { SignalOutcome } from '../../app/ports/source.ts';
import type { CountedGroup, Step } from '../../domain/reading/observation.ts';
import type { CountingSignal } from '../../domain/service/service.ts';
import type { Answers } from './batch.ts';
import type { Failed } from './failure.ts';
import { freshness } from './freshness.ts';
import { valueAt } from './group-points.ts';
import type { GroupedPoints } from './group-points.ts';
import { awaitedSelectors, totalSelectors } from './selectors.ts';
import type { PlannedStep, StepPlan } from './counting-plan.ts';
import { tally } from './tally.ts';

/** Both sides of a signal over one step, or over many points of it. */
export type Sides =
  | {
      readonly kind: 'ok';
      readonly total: GroupedPoints;
      readonly numerator: GroupedPoints;
    }
  | Failed;

export function sidesOf(signal: CountingSignal, plan: StepPlan, answers: Answers): Sides {
  const total = tally(plan.total, signal.by, answers);
  if (total.kind === 'failed') return total;
  const numerator = tally(plan.numerator, signal.by, answers);
  if (numerator.kind === 'failed') return numerator;
  return { kind: 'ok', total: total.groups, numerator: numerator.groups };
}

/** Whether any series matched the numerator at an instant. */
export function numeratorSeenAt(numerator: GroupedPoints, at: number): boolean {
  for (const { points } of numerator.values()) if (valueAt(points, at) !== undefined) return true;
  return false;
}

/** Good events, given both sides; a side without data counts nothing. */
export function goodOf(signal: CountingSignal, total: number, numerator: number | undefined): number {
  return signal.numerator === 'bad' ? total - (numerator ?? 0) : (numerator ?? 0);
}

/** What a counting signal read at one instant. A group that has no total at the newest step is absent. */
export function countedOutcome(
  signal: CountingSignal,
  planned: readonly PlannedStep[],
  at: number,
  answers: Answers,
): SignalOutcome {
  const fresh = freshness(totalSelectors(signal), signal.by, answers, awaitedSelectors(signal));
  if (fresh.kind === 'failed') return { kind: 'failed', failure: fresh.failure };
  const read: { readonly step: PlannedStep; readonly sides: Exclude<Sides, Failed> }[] = [];
  for (const step of planned) {
    const sides = sidesOf(signal, step.plan, answers);
    if (sides.kind === 'failed') return { kind: 'failed', failure: sides.failure };
    read.push({ step, sides });
  }
  const newest = read.at(-1)?.sides;
  if (newest === undefined) return { kind: 'counted', groups: [] };
  const groups: CountedGroup[] = [];
  for (const [key, { group, points }] of newest.total) {
    const newestSampleAt = fresh.newest(group, at);
    if (newestSampleAt === undefined || valueAt(points, at) === undefined) continue;
    const steps: Step[] = [];
    for (const { step, sides } of read) {
      const total = valueAt(sides.total.get(key)?.points ?? [], at);
      if (total === undefined) continue;
      const good = goodOf(signal, total, valueAt(sides.numerator.get(key)?.points ?? [], at));
      steps.push({ from: step.interval.from, to: step.interval.to, good, total });
    }
    const oldest = fresh.oldest(group, at);
    // Each group has histograms of its own: one of them may lack the bucket that the others have.
    const isBucket = signal.kind === 'latency' && !signal.native;
    const own = newest.numerator.get(key)?.points ?? [];
    const numeratorSeen = isBucket ? valueAt(own, at) !== undefined : numeratorSeenAt(newest.numerator, at);
    groups.push({
      group,
      newestSampleAt,
      ...(oldest === undefined ? {} : { oldestSampleAt: oldest }),
      steps,
      numeratorSeen,
    });
  }
  return { kind: 'counted', groups };
}
