import type { Incident } from '../incident/incident.ts';
import { formatMeasured } from '../text/duration.ts';
import { clockTime } from '../text/utc.ts';
import { incidentPlace, type OffCount } from './together.ts';

/** `16 of 17 off now; s04 back, held for 6s of 15s`: what is true of a group, then of its first; that alone where all are off. */
export function groupHeadline({ off, of, unknown }: OffCount, place: string, own: string): string {
  if (off === of) return own;
  const unseen = unknown === 0 ? '' : `, ${unknown} cannot be seen`;
  return `${off === 0 ? 'none' : off} of ${of} off now${unseen}; ${place} ${own}`;
}

/** What is true of all of a group whose end is told: since when the last is back, and how long after the first went off. */
export function groupEnd(all: readonly Incident[], { off, of, unknown, held }: OffCount, now: number): string {
  const over = all.filter(({ phase }) => phase !== 'open');
  const seen = over.flatMap(({ recoveredAt = [] }) => recoveredAt);
  const open = all.length - over.length;
  const unseen = over.length - seen.length;
  if (seen.length === 0) return `recovery of ${unseen} was not seen`;
  const last = Math.max(...seen);
  const first = Math.min(...all.map(({ onset }) => onset.at));
  const back = open + unseen === 0 ? `all ${of} back` : `${seen.length} of ${all.length} back`;
  const rest = [
    ...(off === 0 ? [] : [`${off} still off`]),
    ...(held === 0 ? [] : [`${held} back, not yet for long enough`]),
    ...(unknown === 0 ? [] : [`${unknown} cannot be seen`]),
    ...(unseen === 0 ? [] : [`recovery of ${unseen} not seen`]),
  ];
  return [
    `${back}, the last since ${clockTime(last, now)}, ${formatMeasured(last - first)} after the first went off`,
    ...rest,
  ].join('; ');
}

/** So many of who acknowledged what are named. */
const mostAcknowledged = 2;

/** That nobody acknowledged an incident, and who did others that its page tells of: `nobody has acknowledged it, only search (ada)`. */
export function nobodyAcknowledged(members: readonly Incident[]): string {
  const known = members.flatMap((member) => {
    const { acknowledgedBy } = member.calling;
    return acknowledgedBy === undefined ? [] : [`${incidentPlace(member)} (${acknowledgedBy})`];
  });
  if (known.length === 0) return 'nobody has acknowledged it';
  const further = known.length - mostAcknowledged;
  const names = known.slice(0, mostAcknowledged).join(', ');
  return `nobody has acknowledged it, only ${names}${further > 0 ? ` and ${further} more` : ''}`;
}
