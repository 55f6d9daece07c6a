import { evaluate, type Evaluation } from '../domain/evaluate.ts';
import type { Observation, SourceFailure } from '../domain/observation.ts';
import { stepsToRead } from '../domain/step-plan.ts';
import type { SignalOutcome, SignalRead, Source } from './ports/source.ts';
import type { PollOutcome } from './ports/telemetry.ts';
import type { Watch } from './watch.ts';

/** What a poll brought for one service, not yet judged. */
export interface Observed {
  readonly watch: Watch;
  /** The instant that was read, ms on the source's clock. */
  readonly at: number;
  readonly observations: readonly Observation[];
  readonly outcome: PollOutcome;
  /** Set when the source answered for no signal. */
  readonly failure?: SourceFailure;
}

/** Reads many services at one instant in one go. */
export async function observeTogether(
  source: Pick<Source, 'read'>,
  watches: readonly Watch[],
  at: number,
  signal: AbortSignal,
): Promise<readonly Observed[]> {
  const reads: SignalRead[] = [];
  for (const watch of watches) {
    for (const each of watch.service.signals) {
      reads.push({ signal: each, steps: stepsToRead(watch.state.ledgers.get(each.name), at, watch.timing) });
    }
  }
  const outcomes = await source.read(reads, at, signal);
  let next = 0;
  return watches.map((watch) => {
    const observations = watch.service.signals.map((each) => {
      const outcome = outcomes[next];
      next += 1;
      return observationOf(each.name, outcome);
    });
    return observed(watch, observations, at);
  });
}

/** Judges what a poll brought; the ledgers of error budgets have taken it, and nothing is written yet. */
export function judgeObserved({ watch, observations, at }: Observed): Evaluation {
  const { service, state, timing, budgets } = watch;
  if (at > (state.evaluatedAt ?? -Infinity)) budgets.feed(observations, state, at, timing.intervalMs);
  return evaluate(service, state, observations, at, timing, budgets.readings());
}

/** Judges a service whose source does not answer at all. */
export function judgeBlindly(watch: Watch, failure: SourceFailure, at: number): Evaluation {
  const observations = watch.service.signals.map(({ name }): Observation => ({
    kind: 'failed',
    signal: name,
    failure,
  }));
  return judgeObserved(observed(watch, observations, at));
}

function observed(watch: Watch, observations: readonly Observation[], at: number): Observed {
  const failures = observations.flatMap((each) => (each.kind === 'failed' ? [each.failure] : []));
  const [failure] = failures;
  if (failure === undefined) return { watch, at, observations, outcome: 'complete' };
  return failures.length < observations.length
    ? { watch, at, observations, outcome: 'partial' }
    : { watch, at, observations, outcome: 'failed', failure };
}

function observationOf(signal: string, outcome: SignalOutcome | undefined): Observation {
  if (outcome === undefined)
    return { kind: 'failed', signal, failure: { reason: 'bad-response', detail: 'the source gave no outcome' } };
  return { ...outcome, signal };
}
