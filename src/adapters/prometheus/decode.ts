import { failed } from './failure.ts';
import type { Failed } from './failure.ts';
import { QueryDataWire } from './wire.ts';

export type Labels = Readonly<Record<string, string>>;

/** One series of a result: its labels and its points, times in ms. */
export interface ResultSeries {
  readonly labels: Labels;
  readonly points: readonly ResultPoint[];
}

export interface ResultPoint {
  readonly at: number;
  readonly value: number;
}

export type Decoded =
  { readonly kind: 'ok'; readonly isScalar?: true; readonly series: readonly ResultSeries[] } | Failed;

const noLabels: Labels = {};

/** Reads the payload of an instant query, a vector or the one number of a scalar; every point stands at the instant asked for, `at`. */
export function decodeInstant(data: unknown, at: number): Decoded {
  const parsed = QueryDataWire.safeParse(data);
  if (!parsed.success) return malformed('has no resultType and result');
  const { resultType, result } = parsed.data;
  if (!Array.isArray(result)) return malformed('is not a list');
  if (resultType === 'scalar') {
    const point = readPoint(result);
    if (point === undefined) return malformed('holds no number');
    return { kind: 'ok', isScalar: true, series: [{ labels: noLabels, points: [{ at, value: point.value }] }] };
  }
  if (resultType !== 'vector') return malformed(`is a ${resultType}, not a vector`);
  return decodeItems(result, (item) => {
    const point = readPoint(item['value']);
    return point === undefined ? undefined : [{ at, value: point.value }];
  });
}

/** Reads the payload of a range query. */
export function decodeRange(data: unknown): Decoded {
  const parsed = QueryDataWire.safeParse(data);
  if (!parsed.success) return malformed('has no resultType and result');
  const { resultType, result } = parsed.data;
  if (!Array.isArray(result)) return malformed('is not a list');
  if (resultType !== 'matrix') return malformed(`is a ${resultType}, not a matrix`);
  return decodeItems(result, (item) => {
    const values = item['values'];
    if (!Array.isArray(values)) return undefined;
    const points: ResultPoint[] = [];
    for (const pair of values) {
      const point = readPoint(pair);
      if (point === undefined) return undefined;
      points.push(point);
    }
    return points;
  });
}

// By hand and not by schema: this runs for each sample of each poll.
function decodeItems(
  result: readonly unknown[],
  pointsOf: (item: Readonly<Record<string, unknown>>) => readonly ResultPoint[] | undefined,
): Decoded {
  const series: ResultSeries[] = [];
  for (const item of result) {
    if (!isRecord(item)) return malformed('holds an item that is not a series');
    const labels = item['metric'] ?? noLabels;
    if (!isRecord(labels)) return malformed('holds a series without labels');
    for (const name in labels) {
      if (typeof labels[name] !== 'string') return malformed('holds a label that is not text');
    }
    const points = pointsOf(item);
    if (points === undefined) {
      // One query is to blame for that; the others are asked again without it.
      const isHistogram = 'histogram' in item || 'histograms' in item;
      return isHistogram
        ? malformed('holds a histogram where a number belongs', 'query')
        : malformed('holds a sample that is not a number');
    }
    series.push({ labels: labels as Labels, points });
  }
  return { kind: 'ok', series };
}

function readPoint(pair: unknown): ResultPoint | undefined {
  if (!Array.isArray(pair) || pair.length !== 2) return undefined;
  const [seconds, text] = pair as readonly unknown[];
  if (typeof seconds !== 'number' || typeof text !== 'string') return undefined;
  const value = readNumber(text);
  return value === undefined ? undefined : { at: Math.round(seconds * 1_000), value };
}

/** A number as the API writes it; undefined when it is none. */
export function readNumber(text: string): number | undefined {
  if (text === '') return undefined;
  const value = Number(text);
  if (!Number.isNaN(value)) return value;
  if (text === 'NaN') return Number.NaN;
  if (text === '+Inf' || text === 'Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function malformed(what: string, scope: 'query' | 'source' = 'source'): Failed {
  return failed('bad-response', `the result ${what}`, { scope });
}
