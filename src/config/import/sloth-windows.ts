import { parseDuration } from '../../domain/text/duration.ts';
import type { Severity } from '../../domain/service/severity.ts';
import type { ImportedTier } from './imported-slo.ts';
import { tell, type InputPart } from './input-part.ts';
import { takeKubernetesHeader } from './kubernetes-object.ts';
import { mappingAt, takeNumber, takeText } from './take-input.ts';

/** A catalog of windows, which holds for every SLO of its period. */
export interface AlertWindows extends Readonly<Record<Severity, readonly ImportedTier[]>> {
  readonly periodMs: number;
}

/** Reads an `AlertWindows` object; undefined, and named, where it is not whole or of another period than the one asked for. */
export function readAlertWindows(object: InputPart, askedPeriodMs: number): AlertWindows | undefined {
  takeKubernetesHeader(object);
  const spec = mappingAt(object, 'spec');
  if (spec === undefined) return undefined;
  const written = takeText(spec, 'sloPeriod');
  const periodMs = parseDuration(written ?? '');
  if (periodMs !== askedPeriodMs) {
    const message = `these windows are for objectives over ${written ?? 'no period'}, which these are not, so they were not carried over`;
    const hint = written === undefined ? 'give them a sloPeriod' : `import with --period ${written}`;
    return tell(spec, { kind: 'lost', at: 'key', message, hint });
  }
  const [page, ticket] = [tiersAt(spec, 'page'), tiersAt(spec, 'ticket')];
  return page === undefined || ticket === undefined ? undefined : { periodMs, page, ticket };
}

function tiersAt(spec: InputPart, key: Severity): readonly ImportedTier[] | undefined {
  const pair = mappingAt(spec, key);
  const tiers = ['quick', 'slow'].map((speed) => (pair === undefined ? undefined : tierAt(pair, speed)));
  const known = tiers.filter((tier) => tier !== undefined);
  if (known.length === tiers.length) return known;
  const message = `\`${key}\` needs quick and slow, each with errorBudgetPercent, shortWindow and longWindow`;
  return tell(spec, { kind: 'lost', at: 'key', message: `${message}, so these windows were not carried over` });
}

function tierAt(pair: InputPart, key: string): ImportedTier | undefined {
  const tier = mappingAt(pair, key);
  if (tier === undefined) return undefined;
  const percent = takeNumber(tier, 'errorBudgetPercent');
  const shortMs = parseDuration(takeText(tier, 'shortWindow') ?? '');
  const longMs = parseDuration(takeText(tier, 'longWindow') ?? '');
  if (percent === undefined || shortMs === undefined || longMs === undefined) return undefined;
  return { share: Number((percent / 100).toPrecision(12)), longMs, shortMs };
}
