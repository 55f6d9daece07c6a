import type { Attempt } from '../../../app/ports/channel.ts';
import { describeSuspect } from '../../../domain/change/describe-suspect.ts';
import type { Suspect } from '../../../domain/change/suspect.ts';
import type { Together } from '../../../domain/notification/together.ts';
import type { Notification } from '../../../domain/notification/notification.ts';
import { formatUtc } from '../../../domain/text/utc.ts';
import type { TargetVerdict } from '../../../domain/reading/verdict.ts';
import { describeVerdict } from '../../../domain/reading/verdict-text.ts';
import type { FactSheet, SuspectWire, TargetWire } from './fact-sheet.ts';
import { factSheetVersion } from './fact-sheet.ts';
import { shorten, truncationLevels } from './shorten.ts';

/** Standard Webhooks asks for less than 20 kB. */
export const bodyLimitBytes = 20_000;

/** The facts of an attempt as the body has them, cut so that their JSON stays under the limit. The same on every try. */
export function factSheetOf(attempt: Attempt): FactSheet {
  const whole = wholeBody(attempt);
  if (fits(whole)) return whole;
  for (const level of truncationLevels) {
    const cut = { ...whole, data: shorten(whole.data, level) };
    if (fits(cut)) return cut;
  }
  throw new RangeError(
    `the body of notification ${attempt.notification.id} cannot be cut below ${bodyLimitBytes} bytes`,
  );
}

function fits(body: FactSheet): boolean {
  return Buffer.byteLength(JSON.stringify(body)) < bodyLimitBytes;
}

function wholeBody({ notification, collapsed }: Attempt): FactSheet {
  const { page } = notification;
  const { acknowledgedBy } = page;
  const { owner, summary, runbook, link, impact, budgetsSpent, recoveredAt, recovery, resolvedAt, closedByHand } = page;
  const { at, earliest, latest, method, signal } = page.onset;
  return {
    type: `incident.${notification.kind}`,
    timestamp: formatUtc(notification.createdAt),
    data: {
      version: factSheetVersion,
      incidentId: notification.incidentId,
      sequence: notification.sequence,
      service: page.service,
      group: page.group,
      ...(owner === undefined ? {} : { owner }),
      severity: page.severity,
      title: page.title,
      ...(summary === undefined ? {} : { summary }),
      ...(runbook === undefined ? {} : { runbook }),
      ...(link === undefined ? {} : { link }),
      labels: page.labels,
      rules: [...page.rules],
      condition: page.condition,
      because: page.because,
      endState: page.endState,
      onset: {
        at: formatUtc(at),
        earliest: formatUtc(earliest),
        latest: formatUtc(latest),
        method,
        ...(signal === undefined ? {} : { signal }),
      },
      ...(page.suspects === undefined ? {} : { suspects: page.suspects.map(suspectWire) }),
      detectedAt: formatUtc(page.detectedAt),
      timeToDetectSeconds: Math.max(0, page.detectedAt - at) / 1000,
      ...(recoveredAt === undefined
        ? {}
        : { recoveredAt: formatUtc(recoveredAt), timeToRecoverSeconds: Math.max(0, recoveredAt - at) / 1000 }),
      ...(recovery === undefined
        ? {}
        : {
            recovery: {
              at: formatUtc(recovery.at),
              earliest: formatUtc(recovery.earliest),
              latest: formatUtc(recovery.latest),
            },
          }),
      ...(resolvedAt === undefined ? {} : { resolvedAt: formatUtc(resolvedAt) }),
      ...(closedByHand === undefined ? {} : { closedByHand }),
      relapses: page.relapses,
      ...(page.relapsedAt === undefined ? {} : { relapsedAt: formatUtc(page.relapsedAt) }),
      ...(page.offMs === undefined ? {} : { offSeconds: page.offMs / 1000 }),
      ...(acknowledgedBy === undefined ? {} : { acknowledgedBy }),
      ...(page.together === undefined ? {} : { together: page.together.map(togetherWire) }),
      ...(page.furtherCount === undefined ? {} : { furtherCount: page.furtherCount }),
      ...(page.offCount === undefined ? {} : { offCount: page.offCount }),
      off: page.off.map(targetWire),
      fine: page.fine.map(targetWire),
      ...(page.seenAt === undefined ? {} : { seenAt: formatUtc(page.seenAt) }),
      ...(impact === undefined ? {} : { impact }),
      ...(budgetsSpent === undefined ? {} : { budgetsSpent: budgetsSpent.map((each) => ({ ...each })) }),
      collapsed: collapsed.map(collapsedWire),
      truncated: false,
    },
  };
}

function suspectWire(suspect: Suspect): SuspectWire {
  const { startedAt, finishedAt, onsetAfterMs, shift, ...told } = suspect;
  return {
    text: describeSuspect(suspect),
    ...told,
    startedAt: formatUtc(startedAt),
    ...(finishedAt === undefined ? {} : { finishedAt: formatUtc(finishedAt) }),
    onsetAfterSeconds: onsetAfterMs / 1000,
    shift: { ...shift },
  };
}

function togetherWire({
  since,
  held,
  recoveredAt,
  ...told
}: Together): NonNullable<FactSheet['data']['together']>[number] {
  return {
    ...told,
    since: formatUtc(since),
    ...(held === undefined ? {} : { held: { forSeconds: held.forMs / 1000, ofSeconds: held.ofMs / 1000 } }),
    ...(recoveredAt === undefined ? {} : { recoveredAt: formatUtc(recoveredAt) }),
  };
}

function collapsedWire({ id, kind, createdAt }: Notification): FactSheet['data']['collapsed'][number] {
  return { id, kind, createdAt: formatUtc(createdAt) };
}

function targetWire(verdict: TargetVerdict): TargetWire {
  const { target, reading, group, perMinute } = verdict;
  const { sampleAt } = reading;
  return {
    signal: target.signal,
    ...(group === undefined ? {} : { group }),
    text: describeVerdict(verdict),
    verdict: verdict.verdict,
    bound: target.bound,
    target: target.value,
    ...(target.unit === undefined ? {} : { unit: target.unit }),
    ...(target.overMs === undefined ? {} : { overSeconds: target.overMs / 1000 }),
    ...(reading.kind === 'value'
      ? {
          value: reading.value,
          ...(reading.interval === undefined ? {} : { valueAtMost: reading.interval.atMost }),
          ...(reading.good === undefined ? {} : { good: reading.good }),
          ...(reading.total === undefined ? {} : { total: reading.total }),
        }
      : { unknown: { reason: reading.reason, detail: reading.detail } }),
    ...(sampleAt === undefined ? {} : { sampleAt: formatUtc(sampleAt) }),
    ...(perMinute === undefined ? {} : { perMinute, trend: trendOf(target.bound, perMinute) }),
  };
}

function trendOf(bound: 'atLeast' | 'atMost', perMinute: number): NonNullable<TargetWire['trend']> {
  if (perMinute === 0) return 'steady';
  return perMinute > 0 === (bound === 'atLeast') ? 'improving' : 'worsening';
}
