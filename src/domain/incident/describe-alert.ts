import { formatSpan } from '../text/duration.ts';
import { visibleText } from '../text/visible-text.ts';
import type { Alert, AlertStatus } from './alert.ts';

/** Labels that say no more than the rest of the line. */
const said = new Set(['alertname']);
const mostShown = 8;

/** A line about an alert on a timeline, for people: `HighErrorRate fires (severity=page, zone=a)`. */
export function describeAlert(
  { name, labels, startsAt, endsAt, furtherLabels = 0 }: Alert,
  status: AlertStatus,
): string {
  const pairs = Object.entries(labels).filter(([label]) => !said.has(label));
  const shown = pairs.slice(0, mostShown).map(([label, value]) => `${label}=${value}`);
  const further = pairs.length - shown.length + furtherLabels;
  const told = [...shown, ...(further === 0 ? [] : [`${further} more`])].join(', ');
  const what =
    status === 'firing'
      ? 'fires'
      : endsAt === undefined
        ? 'is over'
        : `is over, after ${formatSpan(Math.max(0, endsAt - startsAt))}`;
  return visibleText(`${name} ${what}${told === '' ? '' : ` (${told})`}`);
}

/** Who saw an incident first, where that was somebody's alert: `HighErrorRate, 40s before Andon`. */
export function describeFirstAlert(name: string, beforeMs: number): string {
  return visibleText(`${name}, ${formatSpan(beforeMs)} before Andon`);
}
