import type { Reading, ReadingInterval } from '../../domain/reading/reading.ts';
import { formatUtc } from '../../domain/text/utc.ts';
import type { TargetVerdict } from '../../domain/reading/verdict.ts';
import { budgetJson } from '../budgets/budget-json.ts';
import { present, secondsOf, timeOf } from './json-fields.ts';
import type { ReadingRow, ScopeView, ServiceView } from './service-view.ts';

/** A reading with `null` and the reason in place of a value that is missing. */
export function readingJson(reading: Reading) {
  if (reading.kind === 'value') {
    const { value, sampleAt, good, total, interval } = reading;
    return { value, sampleAt: formatUtc(sampleAt), ...present({ good, total, interval: intervalJson(interval) }) };
  }
  const { reason, detail, sampleAt } = reading;
  return {
    value: null,
    unknown: { reason, detail },
    ...(sampleAt === undefined ? {} : { sampleAt: formatUtc(sampleAt) }),
  };
}

/** The upper end of what a share may be, and the buckets that its threshold lies between; `null` stands for `+Inf`. */
function intervalJson(interval: ReadingInterval | undefined) {
  if (interval === undefined) return undefined;
  const { atMost, thresholdSeconds, buckets } = interval;
  return { atMost, thresholdSeconds, lowerBucket: buckets.lower, upperBucket: buckets.upper ?? null };
}

/** A target with its reading and verdict. */
export function verdictJson({ target, reading, verdict, group, perMinute }: TargetVerdict) {
  return {
    signal: target.signal,
    bound: target.bound,
    boundValue: target.value,
    verdict,
    reading: readingJson(reading),
    ...present({ unit: target.unit, windowSeconds: secondsOf(target.overMs), group, changePerMinute: perMinute }),
  };
}

/** A service's snapshot as the API and `andon evaluate --output json` give it. */
export function serviceJson(view: ServiceView) {
  const { service, owner, runbook, labels, source, revision, endState, problems, errorBudgetsFrom } = view;
  return {
    service,
    labels: { ...labels },
    source,
    revision,
    endState,
    scopes: view.scopes.map(scopeJson),
    budgets: view.budgets.map(budgetJson),
    problems: problems.map(({ reason, detail }) => ({ reason, detail })),
    ...present({ owner, runbook, errorBudgetsFrom, lastPollAt: timeOf(view.lastPollAt) }),
  };
}

function scopeJson({ group, line, incidentId, targets, rules }: ScopeView) {
  return {
    group: { ...group },
    line,
    targets: targets.map(verdictJson),
    rules: rules.map(({ rule, severity, condition, state, since, shadow }) => ({
      rule,
      severity,
      condition,
      state,
      ...present({ since: timeOf(since), shadow }),
    })),
    ...present({ incidentId }),
  };
}

/** One signal read one way. */
export function readingRowJson(service: string, row: ReadingRow) {
  const { signal, group, fold, windowMs, reading } = row;
  return {
    service,
    signal,
    group: { ...group },
    fold,
    reading: readingJson(reading),
    ...present({ windowSeconds: secondsOf(windowMs) }),
  };
}
