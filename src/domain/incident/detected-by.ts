import { alertKey, type Alert } from './alert.ts';

/** The alert that was first to see an incident which Andon detected later. */
export type FirstAlert = Pick<Alert, 'fingerprint' | 'name' | 'startsAt'>;

/** Who saw an incident first. */
export type DetectedBy =
  | { readonly by: 'andon'; readonly at: number }
  | { readonly by: 'alert'; readonly at: number; readonly alert: FirstAlert };

/** What an incident knows of it. */
interface Seen {
  /** ms since the epoch on the source's clock. */
  readonly detectedAt: number;
  readonly firstAlert?: FirstAlert;
}

/** Who was first: of what is on its timeline, whatever the order in which it came there. */
export function detectedBy({ detectedAt, firstAlert }: Seen): DetectedBy {
  return firstAlert === undefined
    ? { by: 'andon', at: detectedAt }
    : { by: 'alert', at: firstAlert.startsAt, alert: firstAlert };
}

/** The earlier of the first alert so far and another one; undefined while none began before the incident was detected. */
export function earlierAlert(
  before: FirstAlert | undefined,
  { fingerprint, name, startsAt }: Alert,
  detectedAt: number,
): FirstAlert | undefined {
  if (startsAt >= detectedAt) return before;
  const other = { fingerprint, name, startsAt };
  if (before === undefined || startsAt < before.startsAt) return other;
  // Of two that began at once it must not matter which came in first.
  return startsAt === before.startsAt && alertKey(other) < alertKey(before) ? other : before;
}
