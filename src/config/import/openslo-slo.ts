import { formatRatio } from '../../domain/text/ratio.ts';
import type { ImportedSlo } from './imported-slo.ts';
import { remark, tell, type InputPart } from './input-part.ts';
import { readAlertPolicies } from './openslo-alerts.ts';
import { readIndicator, readRatio, type Indicator } from './openslo-indicator.ts';
import { metadataOf, type OpenSloObjects } from './openslo-objects.ts';
import { readObjective, readBound } from './openslo-objective.ts';
import { readTimeWindow } from './openslo-period.ts';
import { partsOf } from './share.ts';
import { dashedName } from './imported-names.ts';
import { itemsAt, mappingAt, partAt, takeText, tellAt } from './take-input.ts';

/** The version that Sloth reads: what is counted stands at each objective there, and periods are written otherwise. */
export const alphaVersion = 'openslo/v1alpha';

/** Reads an SLO: each of its objectives becomes one of Andon's. */
export function readOpenSlo(object: InputPart, index: OpenSloObjects): readonly ImportedSlo[] {
  const { name, labels } = metadataOf(object);
  const spec = mappingAt(object, 'spec');
  if (spec === undefined || name === undefined) {
    tell(object, { kind: 'lost', at: 'key', message: 'an SLO needs a name and a spec, so this was not carried over' });
    return [];
  }
  const description = takeText(spec, 'description');
  const service = takeText(spec, 'service');
  if (service === undefined)
    tell(spec, {
      kind: 'changed',
      at: 'key',
      message: `no service is named here; it is called \`${name}\` like the SLO`,
    });
  const period = readTimeWindow(spec);
  const method = readMethod(spec);
  const shared = readIndicator(spec, index);
  const objectives = itemsAt(spec, 'objectives');
  const { alerts, notify } = readAlertPolicies(spec, index);
  if (objectives.length === 0)
    tell(spec, { kind: 'lost', at: 'key', message: 'this SLO has no objectives, so it was not carried over' });
  return objectives.flatMap((objective, at): readonly ImportedSlo[] => {
    const display = takeText(objective, 'displayName');
    tellWeight(objective);
    const isAlpha = takeText(object, 'apiVersion') === alphaVersion;
    const ratio = isAlpha ? mappingAt(objective, 'ratioMetrics') : undefined;
    const indicator = (ratio === undefined ? readIndicator(objective, index) : readRatio(ratio)) ?? shared;
    if (indicator === undefined) {
      const message =
        'there is no indicator that could be carried over, neither here nor for the whole SLO, so this objective was not either';
      tell(objective, { kind: 'lost', at: 'key', message });
      return [];
    }
    const called = objectives.length === 1 ? name : `${name}-${dashedName(display ?? String(at + 1))}`;
    const base = {
      service: service ?? name,
      name: called,
      measure: indicator === shared ? name : called,
      part: objectives.length === 1 ? object : objective,
      ...(description === undefined ? {} : { description }),
      ...(indicator.source === undefined ? {} : { source: dashedName(indicator.source) }),
      labels,
      notify,
    };
    const read = judged(objective, indicator, method, period);
    return read === undefined ? [] : [{ ...base, by: indicator.by, signal: indicator.signal, ...read(alerts) }];
  });
}

type Judged = (alerts: ImportedSlo['alerts']) => Pick<ImportedSlo, 'target' | 'budget' | 'alerts'>;

function judged(
  objective: InputPart,
  indicator: Indicator,
  method: string,
  period: ReturnType<typeof readTimeWindow>,
): Judged | undefined {
  const read = readObjective(objective, indicator.signal.kind !== 'gauge', method);
  if (indicator.signal.kind === 'gauge') {
    const bound = readBound(objective);
    if (bound === undefined) return undefined;
    const message =
      'a number over a threshold counts no events, so it has no error budget here: neither its share nor its alerts were carried over, only its bound';
    const hint = 'as a share: declare a ratio, or a latency with this threshold, and give that the objective';
    remark(objective, { kind: 'lost', at: 'key', message, hint });
    return () => ({ target: bound, alerts: [] });
  }
  if (read === undefined || read.method === 'unknown') return undefined;
  const { part, share, method: slices } = read;
  if (period === undefined) {
    const message = 'without a period there is no error budget, so only the target was carried over, and no alert';
    remark(objective, { kind: 'lost', at: 'key', message });
    return () => ({ target: { bound: 'atLeast', value: formatRatio(share) }, alerts: [] });
  }
  const parts = partsOf(part, share);
  return (alerts) => parts(period, alerts, slices);
}

function readMethod(spec: InputPart): string {
  const method = takeText(spec, 'budgetingMethod');
  const part = partAt(spec, 'budgetingMethod');
  const known = ['Occurrences', 'Timeslices', 'RatioTimeslices'];
  const meant = known.find((each) => each.toLowerCase() === method?.toLowerCase());
  if (meant !== undefined) return meant;
  const message = 'this SLO says not how its budget is counted (budgetingMethod); it counts events here';
  if (part === undefined) tell(spec, { kind: 'changed', at: 'key', message });
  else
    tell(part, {
      kind: 'lost',
      message: `\`${method ?? ''}\` is no budgeting method; events are counted here`,
      hint: `known here: ${known.join(', ')}`,
    });
  return 'Occurrences';
}

function tellWeight(objective: InputPart): void {
  const message = 'Andon judges each objective by itself, and weighs none against another';
  tellAt(objective, 'compositeWeight', { kind: 'lost', message });
}
