import type { Incident } from '../incident/incident.ts';
import { formatDuration } from '../text/duration.ts';
import { clockTime } from '../text/utc.ts';
import type { OffCount } from './together.ts';

/** `16 of 17 off now; s04 back, held for 6s of 15s`: what is true of a group, then of its first; that alone where all are off. */
export function groupHeadline({ off, of, unknown }: OffCount, place: string, own: string): string {
  if (off === of) return own;
  const unseen = unknown === 0 ? '' : `, ${unknown} cannot be seen`;
  return `${off === 0 ? 'none' : off} of ${of} off now${unseen}; ${place} ${own}`;
}

/** What is true of all of a group whose end is told: since when the last is back, and how long after the first went off. */
export function groupEnd(all: readonly Incident[], of: number, now: number): string {
  const over = all.filter(({ phase }) => phase !== 'open');
  const seen = over.flatMap(({ recoveredAt = [] }) => recoveredAt);
  const open = all.length - over.length;
  const unseen = over.length - seen.length;
  if (seen.length === 0) return `recovery of ${unseen} was not seen`;
  const last = Math.max(...seen);
  const first = Math.min(...all.map(({ onset }) => onset.at));
  const whole = formatDuration(Math.round(Math.max(0, last - first) / 1000) * 1000);
  const back = open + unseen === 0 ? `all ${of} back` : `${seen.length} of ${all.length} back`;
  const rest = [
    ...(open === 0 ? [] : [`${open} still off`]),
    ...(unseen === 0 ? [] : [`recovery of ${unseen} not seen`]),
  ];
  return [`${back}, the last since ${clockTime(last, now)}, ${whole} after the first went off`, ...rest].join('; ');
}
