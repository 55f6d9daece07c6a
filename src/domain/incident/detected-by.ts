import type { Onset } from '../estimate/onset.ts';
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

/** An alert on the timeline that began before the incident was detected. */
export type AlertBefore = FirstAlert & Pick<Alert, 'endsAt'>;

/** What a fold knows of them after a further entry: each firing once, with its end once that is told. */
export function alertsBeforeAfter(
  known: readonly AlertBefore[],
  { fingerprint, name, startsAt, endsAt }: Alert,
  detectedAt: number,
): readonly AlertBefore[] {
  if (startsAt >= detectedAt) return known;
  const key = alertKey({ fingerprint, startsAt });
  const others = known.filter((each) => alertKey(each) !== key);
  const end = endsAt ?? known.find((each) => alertKey(each) === key)?.endsAt;
  return [...others, { fingerprint, name, startsAt, ...(end === undefined ? {} : { endsAt: end }) }];
}

/** The first of them that may have seen the incident: one that was over before its onset saw something else. */
export function firstAlertOf(alerts: readonly AlertBefore[], onset: Pick<Onset, 'earliest'>): FirstAlert | undefined {
  let first: AlertBefore | undefined;
  for (const each of alerts) {
    if (isOverBefore(each, onset)) continue;
    // Of two that began at once it must not matter which came in first.
    if (first === undefined || each.startsAt < first.startsAt) first = each;
    else if (each.startsAt === first.startsAt && alertKey(each) < alertKey(first)) first = each;
  }
  return first && { fingerprint: first.fingerprint, name: first.name, startsAt: first.startsAt };
}

/** Whether an alert was over before anything was off, whatever the bounds of the onset leave open. */
export function isOverBefore({ endsAt }: Pick<Alert, 'endsAt'>, { earliest }: Pick<Onset, 'earliest'>): boolean {
  return endsAt !== undefined && endsAt < earliest;
}
