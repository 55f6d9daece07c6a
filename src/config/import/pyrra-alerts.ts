import type { Severity } from '../../domain/service/severity.ts';
import type { ImportedAlert, ImportedTier, MeanPair } from './imported-slo.ts';
import { tell, type InputPart } from './input-part.ts';
import { mappingAt, partAt, takeFlag, takeText } from './take-input.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

interface Tier {
  readonly key: string;
  readonly severity: Severity;
  readonly factor: number;
  readonly longMs: number;
  readonly shortMs: number;
}

/** Pyrra's tiers of four weeks; for other periods the windows grow and shrink with the period, to whole minutes. */
const tiers: readonly Tier[] = [
  { key: 'fastBurn', severity: 'page', factor: 14, longMs: hourMs, shortMs: 5 * minuteMs },
  { key: 'mediumBurn', severity: 'page', factor: 7, longMs: 6 * hourMs, shortMs: 30 * minuteMs },
  { key: 'slowBurn', severity: 'ticket', factor: 2, longMs: dayMs, shortMs: 2 * hourMs },
  { key: 'longTermBurn', severity: 'ticket', factor: 1, longMs: 4 * dayMs, shortMs: 6 * hourMs },
];

/** Reads Pyrra's alerting. `gaugeObjective` is the share that a gauge's mean is held against, for which there is no budget. */
export function readPyrraAlerts(
  spec: InputPart,
  periodMs: number,
  gaugeObjective: number | undefined,
): readonly ImportedAlert[] {
  const alerting = mappingAt(spec, 'alerting');
  const name = alerting === undefined ? undefined : takeText(alerting, 'name');
  if (alerting !== undefined) tellThresholds(alerting);
  const isBurning = alerting === undefined ? true : readSwitches(alerting);
  const severities = alerting === undefined ? undefined : mappingAt(alerting, 'severities');
  const placed = tiers.map((tier) => ({ ...scaled(tier, periodMs), severity: severityAt(severities, tier) }));
  if (!isBurning) return [];
  const base = { labels: {}, ...(name === undefined ? {} : { name }) };
  return (['page', 'ticket'] as const).flatMap((severity): readonly ImportedAlert[] => {
    const own = placed.filter((tier) => tier.severity === severity);
    if (own.length === 0) return [];
    if (gaugeObjective === undefined) {
      return [{ ...base, severity, fires: { kind: 'tiers', tiers: own.map((tier) => tierOf(tier, periodMs)) } }];
    }
    const pairs = own.flatMap((tier) => pairOf(tier, gaugeObjective));
    return pairs.length === 0 ? [] : [{ ...base, severity, fires: { kind: 'mean-below', pairs } }];
  });
}

/** Whether burn rates alert. Alerts on series that are not there are named, since they have another form here. */
function readSwitches(alerting: InputPart): boolean {
  const hint = 'give a rule of the service onUnknown: { openAfter: 10m }, which stops the line when data stays away';
  const absent = partAt(alerting, 'absent');
  const absentName = partAt(alerting, 'absentName');
  const wants = absent === undefined ? absentName !== undefined : takeFlag(alerting, 'absent') !== false;
  if (wants) {
    const message = 'an alert on series that are missing was not carried over';
    for (const part of [absent, absentName])
      if (part !== undefined) tell(part, { kind: 'lost', at: 'key', message, hint });
  } else if (absentName !== undefined) takeText(alerting, 'absentName');
  const disabled = takeFlag(alerting, 'disabled') === true;
  return takeFlag(alerting, 'burnrates') !== false && !disabled;
}

/** Thresholds that follow the traffic are in versions of Pyrra that were built with them. */
function tellThresholds(alerting: InputPart): void {
  const written = takeText(alerting, 'burnRateType');
  const part = partAt(alerting, 'burnRateType');
  if (part === undefined || written?.toLowerCase() === 'static') return;
  const message = 'thresholds that follow the traffic have no equivalent; the factors that do not were carried over';
  const hint = 'where traffic is thin, minimumBad of the budget keeps a few errors from paging';
  tell(part, { kind: 'lost', at: 'key', message, hint });
}

const words: Readonly<Record<string, Severity>> = {
  critical: 'page',
  page: 'page',
  warning: 'ticket',
  ticket: 'ticket',
  info: 'ticket',
};

function severityAt(severities: InputPart | undefined, tier: Tier): Severity {
  if (severities === undefined) return tier.severity;
  const written = takeText(severities, tier.key);
  const absent = partAt(severities, 'absent');
  if (absent !== undefined) takeText(severities, 'absent');
  if (written === undefined) return tier.severity;
  const severity = words[written.toLowerCase()];
  const part = partAt(severities, tier.key);
  if (severity === undefined && part !== undefined) {
    const message = `\`${written}\` is no severity here; this tier is a ${tier.severity} as it is by default`;
    tell(part, { kind: 'changed', message, hint: 'severities are page and ticket' });
  }
  return severity ?? tier.severity;
}

function scaled(tier: Tier, periodMs: number): Tier {
  const minutes = (ms: number, least: number): number =>
    Math.max(least, Math.round((ms * periodMs) / (28 * dayMs) / minuteMs)) * minuteMs;
  return { ...tier, longMs: minutes(tier.longMs, 5), shortMs: minutes(tier.shortMs, 1) };
}

function tierOf({ factor, longMs, shortMs }: Tier, periodMs: number): ImportedTier {
  // Six digits: the factor that follows from it is the same to five.
  return { share: Number(((factor * longMs) / periodMs).toPrecision(6)), longMs, shortMs };
}

/** A burn rate above the factor is a mean below this bound; a bound of nothing can never be passed. */
function pairOf({ factor, longMs, shortMs }: Tier, objective: number): readonly MeanPair[] {
  const bound = Number((1 - factor * (1 - objective)).toPrecision(9));
  return bound > 0 ? [{ bound, longMs, shortMs }] : [];
}
