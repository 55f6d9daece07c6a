import { learnCadence } from '../../domain/reading/cadence.ts';
import { closedByNow } from '../../domain/incident/adrift.ts';
import { polledSignals } from '../../domain/service/polled-signals.ts';
import { timingFor } from '../../domain/reading/timing.ts';
import type { ServiceState } from '../../domain/incident/evaluate.ts';
import { catchUp, remember, type CatchUpResult, type CaughtUp } from '../past/catch-up.ts';
import type { CatchUpTools } from '../past/past-tools.ts';
import type { Source } from '../ports/source.ts';
import type { Watch } from './watch.ts';

/**
 * In steps of this length the past of a service is read whose samples are too few to show their interval, ms: a longer
 * step would count for time before the first of them, and a window would seem to be covered that is not.
 */
const youngStepMs = 1_000;

/** Learns when a service's samples land, and reads what it missed or must remember. */
export async function prepare(tools: CatchUpTools, watch: Watch, now: number): Promise<CatchUpResult> {
  const young = await learnArrivals(tools.source, [watch], now, tools.signal);
  const { service, timing } = watch;
  const scopes = new Map([...watch.state.scopes].map(([key, scope]) => [key, closedByNow(scope, now)]));
  const state: ServiceState = { ...watch.state, scopes };
  const missed = state.evaluatedAt === undefined || now - state.evaluatedAt > timing.maxGapMs;
  const allUnread = watch.unread.length === polledSignals(service).length;
  const isYoung = young.includes(watch) && state.evaluatedAt === undefined;
  const result =
    missed || allUnread
      ? await catchUp(tools, service, state, isYoung ? { ...timing, intervalMs: youngStepMs } : timing, now)
      : await remember(tools, service, watch.unread, state, timing, now);
  return missed || result.kind === 'failed' ? result : { ...result, state: withKnown(result, state) };
}

/** Where nothing of a past is given, what live reads have shown of it is better than nothing. */
function withKnown({ state, refused }: CaughtUp, before: ServiceState): ServiceState {
  const ledgers = new Map(state.ledgers);
  for (const name of refused.keys()) {
    const known = before.ledgers.get(name);
    if (known !== undefined && (ledgers.get(name)?.groups.size ?? 0) === 0) ledgers.set(name, known);
  }
  return { ...state, ledgers };
}

/**
 * Takes over what the source tells of arrivals; a service whose samples tell nothing yet keeps its guess.
 * Returns those for which the source answered, and had too few samples to tell an interval.
 */
export async function learnArrivals(
  source: Pick<Source, 'arrivals' | 'settleMs'>,
  watches: readonly Watch[],
  at: number,
  signal: AbortSignal,
): Promise<readonly Watch[]> {
  const signals = watches.flatMap((watch) => polledSignals(watch.service));
  const asked = await source.arrivals(signals, at, signal);
  const young: Watch[] = [];
  let next = 0;
  for (const watch of watches) {
    const { length } = polledSignals(watch.service);
    const own = asked.slice(next, next + length);
    next += length;
    const arrivals = own.flatMap((each) => (each.kind === 'ok' ? [each.arrivals] : []));
    const intervals = arrivals.flatMap((each) =>
      each.intervalMs === undefined || each.intervalMs <= 0 ? [] : [Math.round(each.intervalMs)],
    );
    if (intervals.length === 0) {
      if (arrivals.length === own.length) young.push(watch);
      continue;
    }
    const intervalMs = Math.max(100, Math.min(...intervals));
    const times = [...new Set(arrivals.flatMap((each) => each.sampleTimes))].filter(
      (time) => time > at - 2 * intervalMs,
    );
    watch.timing = timingFor(intervalMs, source.settleMs);
    watch.cadence = learnCadence(intervalMs, times, watch.cadence);
    watch.misses = 0;
  }
  return young;
}
