import { evaluate, recall, type ServiceState } from '../../domain/incident/evaluate.ts';
import { primed } from '../../domain/incident/primed.ts';
import { replay } from '../../domain/reading/history.ts';
import type { Timing } from '../../domain/reading/timing.ts';
import type { Service } from '../../domain/service/service.ts';
import type { CatchUpTools } from './past-tools.ts';
import { longestFedStepMs, type PastPart, type PastRead, type PastReader } from './past-reader.ts';

/** Evaluations over the longest `for`: how finely the time is known since when a condition has been true. */
const looks = 10;

/**
 * How far back a service that was never evaluated is judged, ms: its longest `for`, or a rule would begin anew with each
 * pod that is replaced in the middle of an outage. Two steps more, as conditions are first judged at the end of one.
 */
export function primingMs({ rules }: Service, { intervalMs }: Timing): number {
  const longest = longestFor(rules);
  return longest === 0 ? 0 : longest + 2 * intervalMs;
}

/** Takes a part of the past into memory, and learns on the way how long the conditions of rules have been true after `since`. */
export async function primePart(
  { signal, budgets }: Pick<CatchUpTools, 'signal' | 'budgets'>,
  reader: PastReader,
  service: Service,
  state: ServiceState,
  timing: Timing,
  part: PastPart,
  { since, now }: { readonly since: number; readonly now: number },
): Promise<Primed | Extract<PastRead, { kind: 'failed' }>> {
  const read = await reader.read(part, signal);
  if (read.kind === 'failed') return read;
  const everyMs = Math.max(part.stepMs, longestFor(service.rules) / looks);
  const lenientTiming = { ...timing, maxGapMs: Math.max(timing.maxGapMs, 2 * everyMs) };
  let current = state;
  for (const { at, observations } of replay(read.histories, part.from, part.to, part.stepMs)) {
    if (part.stepMs <= longestFedStepMs) budgets?.feed(observations, current, at);
    const isLast = at >= now - part.stepMs;
    // The present itself is for the first live evaluation.
    const isDue = at > since && at < now && (isLast || at - (current.evaluatedAt ?? -Infinity) >= everyMs);
    current = isDue
      ? primed(evaluate(service, current, observations, at, lenientTiming, budgets?.readings()).state)
      : recall(service, current, observations, at, now);
  }
  return { kind: 'primed', state: current };
}

interface Primed {
  readonly kind: 'primed';
  readonly state: ServiceState;
}

function longestFor(rules: Service['rules']): number {
  return Math.max(0, ...rules.map(({ forMs }) => forMs));
}
