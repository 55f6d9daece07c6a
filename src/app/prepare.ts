import { learnCadence } from '../domain/cadence.ts';
import { timingFor } from '../domain/timing.ts';
import { catchUp, remember, type CatchUpResult } from './catch-up.ts';
import type { Clock } from './ports/clock.ts';
import type { Source } from './ports/source.ts';
import type { Watch } from './watch.ts';

/** Learns when a service's samples land, and reads what it missed or must remember. */
export async function prepare(
  source: Source,
  clock: Clock,
  watch: Watch,
  now: number,
  signal: AbortSignal,
): Promise<CatchUpResult> {
  await learnArrivals(source, [watch], now, signal);
  const { service, state, timing } = watch;
  const missed = state.evaluatedAt === undefined || now - state.evaluatedAt > timing.maxGapMs;
  const allUnread = watch.unread.length === service.signals.length;
  return missed || allUnread
    ? await catchUp(source, clock, service, state, timing, now, signal)
    : await remember(source, service, watch.unread, state, timing, now, signal);
}

/** Takes over what the source tells of arrivals; a service whose samples tell nothing yet keeps its guess. */
export async function learnArrivals(
  source: Source,
  watches: readonly Watch[],
  at: number,
  signal: AbortSignal,
): Promise<void> {
  const signals = watches.flatMap((watch) => watch.service.signals);
  const asked = await source.arrivals(signals, at, signal);
  let next = 0;
  for (const watch of watches) {
    const own = asked.slice(next, next + watch.service.signals.length);
    next += watch.service.signals.length;
    const arrivals = own.flatMap((each) => (each.kind === 'ok' ? [each.arrivals] : []));
    const intervals = arrivals.flatMap((each) =>
      each.intervalMs === undefined || each.intervalMs <= 0 ? [] : [Math.round(each.intervalMs)],
    );
    if (intervals.length === 0) continue;
    const intervalMs = Math.max(100, Math.min(...intervals));
    const times = [...new Set(arrivals.flatMap((each) => each.sampleTimes))].filter(
      (time) => time > at - 2 * intervalMs,
    );
    watch.timing = timingFor(intervalMs, source.settleMs);
    watch.cadence = learnCadence(intervalMs, times, watch.cadence);
    watch.misses = 0;
  }
}
