import type { Attempt } from '../../../app/ports/channel.ts';
import type { Notification } from '../../../domain/notification/notification.ts';
import { formatUtc } from '../../../domain/text/utc.ts';
import type { FactSheet } from '../facts/fact-sheet.ts';
import { factSheetOf } from '../facts/render-fact-sheet.ts';
import { alertLabels, labelsKey, type Labels } from './alert-labels.ts';

/** One alert of `POST /api/v2/alerts`. */
export interface PostableAlert {
  readonly labels: Labels;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL?: string;
}

export interface AlertOptions {
  /** Ms since the epoch on Andon's clock. */
  readonly now: number;
  /** A firing alert ends by itself after this, ms, unless it is sent again. */
  readonly lastsMs: number;
  /** How long the end of an alert that another one took over from is sent, ms. */
  readonly resolvedForMs: number;
  /** Labels of every alert. */
  readonly labels: Labels;
  readonly annotate: (facts: FactSheet) => Readonly<Record<string, string>>;
}

/**
 * What to post of an incident: its alert, and the end of every alert that it had under other labels before. An incident
 * that is escalated is another alert to Alertmanager, because its severity is a label that people route by.
 */
export function alertsOf(attempt: Attempt, options: AlertOptions): readonly PostableAlert[] {
  const { notification, collapsed, earlier = collapsed } = attempt;
  const current = alertLabels(notification.page, options.labels);
  const alert =
    notification.kind === 'resolved'
      ? endedAlert(attempt, current, recoveredAt(notification), options)
      : firingAlert(attempt, current, options);
  const former = formerAlerts([...earlier, notification], labelsKey(current), options);
  const isLate = (endedAt: number): boolean => attempt.again === true && options.now - endedAt > options.resolvedForMs;
  return [alert, ...former.filter(({ at }) => !isLate(at)).map(({ end }) => end)];
}

/** How long a test fires, ms: groups wait half a minute before they are told, and what is over by then is not told at all. */
const testLastsMs = 3 * 60_000;

/** A test ends by itself, since nobody sends it again. */
function firingAlert(attempt: Attempt, labels: Labels, options: AlertOptions): PostableAlert {
  const { kind, page } = attempt.notification;
  const onset = page.onset.at;
  const endsAt = Math.max(options.now, onset) + (kind === 'test' ? testLastsMs : options.lastsMs);
  return { ...common(attempt, labels, options), startsAt: formatUtc(onset), endsAt: formatUtc(endsAt) };
}

/** An end in the future would leave the alert firing until then, and one before its start would be refused. */
function endedAlert(attempt: Attempt, labels: Labels, at: number, options: AlertOptions): PostableAlert {
  const onset = Math.min(attempt.notification.page.onset.at, options.now);
  const endsAt = Math.max(onset, Math.min(at, options.now));
  return { ...common(attempt, labels, options), startsAt: formatUtc(onset), endsAt: formatUtc(endsAt) };
}

function common(attempt: Attempt, labels: Labels, options: AlertOptions) {
  const { link } = attempt.notification.page;
  const annotations = options.annotate(factSheetOf(attempt));
  return { labels, annotations, ...(link === undefined ? {} : { generatorURL: link }) };
}

/** When service was back; of an incident that was closed by hand, when that was. */
function recoveredAt({ page, createdAt }: Notification): number {
  return page.recoveredAt ?? page.resolvedAt ?? createdAt;
}

interface Former {
  readonly at: number;
  readonly end: PostableAlert;
}

/** The alerts that the incident had under other labels, each ended when the next notification had others. */
function formerAlerts(
  notifications: readonly Notification[],
  currentKey: string,
  options: AlertOptions,
): readonly Former[] {
  const ended = new Map<string, Former>();
  for (const [index, notification] of notifications.entries()) {
    const next = notifications[index + 1];
    const labels = alertLabels(notification.page, options.labels);
    const key = labelsKey(labels);
    if (next === undefined || key === currentKey) continue;
    const attempt = { notification, collapsed: [], attempt: 1 };
    ended.set(key, { at: next.createdAt, end: endedAlert(attempt, labels, next.createdAt, options) });
  }
  return [...ended.values()];
}
