import type { Alert, AlertStatus } from '../../domain/incident/alert.ts';
import { shortenEnd, singleLine } from '../../domain/text/visible-text.ts';

/** An alert as a message tells it. Times: ms since the epoch. */
export interface PostedAlert {
  readonly fingerprint: string;
  readonly status: AlertStatus;
  readonly labels: Readonly<Record<string, string>>;
  readonly startsAt: number;
  /** Absent while it fires. */
  readonly endsAt?: number;
}

/** What is kept of an alert's labels: so many of them, names and values of so many characters. */
const mostLabels = 20;
const labelLimit = 100;
const valueLimit = 200;

/** The alert as it is kept. The same labels always leave the same ones, whatever their order. */
export function boundedAlert({ fingerprint, status, labels, startsAt, endsAt }: PostedAlert): Alert {
  const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  const kept = sorted.slice(0, mostLabels).map(([label, value]) => [cut(label, labelLimit), cut(value, valueLimit)]);
  const further = sorted.length - kept.length;
  const name = cut(labels['alertname'] ?? '', valueLimit);
  return {
    fingerprint,
    name: name === '' ? 'alert without a name' : name,
    startsAt,
    ...(status === 'resolved' && endsAt !== undefined ? { endsAt } : {}),
    labels: Object.fromEntries(kept) as Record<string, string>,
    ...(further === 0 ? {} : { furtherLabels: further }),
  };
}

function cut(text: string, limit: number): string {
  return shortenEnd(singleLine(text), limit);
}
