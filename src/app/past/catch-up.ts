import { evaluate, memoryMs, recall, type Evaluation, type ServiceState } from '../../domain/incident/evaluate.ts';
import type { IncidentEvent } from '../../domain/incident/event.ts';
import { replay } from '../../domain/reading/history.ts';
import type { ShadowEvent } from '../../domain/shadow/shadow-event.ts';
import type { Observation, SourceFailure } from '../../domain/reading/observation.ts';
import { polledSignals } from '../../domain/service/polled-signals.ts';
import type { Service, Signal } from '../../domain/service/service.ts';
import type { Timing } from '../../domain/reading/timing.ts';
import { readRecordedPart } from '../budgets/read-recorded-part.ts';
import { forgetUndecided, sparing } from './sparing.ts';
import { planFurther, planPast } from './past-parts.ts';
import { longestFedStepMs, PastReader, type PastPart, type RefusedPasts } from './past-reader.ts';
import type { CatchUpTools } from './past-tools.ts';
import { primePart, primingMs } from './prime-rules.ts';

/** A stretch longer than this is not caught up with: what happened before is too old to page for, ms. */
const longestCatchUpMs = 24 * 3_600_000;
/** Steps evaluated before others get their turn. */
const stepsPerTurn = 200;

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
 * meanwhile is found with its true onset and timers go on as if nobody had been away. Of a service that was never
 * evaluated, it learns only how long the conditions of its rules have been true.
 */
export async function catchUp(
  tools: CatchUpTools,
  service: Service,
  state: ServiceState,
  timing: Timing,
  now: number,
): Promise<CatchUpResult> {
  const { evaluatedAt } = state;
  const since = Math.max(evaluatedAt ?? now - primingMs(service, timing), now - longestCatchUpMs);
  const plan = planPast(since - memoryMs(service, state, now), since, now, timing);
  const reader = new PastReader(tools.source, polledSignals(service), tools.tries ?? 0);
  const bare: ServiceState = { ...state, ledgers: new Map() };
  const remembered = await rememberParts(tools, reader, service, bare, plan.memory, now);
  if (remembered.kind === 'failed') return remembered;
  if (evaluatedAt !== undefined)
    return await judgeParts(tools, reader, service, remembered.state, timing, plan.stretch, { since, now });
  let current = remembered.state;
  for (const part of plan.stretch) {
    const begun = await primePart(tools, reader, service, current, timing, part, { since, now });
    if (begun.kind === 'failed') return begun;
    current = begun.state;
  }
  return { kind: 'caught-up', state: current, events: [], missedMs: 0, refused: reader.refused };
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
