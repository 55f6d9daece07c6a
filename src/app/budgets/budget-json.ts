import { formatUtc } from '../../domain/text/utc.ts';
import type { BurnReading } from '../../domain/budget/burn-rate.ts';
import type { Exhaustion } from '../../domain/budget/exhaustion.ts';
import type { BudgetReading } from '../../domain/budget/read-budget.ts';
import type { BudgetView } from './budget-view.ts';

/** An error budget as the API and `andon evaluate --output json` give it; what is not known is null, with the reason. */
export function budgetJson(view: BudgetView) {
  const { budget, signal, group, objective, period, method, reading, burnRates, exhaustion, known } = view;
  return {
    budget,
    signal,
    group: { ...group },
    objective,
    period,
    method,
    periodFrom: formatUtc(reading.periodFrom),
    periodTo: formatUtc(reading.periodTo),
    ...leftJson(reading),
    bad: reading.bad,
    total: reading.total,
    coverage: reading.coverage,
    known,
    burnRates: burnRates.map((each) => ({ windowSeconds: each.windowMs / 1000, ...burnJson(each.reading) })),
    exhaustion: { windowSeconds: exhaustion.windowMs / 1000, ...exhaustionJson(exhaustion.in) },
    ...(view.excludedNow === undefined ? {} : { excludedNow: stretchJson(view.excludedNow) }),
    excluded: view.excluded.map(stretchJson),
    excludedAhead: view.excludedAhead.map(stretchJson),
  };
}

function stretchJson({ from, to, because }: BudgetView['excluded'][number]) {
  return { from: formatUtc(from), to: formatUtc(to), because };
}

function leftJson(reading: BudgetReading) {
  if (reading.kind === 'value') {
    const { remaining, ratio, allowedBad, estimated } = reading;
    return { remaining, ratio, allowedBad, ...(estimated === undefined ? {} : { estimated }) };
  }
  return { remaining: null, ratio: null, unknown: whyOf(reading) };
}

function burnJson(reading: BurnReading) {
  return reading.kind === 'value' ? { value: reading.value } : { value: null, unknown: whyOf(reading) };
}

function exhaustionJson(exhaustion: Exhaustion) {
  switch (exhaustion.kind) {
    case 'in':
      return { seconds: exhaustion.ms / 1000 };
    case 'never':
      return { seconds: null, never: true };
    case 'unknown':
      return { seconds: null, unknown: whyOf(exhaustion) };
  }
}

function whyOf({ reason, detail }: Extract<BurnReading, { kind: 'unknown' }>) {
  return { reason, detail };
}
