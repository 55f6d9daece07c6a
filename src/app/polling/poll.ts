import { evaluate, type Evaluation } from '../../domain/incident/evaluate.ts';
import type { Observation, SourceFailure } from '../../domain/reading/observation.ts';
import { stepsToRead } from '../../domain/reading/step-plan.ts';
import { polledSignals } from '../../domain/service/polled-signals.ts';
import { recordedRead } from '../budgets/recorded-read.ts';
import type { RecordedOutcome, RecordedRead, SignalOutcome, SignalRead, Source } from '../ports/source.ts';
import type { PollOutcome } from '../ports/telemetry.ts';
import type { Watch } from './watch.ts';

/** What a poll brought for one service, not yet judged. */
export interface Observed {
  readonly watch: Watch;
  /** The instant that was read, ms on the source's clock. */
  readonly at: number;
  readonly observations: readonly Observation[];
  /** What rules recorded of its error budgets, where they come from there. */
  readonly recorded?: RecordedOutcome;
  readonly outcome: PollOutcome;
  /** Set when the source answered for no signal. */
  readonly failure?: SourceFailure;
}

/** Reads many services at one instant in one go. */
export async function observeTogether(
  source: Pick<Source, 'read' | 'recorded'>,
  watches: readonly Watch[],
  at: number,
  signal: AbortSignal,
): Promise<readonly Observed[]> {
  const reads: SignalRead[] = [];
  for (const watch of watches) {
    for (const each of polledSignals(watch.service)) {
      reads.push({ signal: each, steps: stepsToRead(watch.state.ledgers.get(each.name), at, watch.timing) });
    }
  }
  const asked = watches.flatMap(({ service, budgets }) =>
    budgets.recorded.isDue(at) ? (recordedRead(service) ?? []) : [],
  );
  const [outcomes, records] = await Promise.all([
    source.read(reads, at, signal),
    readRecorded(source, asked, at, signal),
  ]);
  let next = 0;
  return watches.map((watch) => {
    const observations = polledSignals(watch.service).map((each) => {
      const outcome = outcomes[next];
      next += 1;
      return observationOf(each.name, outcome);
    });
    return observed(watch, observations, at, records.get(watch.service.name));
  });
}

/** By service. */
async function readRecorded(
  source: Pick<Source, 'recorded'>,
  reads: readonly RecordedRead[],
  at: number,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, RecordedOutcome>> {
  if (reads.length === 0) return new Map();
  const outcomes = await source.recorded(reads, at, signal);
  return new Map(reads.map(({ service }, index) => [service, outcomes[index] ?? noOutcome]));
}

/** Judges what a poll brought; the ledgers of error budgets have taken it, and nothing is written yet. */
export function judgeObserved({ watch, observations, recorded, at }: Observed): Evaluation {
  const { service, state, timing, budgets } = watch;
  if (at > (state.evaluatedAt ?? -Infinity)) {
    budgets.feed(observations, state, at, timing.intervalMs);
    if (recorded !== undefined) budgets.recorded.take(recorded, at);
  }
  return evaluate(service, state, observations, at, timing, budgets.readings());
}

/** Judges a service whose source does not answer at all. */
export function judgeBlindly(watch: Watch, failure: SourceFailure, at: number): Evaluation {
  const observations = polledSignals(watch.service).map(({ name }): Observation => ({
    kind: 'failed',
    signal: name,
    failure,
  }));
  const recorded: RecordedOutcome = { kind: 'failed', failure };
  return judgeObserved(observed(watch, observations, at, recordedRead(watch.service) && recorded));
}

function observed(
  watch: Watch,
  observations: readonly Observation[],
  at: number,
  recorded: RecordedOutcome | undefined,
): Observed {
  const answers = recorded === undefined ? observations : [...observations, recorded];
  const failures = answers.flatMap((each) => (each.kind === 'failed' ? [each.failure] : []));
  const [failure] = failures;
  const seen = { watch, at, observations, ...(recorded === undefined ? {} : { recorded }) };
  if (failure === undefined) return { ...seen, outcome: 'complete' };
  return failures.length < answers.length ? { ...seen, outcome: 'partial' } : { ...seen, outcome: 'failed', failure };
}

const noOutcome = {
  kind: 'failed',
  failure: { reason: 'bad-response', detail: 'the source gave no outcome' },
} as const;

function observationOf(signal: string, outcome: SignalOutcome | undefined): Observation {
  return { ...(outcome ?? noOutcome), signal };
}
