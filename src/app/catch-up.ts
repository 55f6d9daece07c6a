import { evaluate, memoryMs, recall, type Evaluation, type ServiceState } from '../domain/evaluate.ts';
import type { IncidentEvent } from '../domain/event.ts';
import { replay, type SignalHistory } from '../domain/history.ts';
import type { Interval } from '../domain/interval.ts';
import type { SourceFailure } from '../domain/observation.ts';
import type { Service, Signal } from '../domain/service.ts';
import type { Timing } from '../domain/timing.ts';
import type { Clock } from './ports/clock.ts';
import type { Source } from './ports/source.ts';

/** A stretch longer than this is not caught up with: what happened before is too old to page for, ms. */
const longestCatchUpMs = 24 * 3_600_000;
/** At most so many steps are evaluated for one stretch; a longer one gets longer steps. */
const mostSteps = 6_000;
/** Steps of memory before the stretch, beyond which the older part is read in longer steps. */
const fineSteps = 720;
/** Steps evaluated before others get their turn. */
const stepsPerTurn = 200;

export interface CaughtUp {
  readonly state: ServiceState;
  readonly events: readonly IncidentEvent[];
  /** The last evaluation, when the stretch held any. */
  readonly evaluation?: Evaluation;
  /** How long the stretch was that had been missed, ms. */
  readonly missedMs: number;
}

export type CatchUpResult =
  ({ readonly kind: 'caught-up' } & CaughtUp) | { readonly kind: 'failed'; readonly failure: SourceFailure };

/**
 * Reads what a service did before `now` from the source's history: first what it must remember, without judging it,
 * then the stretch since its last evaluation through the same evaluator as live polls, so that an incident which began
 * meanwhile is found with its true onset and timers go on as if nobody had been away.
 */
export async function catchUp(
  source: Source,
  clock: Clock,
  service: Service,
  state: ServiceState,
  timing: Timing,
  now: number,
  signal: AbortSignal,
): Promise<CatchUpResult> {
  const since = Math.max(state.evaluatedAt ?? now, now - longestCatchUpMs);
  const memoryFrom = since - memoryMs(service, state, now);
  let current: ServiceState = { ...state, ledgers: new Map() };
  const events: IncidentEvent[] = [];
  let evaluation: Evaluation | undefined;
  for (const part of partsOf(memoryFrom, since, now, timing)) {
    const read = await readHistory(source, service.signals, part, signal);
    if (read.kind === 'failed') return read;
    let turn = 0;
    for (const frame of replay(read.histories, part.from, part.to, part.stepMs)) {
      if (frame.at <= since) {
        current = recall(service, current, frame.observations, frame.at, now);
      } else {
        evaluation = evaluate(service, current, frame.observations, frame.at, {
          ...timing,
          maxGapMs: Math.max(timing.maxGapMs, 2 * part.stepMs),
        });
        current = evaluation.state;
        events.push(...evaluation.events);
      }
      turn += 1;
      if (turn % stepsPerTurn === 0) await clock.sleep(0, signal);
    }
  }
  return {
    kind: 'caught-up',
    state: current,
    events,
    missedMs: now - since,
    ...(evaluation === undefined ? {} : { evaluation }),
  };
}

/** Reads only what the service must remember of some signals, such as those that a reload brought. */
export async function remember(
  source: Source,
  service: Service,
  signals: readonly Signal[],
  state: ServiceState,
  timing: Timing,
  now: number,
  signal: AbortSignal,
): Promise<CatchUpResult> {
  const kept = new Map([...state.ledgers].filter(([name]) => !signals.some((each) => each.name === name)));
  let current: ServiceState = { ...state, ledgers: kept };
  for (const part of partsOf(now - memoryMs(service, state, now), now, now, timing)) {
    const read = await readHistory(source, signals, part, signal);
    if (read.kind === 'failed') return read;
    for (const frame of replay(read.histories, part.from, part.to, part.stepMs))
      current = recall(service, current, frame.observations, frame.at, now);
  }
  return { kind: 'caught-up', state: current, events: [], missedMs: 0 };
}

interface Part extends Interval {
  readonly stepMs: number;
}

/**
 * Old memory in long steps, recent memory step by step, then the stretch to evaluate. Each part ends exactly where the
 * next one begins, so that no moment is left out; each begins up to a step early for that.
 */
function partsOf(memoryFrom: number, since: number, now: number, timing: Timing): readonly Part[] {
  const { intervalMs } = timing;
  const stretch = partBefore(now, since, Math.max(intervalMs, Math.ceil((now - since) / mostSteps)));
  const fine = partBefore(stretch.from, Math.max(memoryFrom, since - fineSteps * intervalMs), intervalMs);
  const coarseMs = Math.max(intervalMs, Math.ceil((fine.from - memoryFrom) / fineSteps));
  const parts = [partBefore(fine.from, memoryFrom, coarseMs), fine, stretch];
  return parts.filter((each) => each.to > each.from);
}

function partBefore(to: number, from: number, stepMs: number): Part {
  const steps = Math.max(0, Math.ceil((to - from) / stepMs));
  return { from: to - steps * stepMs, to, stepMs };
}

type HistoryRead =
  | { readonly kind: 'read'; readonly histories: readonly SignalHistory[] }
  | { readonly kind: 'failed'; readonly failure: SourceFailure };

/** A signal that the source refuses is left out, and its live reads tell why; when all are, the source is not there. */
async function readHistory(
  source: Source,
  signals: readonly Signal[],
  stretch: Part,
  signal: AbortSignal,
): Promise<HistoryRead> {
  const outcomes = await source.history(signals, stretch, stretch.stepMs, signal);
  const histories: SignalHistory[] = [];
  let failure: SourceFailure | undefined;
  for (const [index, outcome] of outcomes.entries()) {
    const read = signals[index];
    if (read === undefined) continue;
    if (outcome.kind === 'history') histories.push({ signal: read, groups: outcome.groups });
    else if (outcome.failure.reason !== 'rejected') return { kind: 'failed', failure: outcome.failure };
    else failure = outcome.failure;
  }
  return histories.length === 0 && failure !== undefined && signals.length > 1
    ? { kind: 'failed', failure }
    : { kind: 'read', histories };
}
