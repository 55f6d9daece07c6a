import type { ChangeReport, Remedy } from '../../domain/change/change-event.ts';
import { formatDuration } from '../../domain/text/duration.ts';
import { noteOf, personOf } from '../person-text.ts';

/** Most characters of each text in a report. */
export const reportLimits = {
  change: 200,
  version: 200,
  before: 200,
  summary: 1000,
  by: 200,
  environment: 200,
  link: 2048,
  rollback: 2000,
} as const;

/** How far ahead of Andon's clock a report may be, and how far back it may reach, ms. */
export const futureMs = 5 * 60_000;
export const oldestMs = 90 * 86_400_000;

/** A report that may be recorded, or what is wrong with it. */
export type CheckedReport = { readonly kind: 'report'; readonly report: ChangeReport } | InvalidReport;
export interface InvalidReport {
  readonly kind: 'invalid';
  readonly field: keyof ChangeReport;
  readonly problem: string;
}

/** Control characters, and those that reorder text on a screen, could make one text pass for another. */
const forbidden = /(?![\n\t])\p{Cc}|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const texts = ['version', 'before', 'summary', 'by', 'environment', 'link', 'rollback'] as const;
const times = ['startedAt', 'finishedAt', 'saidAt'] as const;

/** Holds a report to what Andon keeps, and takes out of its texts what nobody could see. `now`: ms since the epoch. */
export function checkReport(report: ChangeReport, now: number): CheckedReport {
  const { change, service, kind, outcome, remedies } = report;
  const problem = idProblem(change) ?? timesProblem(report, now);
  if (problem !== undefined) return problem;
  const kept: { -readonly [F in (typeof texts)[number]]?: string } = {};
  for (const field of texts) {
    const text = report[field]?.replaceAll('\r\n', '\n').replaceAll(forbidden, '').trim();
    if (text === undefined || text === '') continue;
    if (text.length > reportLimits[field]) return tooLong(field, text.length);
    if (field === 'link' && !isHttpUrl(text)) return invalid('link', 'the link is no http or https URL');
    kept[field] = text;
  }
  const remedy = remedies === undefined ? undefined : checkRemedy(remedies);
  if (remedy !== undefined && 'kind' in remedy) return remedy;
  const said: { -readonly [F in (typeof times)[number]]?: number } = {};
  for (const field of times) if (report[field] !== undefined) said[field] = report[field];
  return {
    kind: 'report',
    report: {
      change,
      service,
      ...(kind === undefined ? {} : { kind }),
      ...kept,
      ...said,
      ...(outcome === undefined ? {} : { outcome }),
      ...(remedy === undefined ? {} : { remedies: remedy }),
    },
  };
}

export function isHttpUrl(text: string): boolean {
  return /^https?:\/\/[^/]/i.test(text) && URL.canParse(text);
}

/** An id is never cleaned: two that differ must not become one. */
function idProblem(change: string): InvalidReport | undefined {
  if (change.trim() === '') return invalid('change', 'the id of the change is empty');
  if (change.length > reportLimits.change) return tooLong('change', change.length);
  if (change !== change.trim() || change.search(/\p{Cc}|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u) !== -1)
    return invalid('change', 'the id of the change has spaces around it, or characters that nobody can see');
  return undefined;
}

function timesProblem(report: ChangeReport, now: number): InvalidReport | undefined {
  for (const field of times) {
    const at = report[field];
    if (at === undefined) continue;
    if (!Number.isFinite(at)) return invalid(field, `\`${field}\` is no time`);
    if (at > now + futureMs)
      return invalid(field, `\`${field}\` is more than ${formatDuration(futureMs)} in the future; is a clock wrong?`);
    if (at < now - oldestMs) return invalid(field, `\`${field}\` is more than ${formatDuration(oldestMs)} ago`);
  }
  const { startedAt, finishedAt } = report;
  if (startedAt !== undefined && finishedAt !== undefined && finishedAt < startedAt)
    return invalid('finishedAt', 'the change is over before it began');
  return undefined;
}

function checkRemedy({ incident, by, reason }: Remedy): Remedy | InvalidReport {
  const person = personOf(by);
  if (person.kind === 'invalid') return invalid('remedies', person.problem);
  const why = noteOf(reason, 'reason');
  if (why.kind === 'invalid') return invalid('remedies', why.problem);
  return { incident, by: person.text, reason: why.text };
}

function tooLong(field: keyof typeof reportLimits, length: number): InvalidReport {
  return invalid(field, `\`${field}\` has ${length} characters; at most ${reportLimits[field]} are kept`);
}

function invalid(field: keyof ChangeReport, problem: string): InvalidReport {
  return { kind: 'invalid', field, problem };
}
