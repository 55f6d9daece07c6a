import type { Attempt } from '../../../app/ports/channel.ts';
import type { NotificationKind } from '../../../domain/notification/notification.ts';
import { shortenEnd, singleLine } from '../../../domain/text/visible-text.ts';
import type { FactSheet } from '../facts/fact-sheet.ts';
import { placeText, stateText } from '../facts/together-text.ts';
import { httpLink, type ChatLink } from '../facts/http-link.ts';
import { factSheetOf } from '../facts/render-fact-sheet.ts';

type Action = 'trigger' | 'acknowledge' | 'resolve';

/** One event of the Events API v2. */
export interface PagerDutyEvent {
  readonly routing_key: string;
  readonly event_action: Action;
  readonly dedup_key: string;
  readonly client: 'Andon';
  readonly client_url?: string;
  readonly links?: readonly { readonly href: string; readonly text: string }[];
  readonly payload?: PagerDutyPayload;
}

interface PagerDutyPayload {
  readonly summary: string;
  readonly source: string;
  readonly severity: 'critical' | 'warning' | 'info';
  readonly timestamp: string;
  readonly component?: string;
  readonly group?: string;
  readonly class?: string;
  readonly custom_details?: Readonly<Record<string, unknown>>;
}

/** PagerDuty refuses longer summaries, in characters. */
const summaryLimit = 1_024;
/** Longer names are cut: PagerDuty shows them in one line. */
const nameLimit = 255;
/** PagerDuty refuses larger events. */
export const eventLimitBytes = 512_000;

/** What the owner of a channel has an event say. */
export interface PagerDutyTexts {
  /** Undefined or empty: the title. */
  summary(facts: FactSheet): string | undefined;
  /** Over the usual details, by name; an empty one leaves a detail out. */
  details(facts: FactSheet): Readonly<Record<string, string>>;
}

const usualTexts: PagerDutyTexts = { summary: () => undefined, details: () => ({}) };

/** The event that tells PagerDuty of a notification. The same on every try. */
export function pagerDutyEventOf(attempt: Attempt, routingKey: string, texts = usualTexts): PagerDutyEvent {
  return eventOf(attempt.notification.kind, factSheetOf(attempt), routingKey, texts);
}

/** The same of facts that are at hand; details are dropped before the page is too large to be taken. */
export function eventOf(
  kind: NotificationKind,
  sheet: FactSheet,
  routingKey: string,
  texts = usualTexts,
): PagerDutyEvent {
  const { data } = sheet;
  const incident = httpLink('Incident in Andon', data.link);
  const links = [incident, httpLink('Runbook', data.runbook)].filter((link): link is ChatLink => link !== undefined);
  const event: PagerDutyEvent = {
    routing_key: routingKey,
    event_action: actionOf(kind),
    dedup_key: data.incidentId,
    client: 'Andon',
    ...(incident === undefined ? {} : { client_url: incident.url }),
  };
  // PagerDuty takes nothing else of an event that opens nothing.
  if (event.event_action !== 'trigger') return event;
  const payload = payloadOf(kind, sheet, texts.summary(sheet));
  const page = {
    ...event,
    ...(links.length === 0 ? {} : { links: links.map(({ url, text }) => ({ href: url, text })) }),
  };
  const whole = { ...page, payload: { ...payload, custom_details: withOwn(detailsOf(sheet), texts.details(sheet)) } };
  return Buffer.byteLength(JSON.stringify(whole)) <= eventLimitBytes ? whole : { ...page, payload };
}

function actionOf(kind: NotificationKind): Action {
  switch (kind) {
    case 'firing':
    case 'escalated':
    case 'relapsed':
    case 'repeated':
    case 'unacknowledged':
    case 'test':
      return 'trigger';
    case 'acknowledged':
      return 'acknowledge';
    case 'resolved':
      return 'resolve';
  }
}

function payloadOf(kind: NotificationKind, { timestamp, data }: FactSheet, summary = ''): PagerDutyPayload {
  const component = data.onset.signal ?? data.off[0]?.signal;
  const group = Object.entries(data.group)
    .map(([label, value]) => `${label}=${value}`)
    .join(', ');
  const rule = data.rules[0];
  return {
    // PagerDuty refuses an empty one.
    summary: cut(summary, summaryLimit) || cut(data.title, summaryLimit),
    source: cut(data.service, nameLimit),
    severity: kind === 'test' ? 'info' : data.severity === 'page' ? 'critical' : 'warning',
    timestamp,
    ...(component === undefined ? {} : { component: cut(component, nameLimit) }),
    ...(group === '' ? {} : { group: cut(group, nameLimit) }),
    ...(rule === undefined ? {} : { class: cut(rule, nameLimit) }),
  };
}

/** Flat, with names that rules of an event orchestration can point at; people read them as a table. */
function detailsOf({ data }: FactSheet): Readonly<Record<string, unknown>> {
  const { summary, owner, runbook, link, suspects = [], together = [], furtherCount } = data;
  return {
    off: data.off.map(({ text }) => text),
    ...(summary === undefined ? {} : { summary }),
    ...(suspects.length === 0 ? {} : { suspects: suspects.map(({ text }) => text) }),
    // Whole, even where the sentence about its change had to be cut.
    ...(suspects[0]?.rollback === undefined ? {} : { way_back: suspects[0].rollback }),
    ...(together.length === 0 ? {} : { together: together.map(togetherText) }),
    ...(furtherCount === undefined ? {} : { together_further: furtherCount }),
    onset: data.onset.at,
    onset_earliest: data.onset.earliest,
    onset_latest: data.onset.latest,
    detected: data.detectedAt,
    time_to_detect_seconds: data.timeToDetectSeconds,
    ...(data.relapses === 0 ? {} : { relapses: data.relapses }),
    ...(owner === undefined ? {} : { owner }),
    rules: data.rules,
    condition: data.condition,
    because: data.because,
    end_state: data.endState,
    fine: data.fine.map(({ text }) => text),
    labels: data.labels,
    service: data.service,
    ...(Object.keys(data.group).length === 0 ? {} : { group: data.group }),
    incident: data.incidentId,
    ...(runbook === undefined ? {} : { runbook }),
    ...(link === undefined ? {} : { link }),
    ...(data.truncated ? { shortened: true } : {}),
  };
}

/** Which service, what of it is off, and how it stands. */
function togetherText(each: NonNullable<FactSheet['data']['together']>[number]): string {
  const state = stateText(each);
  return `${placeText(each)}: ${each.title}${state === '' ? '' : ` (${state})`}`;
}

function withOwn(
  usual: Readonly<Record<string, unknown>>,
  own: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries({ ...usual, ...own }).filter(([name]) => own[name] !== ''));
}

/** One line of at most so many characters. */
function cut(text: string, limit: number): string {
  return shortenEnd(singleLine(text), limit);
}
