import { prometheusDuration } from '../../domain/text/prometheus-duration.ts';

/** A window that events are recorded for. */
export interface RecordedWindow {
  readonly ms: number;
  /** As metrics and labels name it: `30m`. */
  readonly name: string;
  /** Shorter windows that lie end to end in it, newest first; absent: it is counted from the counters themselves. */
  readonly parts?: readonly WindowPart[];
}

export interface WindowPart {
  readonly name: string;
  /** How long before now it ends, ms. */
  readonly offsetMs: number;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** What longer windows are made of: a few scrapes long, and as long as an instant query looks back. */
const baseMs = 5 * minuteMs;

/** Windows that dashboards for Sloth's metrics expect. */
const standardMs = [5 * minuteMs, 30 * minuteMs, hourMs, 2 * hourMs, 6 * hourMs, dayMs, 3 * dayMs];

/** Without a window in between, a year would be put together from 121 parts. */
const longestWithoutStepMs = 36 * dayMs;
const stepMs = 30 * dayMs;

/** Up to here a window that is no multiple of the base is counted from the counters; a longer one is rounded up to the next. */
const longestFromCountersMs = 6 * hourMs;

/**
 * The windows of a budget, shortest first: the standard ones, those that its tiers and conditions ask for, and the period. Each but the shortest is
 * the sum of shorter ones, so that the counters are read over a few minutes only and every event is counted once.
 */
export function planWindows(asked: readonly number[], periodMs: number): readonly RecordedWindow[] {
  const wanted = [
    ...standardMs.filter((ms) => ms < periodMs),
    ...asked,
    ...(periodMs > longestWithoutStepMs ? [stepMs] : []),
    baseMs,
    periodMs,
  ];
  const planned: RecordedWindow[] = [];
  for (const ms of [...new Set(wanted)].sort((a, b) => a - b)) {
    const name = prometheusDuration(ms);
    const isCounted = ms === baseMs || (ms % baseMs !== 0 && ms <= longestFromCountersMs);
    planned.push(isCounted ? { ms, name } : { ms, name, parts: partsOf(ms, planned) });
  }
  return planned;
}

function partsOf(ms: number, shorter: readonly RecordedWindow[]): readonly WindowPart[] {
  const parts: WindowPart[] = [];
  const whole = shorter.filter((window) => window.ms % baseMs === 0).toReversed();
  const until = Math.ceil(ms / baseMs) * baseMs;
  let offsetMs = 0;
  for (const { ms: partMs, name } of whole) {
    for (; until - offsetMs >= partMs; offsetMs += partMs) parts.push({ name, offsetMs });
  }
  return parts;
}
