import { evaluate, memoryMs, recall, type Evaluation, type ServiceState } from '../../domain/incident/evaluate.ts';
import type { IncidentEvent } from '../../domain/incident/event.ts';
import { replay } from '../../domain/reading/history.ts';
import type { ShadowEvent } from '../../domain/shadow/shadow-event.ts';
import type { Observation, SourceFailure } from '../../domain/reading/observation.ts';
import { polledSignals } from '../../domain/service/polled-signals.ts';
import type { Service, Signal } from '../../domain/service/service.ts';
import type { Timing } from '../../domain/reading/timing.ts';
import type { BudgetBook } from '../budgets/budget-book.ts';
import { readRecordedPart } from '../budgets/read-recorded-part.ts';
import type { RecordedBook } from '../budgets/recorded-book.ts';
import { forgetUndecided, sparing } from './sparing.ts';
import { planFurther, planPast } from './past-parts.ts';
import type { Clock } from '../ports/clock.ts';
import type { Source } from '../ports/source.ts';
import { PastReader, type PastPart, type RefusedPasts } from './past-reader.ts';

/** A stretch longer than this is not caught up with: what happened before is too old to page for, ms. */
const longestCatchUpMs = 24 * 3_600_000;
/** Steps evaluated before others get their turn. */
const stepsPerTurn = 200;

/** What judging a part of the past came to: where the service then stands, and what happened in that part. */
export interface JudgedPart {
  readonly state: ServiceState;
  readonly events: readonly IncidentEvent[];
  /** What rules that only record would have stopped. */
  readonly shadows?: readonly ShadowEvent[];
}

/** What catching up works with. */
export interface CatchUpTools {
  readonly source: Source;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** How often in a row catching up with this service has failed before. */
  readonly tries?: number;
  /** Keeps each part as soon as it is judged, so that a next try goes on from there. What it rejects with ends the catch-up. */
  readonly keep?: (part: JudgedPart) => Promise<void>;
  /** The ledgers of the service's error budgets, which learn from what is read here; absent: nothing is known of them. */
  readonly budgets?: Pick<BudgetBook, 'feed' | 'readings'> & { readonly recorded: Pick<RecordedBook, 'take'> };
}

export interface CaughtUp {
  readonly state: ServiceState;
  readonly events: readonly IncidentEvent[];
  /** The last evaluation, when the stretch held any. */
  readonly evaluation?: Evaluation;
  /** How long the stretch was that had been missed, ms. */
  readonly missedMs: number;
  /** Signals whose past the source does not give, wholly or in part: their live reads have to do. */
  readonly refused: RefusedPasts;
}

export type CatchUpResult =
  ({ readonly kind: 'caught-up' } & CaughtUp) | { readonly kind: 'failed'; readonly failure: SourceFailure };

/**
 * Reads what a service did before `now` from the source's history: first what it must remember, without judging it,
 * then the stretch since its last evaluation through the same evaluator as live polls, so that an incident which began
 * meanwhile is found with its true onset and timers go on as if nobody had been away.
 */
export async function catchUp(
  tools: CatchUpTools,
  service: Service,
  state: ServiceState,
  timing: Timing,
  now: number,
): Promise<CatchUpResult> {
  const since = Math.max(state.evaluatedAt ?? now, now - longestCatchUpMs);
  const plan = planPast(since - memoryMs(service, state, now), since, now, timing);
  const reader = new PastReader(tools.source, polledSignals(service), tools.tries ?? 0);
  const bare: ServiceState = { ...state, ledgers: new Map() };
  const remembered = await rememberParts(tools, reader, service, bare, plan.memory, now);
  if (remembered.kind === 'failed') return remembered;
  return await judgeParts(tools, reader, service, remembered.state, timing, plan.stretch, { since, now });
}

/** Judges what went by while a service was caught up with; what must be remembered is known already. */
export async function catchUpFurther(
  tools: CatchUpTools,
  service: Service,
  state: ServiceState,
  timing: Timing,
  now: number,
): Promise<CatchUpResult> {
  const since = state.evaluatedAt ?? now;
  const reader = new PastReader(tools.source, polledSignals(service), tools.tries ?? 0);
  return await judgeParts(tools, reader, service, state, timing, planFurther(since, now, timing), { since, now });
}

