import { formatMeasured } from '../text/duration.ts';
import type { Incident } from './incident.ts';

/** When somebody first heard of an incident. Times: ms since the epoch; on Andon's clock, but for `detectedAt`. */
export interface FirstNotified {
  readonly detectedAt: number;
  /** When a channel first accepted a page. */
  readonly notifiedAt: number;
  /** The incident's time to notify: since it was written down, or since the silence over it ended, ms. */
  readonly timeToNotifyMs: number;
  readonly wasSilenced: boolean;
}

/** Undefined while nobody was notified. */
export function firstNotified({
  detectedAt,
  timeToNotifyMs,
  openedRecordedAt,
  telling: { unsilencedAt },
}: Pick<Incident, 'detectedAt' | 'timeToNotifyMs' | 'openedRecordedAt' | 'telling'>): FirstNotified | undefined {
  if (timeToNotifyMs === undefined) return undefined;
  const notifiedAt = (unsilencedAt ?? openedRecordedAt) + timeToNotifyMs;
  return { detectedAt, notifiedAt, timeToNotifyMs, wasSilenced: unsilencedAt !== undefined };
}

/** `41s after it was detected, 0s after the silence ended`: what passed, and what of it the time to notify counts. */
export function describeNotified({ detectedAt, notifiedAt, timeToNotifyMs, wasSilenced }: FirstNotified): string {
  const since = Math.max(0, notifiedAt - detectedAt);
  const told = `${formatMeasured(since)} after it was detected`;
  if (wasSilenced) return `${told}, ${formatMeasured(timeToNotifyMs)} after the silence ended`;
  // Such as after a restart: what happened meanwhile is written down once it is read.
  return since - timeToNotifyMs < 1_000 ? told : `${told}, ${formatMeasured(timeToNotifyMs)} after it was recorded`;
}

/** Why nothing is known of when somebody first heard of it: `not yet`, or who told of it in its place. */
export function describeNotNotified(toldFirstBy: string | undefined, beganUntold: boolean): string {
  if (toldFirstBy !== undefined) return `by the page of ${toldFirstBy}`;
  return beganUntold ? 'not of its beginning, which was over by the time that anybody was told' : 'not yet';
}
