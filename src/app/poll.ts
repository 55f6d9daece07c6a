import { evaluate, type Evaluation } from '../domain/evaluate.ts';
import type { Observation, SourceFailure } from '../domain/observation.ts';
import { stepsToRead } from '../domain/step-plan.ts';
import type { SignalOutcome, SignalRead, Source } from './ports/source.ts';
import type { PollOutcome } from './ports/telemetry.ts';
import type { Watch } from './watch.ts';

/** What a poll brought for one service, evaluated but not yet written. */
export interface Polled {
  readonly watch: Watch;
  readonly evaluation: Evaluation;
  readonly outcome: PollOutcome;
  /** Set when the source answered for no signal. */
  readonly failure?: SourceFailure;
}

/** Reads many services at one instant in one go, and evaluates each. */
export async function pollTogether(
  source: Source,
  watches: readonly Watch[],
  at: number,
  signal: AbortSignal,
): Promise<readonly Polled[]> {
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
    return evaluated(watch, observations, at);
  });
}

/** What is known of a service when the source does not answer at all. */
export function pollBlindly(watch: Watch, failure: SourceFailure, at: number): Polled {
  const observations = watch.service.signals.map((each): Observation => ({
    kind: 'failed',
    signal: each.name,
    failure,
  }));
  return evaluated(watch, observations, at);
}

function evaluated(watch: Watch, observations: readonly Observation[], at: number): Polled {
  const failures = observations.flatMap((each) => (each.kind === 'failed' ? [each.failure] : []));
  const evaluation = evaluate(watch.service, watch.state, observations, at, watch.timing);
  const [failure] = failures;
  if (failure === undefined) return { watch, evaluation, outcome: 'complete' };
  return failures.length < observations.length
    ? { watch, evaluation, outcome: 'partial' }
    : { watch, evaluation, outcome: 'failed', failure };
}

function observationOf(signal: string, outcome: SignalOutcome | undefined): Observation {
  if (outcome === undefined)
    return { kind: 'failed', signal, failure: { reason: 'bad-response', detail: 'the source gave no outcome' } };
  return { ...outcome, signal };
}
