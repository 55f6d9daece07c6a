import { metricName } from '../../domain/service/bare-selector.ts';
import type { RatioSignal } from '../../domain/service/service.ts';
import { sourceFailed, type Finding } from './live-finding.ts';
import type { Inspector } from '../ports/inspector.ts';

/** Says when series that count as good (or bad) are not among those of the total, as far as both are of one metric. */
export async function checkPartOfTotal(
  signal: RatioSignal,
  seriesLimit: number,
  inspector: Inspector,
  abort: AbortSignal,
): Promise<readonly Finding[]> {
  const [total, ...others] = signal.totalTerms;
  const path = ['ratio', signal.numerator];
  // Of several terms, what one leaves out another may count.
  if (total === undefined || others.length > 0 || signal.numeratorTerms.some(({ sign }) => sign === -1)) return [];
  const findings: Finding[] = [];
  for (const { selector } of signal.numeratorTerms) {
    const both = intersection(selector, total.selector);
    if (both === undefined) continue;
    const part = await inspector.series(selector, seriesLimit, abort);
    if (part.kind === 'failed') return [sourceFailed(path, part.failure.detail)];
    const inTotal = await inspector.series(both, seriesLimit, abort);
    if (inTotal.kind === 'failed') return [sourceFailed(path, inTotal.failure.detail)];
    const finding = judge(signal.numerator, part.series, inTotal.series, seriesLimit);
    if (finding !== undefined) findings.push({ path, said: finding });
  }
  return findings;
}

type Series = readonly Readonly<Record<string, string>>[];

function judge(side: 'good' | 'bad', part: Series, inTotal: Series, seriesLimit: number): Finding['said'] | undefined {
  if (part.length === 0) return undefined;
  if (inTotal.length === 0) {
    return {
      severity: 'error',
      code: 'live-outside-total',
      message: `no series of \`${side}\` is among those of \`total\``,
      hint: `what is ${side} is a part of the total: select both by the same labels`,
    };
  }
  // Cut lists cannot be compared.
  if (part.length >= seriesLimit || inTotal.length >= part.length) return undefined;
  const known = new Set(inTotal.map(key));
  const outside = part.find((series) => !known.has(key(series)));
  if (outside === undefined) return undefined;
  return {
    severity: 'warning',
    code: 'live-outside-total',
    message: `${part.length - inTotal.length} of ${part.length} series of \`${side}\` are not among those of \`total\`, such as ${shown(outside)}`,
    hint: 'narrow both in the same way, or the share can pass 100% and reads as impossible',
  };
}

/** A selector of what two selectors of one metric both match; undefined where that cannot be written down, or is told already. */
function intersection(one: string, other: string): string | undefined {
  const name = metricName(one);
  if (name === undefined || metricName(other) !== name || excludeEachOther(one, other)) return undefined;
  return `${name}{${[one, other].map(inside).filter(Boolean).join(',')}}`;
}

function inside(selector: string): string {
  const open = selector.indexOf('{');
  return open === -1 ? '' : selector.slice(open + 1, selector.lastIndexOf('}')).replace(/[\s,]+$/, '');
}

/** `andon check` says so without a source. */
function excludeEachOther(one: string, other: string): boolean {
  const values = new Map(pinned(one));
  return pinned(other).some(([label, value]) => values.has(label) && values.get(label) !== value);
}

function pinned(selector: string): readonly (readonly [string, string])[] {
  return [...selector.matchAll(/(\w+)\s*=\s*"([^"]*)"/g)].map(([, label = '', value = '']) => [label, value]);
}

function key(series: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(series).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function shown(series: Readonly<Record<string, string>>): string {
  const labels = Object.entries(series).filter(([label]) => label !== '__name__');
  return `{${labels.map(([label, value]) => `${label}=${JSON.stringify(value)}`).join(', ')}}`;
}