/** Reads only what the service must remember of some signals, such as those that a reload brought. */
export async function remember(
  tools: CatchUpTools,
  service: Service,
  signals: readonly Signal[],
  state: ServiceState,
  timing: Timing,
  now: number,
): Promise<CatchUpResult> {
  const kept = new Map([...state.ledgers].filter(([name]) => !signals.some((each) => each.name === name)));
  const { memory } = planPast(now - memoryMs(service, state, now), now, now, timing);
  const reader = new PastReader(tools.source, signals, tools.tries ?? 0);
  const remembered = await rememberParts(tools, reader, service, { ...state, ledgers: kept }, memory, now);
  if (remembered.kind === 'failed') return remembered;
  return { kind: 'caught-up', state: remembered.state, events: [], missedMs: 0, refused: reader.refused };
}

type Remembered =
  { readonly kind: 'remembered'; readonly state: ServiceState } | Extract<CatchUpResult, { kind: 'failed' }>;

/** Steps longer than this would blur what error budgets count, ms. */
const longestFedStepMs = 60_000;

async function rememberParts(
  { clock, signal, budgets }: CatchUpTools,
  reader: PastReader,
  service: Service,
  state: ServiceState,
  parts: readonly PastPart[],
  now: number,
): Promise<Remembered> {
  let current = state;
  for (const part of parts) {
    const read = await reader.read(part, signal);
    if (read.kind === 'failed') return read;
    let turn = 0;
    for (const { at, observations } of replay(read.histories, part.from, part.to, part.stepMs)) {
      if (part.stepMs <= longestFedStepMs) budgets?.feed(observations, current, at);
      current = recall(service, current, observations, at, now);
      turn += 1;
      if (turn % stepsPerTurn === 0) await clock.sleep(0, signal);
    }
  }
  return { kind: 'remembered', state: current };
}

async function judgeParts(
  { source, clock, signal, keep, budgets }: CatchUpTools,
  reader: PastReader,
  service: Service,
  state: ServiceState,
  timing: Timing,
  parts: readonly PastPart[],
  { since, now }: { readonly since: number; readonly now: number },
): Promise<CatchUpResult> {
  let current = state;
  const events: IncidentEvent[] = [];
  let evaluation: Evaluation | undefined;
  for (const part of parts) {
    const read = await reader.read(part, signal);
    if (read.kind === 'failed') return read;
    // Of a part in which nothing can be read, nothing is judged: it counts towards neither `for` nor `hold`.
    if (read.histories.length === 0) continue;
    const missing = [...read.refused].map(([name, failure]): Observation => ({
      kind: 'failed',
      signal: name,
      failure,
    }));
    const recorded = await readRecordedPart(source, service, part, signal);
    if (recorded.kind === 'failed') return recorded;
    const lenient = sparing(service, read.refused, recorded.isRefused);
    const begun = current;
    const happened: IncidentEvent[] = [];
    const shadows: ShadowEvent[] = [];
    let turn = 0;
    for (const { at, observations } of replay(read.histories, part.from, part.to, part.stepMs)) {
      if (part.stepMs <= longestFedStepMs) budgets?.feed(observations, current, at);
      const look = recorded.at(at);
      if (look !== undefined) budgets?.recorded.take(look, at);
      if (at <= since) {
        current = recall(service, current, observations, at, now);
      } else {
        const lenientTiming = { ...timing, maxGapMs: Math.max(timing.maxGapMs, 2 * part.stepMs) };
        evaluation = evaluate(lenient, current, [...observations, ...missing], at, lenientTiming, budgets?.readings());
        current = evaluation.state;
        happened.push(...evaluation.events);
        shadows.push(...evaluation.shadows);
      }
      turn += 1;
      if (turn % stepsPerTurn === 0) await clock.sleep(0, signal);
    }
    current = forgetUndecided(service, begun, current, read.refused, recorded.isRefused);
    events.push(...happened);
    await keep?.({ state: current, events: happened, shadows });
  }
  return {
    kind: 'caught-up',
    state: current,
    events,
    missedMs: now - since,
    refused: reader.refused,
    ...(evaluation === undefined ? {} : { evaluation }),
  };
}
