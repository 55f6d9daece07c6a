import type { VariableModel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { RealServer } from '../../support/real-server.ts';
import { filledIn } from './promql-words.ts';
import type { ShippedQuery } from './shipped.ts';

/** The time that a dashboard shows, ms since the epoch. */
export interface Shown {
  readonly from: number;
  readonly to: number;
  /** What counters that go along are looked at over. Default `4s`. */
  readonly rateInterval?: string;
}

export type Values = Readonly<Record<string, string>>;

type Point = readonly [at: number, value: string];

export interface Series {
  readonly metric: Values;
  readonly points: readonly Point[];
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data?: {
    readonly result: readonly {
      readonly metric: Values;
      readonly value?: Point;
      readonly values?: readonly Point[];
    }[];
  };
}

/** Asks as Grafana does, with its variables filled in. Rejects with what the server says is wrong. */
export async function ask(
  server: RealServer,
  { expr, isInstant }: Pick<ShippedQuery, 'expr' | 'isInstant'>,
  values: Values,
  shown: Shown,
): Promise<readonly Series[]> {
  const query = filledIn(expr, { ...values, ...durations(shown) });
  const { start, end } = seconds(shown);
  const { status, error, data } = isInstant
    ? await get<Answer>(server, 'query', { query, time: end })
    : await get<Answer>(server, 'query_range', { query, start, end, step: '0.1' });
  if (status !== 'success' || data === undefined) throw new Error(`${query}: ${error ?? status}`);
  return data.result.map(({ metric, value, values: points = [] }) => ({
    metric,
    points: value === undefined ? points : [value],
  }));
}

/**
 * What each variable stands for when all its values are picked, or the one of the story; one may stand in the
 * next. Rejects when there is nothing to pick.
 */
export async function valuesOf(server: RealServer, variables: readonly VariableModel[], shown: Shown): Promise<Values> {
  const values: Record<string, string> = {};
  for (const { name, definition, multi, allValue } of variables) {
    if (definition === undefined) continue;
    const data = await offered(server, filledIn(definition, values), shown);
    if (data.length === 0) throw new Error(`the variable ${name} has no values: ${definition}`);
    values[name] = multi === true ? (allValue ?? `(${data.join('|')})`) : (data.find((each) => each === 'shop') ?? '');
  }
  return values;
}

/** What a variable with such a query offers. */
export async function offered(server: RealServer, definition: string, shown: Shown): Promise<readonly string[]> {
  const [, series = '', label = ''] = /^label_values\((.*), (\w+)\)$/.exec(definition) ?? [];
  const query = { 'match[]': series, ...seconds(shown) };
  return (await get<{ readonly data: readonly string[] }>(server, `label/${label}/values`, query)).data;
}

function durations(shown: Shown): Values {
  const length = String(Math.ceil((shown.to - shown.from) / 1000));
  return { __range_s: length, __range: `${length}s`, __rate_interval: shown.rateInterval ?? '4s' };
}

function seconds({ from, to }: Shown): { readonly start: string; readonly end: string } {
  return { start: String(from / 1000), end: String(to / 1000) };
}

async function get<T>(server: RealServer, path: string, query: Values): Promise<T> {
  const response = await fetch(`${server.url}/api/v1/${path}?${new URLSearchParams(query).toString()}`);
  return (await response.json()) as T;
}
