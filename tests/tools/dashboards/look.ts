import {
  MappingType,
  type FieldConfigSource,
  type Threshold,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';

/** How a field is dressed: what the panel says of all of them, with its overrides. */
export interface Look {
  readonly unit?: string;
  readonly decimals?: number;
  readonly displayName?: string;
  readonly mappings?: readonly ValueMapping[];
  readonly thresholds?: { readonly steps: readonly Threshold[] };
  readonly links?: readonly { readonly url: string }[];
  readonly color?: { readonly mode: string; readonly fixedColor?: string };
  readonly custom?: { readonly thresholdsStyle?: { readonly mode: string } };
}

/** How the field that is called so is dressed: later overrides go before earlier ones. */
export function lookOf(config: FieldConfigSource | undefined, called: string): Look {
  const own = (config?.overrides ?? [])
    .filter(({ matcher: { id, options } }) =>
      id === 'byName' ? options === called : new RegExp(String(options).slice(1, -1)).test(called),
    )
    .flatMap(({ properties }) => properties.map(({ id, value }) => [id, value]));
  return { ...(config?.defaults as Look | undefined), ...(Object.fromEntries(own) as Look) };
}

/** A number as it is read, with its colour. */
export function textOf(value: number, look: Look, now: number): string {
  const word = (look.mappings ?? []).map((mapping) => worded(mapping, value)).find((found) => found !== undefined);
  if (word !== undefined) return `${word.text} (${word.color})`;
  const color = look.color?.fixedColor ?? (showsThresholds(look) ? thresholdColor(look, value) : undefined);
  return `${inUnit(value, look, now)}${color === undefined ? '' : ` (${color})`}`;
}

/** Where a click leads, with what the row or the series says put in; `named`: of a label or a column. */
export function leadsTo({ links = [] }: Look, named: (of: string) => string, itself = ''): string {
  return links
    .map(({ url }) =>
      url
        .replace('${__value.raw:raw}', itself)
        .replace(/\$\{__(?:data\.fields|field\.labels)\.(\w+)\}/g, (_, of: string) => named(of))
        .replace('${datasource:queryparam}', '{datasource}')
        .replace('${__url_time_range}', '{time}'),
    )
    .map((url) => ` → ${url}`)
    .join('');
}

function worded(mapping: ValueMapping, value: number): { readonly text?: string; readonly color?: string } | undefined {
  if (mapping.type === MappingType.ValueToText) return mapping.options[String(value)];
  if (mapping.type === MappingType.RangeToText) {
    const { from, to, result } = mapping.options;
    return value >= (from ?? -Infinity) && value <= (to ?? Infinity) ? result : undefined;
  }
  return undefined;
}

/** Lines have colours of their own, beside which a graph may draw its bounds. */
function showsThresholds({ color, custom }: Look): boolean {
  return color?.mode === 'thresholds' || !['off', undefined].includes(custom?.thresholdsStyle?.mode);
}

/** One colour alone says nothing. */
function thresholdColor({ thresholds }: Look, value: number): string | undefined {
  const steps = thresholds?.steps ?? [];
  return steps.length < 2 ? undefined : steps.findLast((step) => value >= (step.value ?? -Infinity))?.color;
}

function inUnit(value: number, { unit, decimals = 3 }: Look, now: number): string {
  const rounded = (number: number): string => String(Number(number.toFixed(decimals)));
  switch (unit) {
    case 's':
      return `${rounded(value)} s`;
    case 'percentunit':
      return `${rounded(value * 100)} %`;
    case 'bytes':
      return `${rounded(value)} B`;
    case 'ops':
      return `${rounded(value)} a second`;
    case 'dateTimeAsIso':
    case 'dateTimeFromNow':
      return `${rounded((now - value) / 1000)} s ago`;
    case 'short':
      return rounded(value);
    default:
      return `${value} as ${unit}`;
  }
}
