import { formatRatio, parseRatio } from '../../domain/text/ratio.ts';
import { show } from '../fields.ts';
import type { ImportedAlert, ImportedBudget, ImportedPeriod, ImportedSlo } from './imported-slo.ts';
import { tell, type InputPart } from './input-part.ts';
import { partAt } from './take-input.ts';

/** What follows from an objective, once its period and its alerts are known. */
export type ObjectiveParts = (
  period: ImportedPeriod,
  alerts: readonly ImportedAlert[],
  method?: ImportedBudget['method'],
) => Pick<ImportedSlo, 'target' | 'budget' | 'alerts'>;

/** The parts that follow from a percentage such as 99.9; names one that leaves no budget, or that is no percentage. */
export function shareOfPercent(slo: InputPart, key: string, percent: number): ObjectiveParts | undefined {
  const share = parseRatio(`${percent}%`) ?? Number.NaN;
  const part = partAt(slo, key) ?? slo;
  if (!(share > 0 && share <= 1)) {
    const message = `an objective lies between 0 and 100 percent, and this is ${show(part.value)}, so it was not carried over`;
    return tell(part, { kind: 'lost', message });
  }
  if (percent <= 1) {
    const meant = formatRatio(percent === 1 ? 1 : percent);
    const hint = `did you mean ${meant}? Then write ${meant.slice(0, -1)}`;
    tell(part, {
      kind: 'suspicious',
      message: `${percent} percent is next to nothing; it was carried over as written`,
      hint,
    });
  }
  return partsOf(part, share);
}

/** The parts that follow from a share such as 0.999. */
export function partsOf(part: InputPart, share: number): ObjectiveParts {
  const target = { bound: 'atLeast', value: formatRatio(share) } as const;
  if (share < 1) {
    return (period, alerts, method) => ({
      target,
      budget: { objective: share, period, ...(method === undefined ? {} : { method }) },
      alerts,
    });
  }
  const message = 'an objective of 100% leaves no error budget, so neither a budget nor its alerts were carried over';
  tell(part, {
    kind: 'lost',
    message,
    hint: 'its target was; add a rule with a bound of its own, or promise a little less',
  });
  return () => ({ target, alerts: [] });
}
