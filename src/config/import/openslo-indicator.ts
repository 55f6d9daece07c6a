import { gaugeQuery } from '../promql/gauge-query.ts';
import { dividedSignal, eventSignal, type CountedSignal } from './event-signal.ts';
import { nodesNamed } from '../promql/parse-promql.ts';
import { settle, tell, type InputPart } from './input-part.ts';
import { resolve, type OpenSloObjects } from './openslo-objects.ts';
import { nameProblems, readPromql, type InputQuery } from './read-promql.ts';
import { mappingAt, partAt, takeFlag, takeText, tellAt } from './take-input.ts';

export interface Indicator extends CountedSignal {
  /** Name of the data source. */
  readonly source?: string;
}

/** Stores that speak PromQL. */
const promqlTypes = /^(?:prometheus|prom|promql|thanos|cortex|mimir|victoria-?metrics|grafana-?mimir|amp|gmp)$/i;

/** Reads the indicator of an SLO or of an objective, inline or by reference; undefined where there is none, or it was named. */
export function readIndicator(part: InputPart, index: OpenSloObjects): Indicator | undefined {
  const referred = resolve(part, 'SLI', 'indicator', 'indicatorRef', index);
  // In v1alpha an indicator has no metadata, and so no spec beside it.
  const isBare = referred !== undefined && partAt(referred.object, 'spec') === undefined;
  const spec = referred === undefined || isBare ? referred?.object : mappingAt(referred.object, 'spec');
  if (referred === undefined || spec === undefined) return undefined;
  takeText(spec, 'description');
  const ratio = mappingAt(spec, 'ratioMetric');
  const threshold = mappingAt(spec, 'thresholdMetric');
  if (ratio !== undefined && threshold !== undefined) {
    tell(threshold, {
      kind: 'lost',
      at: 'key',
      message: 'both a ratio and a threshold are given; the ratio was taken',
    });
  }
  if (ratio !== undefined) return readRatio(ratio);
  if (threshold !== undefined) return readThreshold(threshold);
  return tell(spec, {
    kind: 'lost',
    at: 'key',
    message: 'this indicator is neither a ratioMetric nor a thresholdMetric, so it was not carried over',
  });
}

/** Reads a ratio of events; in v1alpha `counter` is called `incremental`. */
export function readRatio(ratio: InputPart): Indicator | undefined {
  const isCounter = takeFlag(ratio, 'counter') ?? takeFlag(ratio, 'incremental') ?? false;
  const raw = sourceAt(ratio, 'raw');
  if (raw !== undefined) {
    const rawType = takeText(ratio, 'rawType');
    const signal = dividedSignal(raw.query, rawType === 'failure' ? 'bad' : 'good', 'any');
    return signal === undefined ? undefined : { ...signal, ...raw.source };
  }
  const [good, bad, total] = [sourceAt(ratio, 'good'), sourceAt(ratio, 'bad'), sourceAt(ratio, 'total')];
  const numerator = good ?? bad;
  if (good !== undefined && bad !== undefined) {
    tellAt(ratio, 'bad', { kind: 'lost', message: 'both `good` and `bad` are given; the good events were taken' });
  }
  if (numerator === undefined || total === undefined) {
    const [isGood, isBad, isTotal, isRaw] = ['good', 'bad', 'total', 'raw'].map(
      (key) => partAt(ratio, key) !== undefined,
    );
    // What is there and cannot be read was named already.
    if (isRaw !== true && !(isTotal === true && (isGood === true || isBad === true)))
      tell(ratio, {
        kind: 'lost',
        at: 'key',
        message: 'a ratio needs good or bad, and total, so this was not carried over',
      });
    return undefined;
  }
  const signal = eventSignal(good === undefined ? 'bad' : 'good', numerator.query, total.query, 'any');
  if (signal === undefined) return undefined;
  if (!isCounter && isBare(numerator.query)) {
    const message =
      'without `counter: true` these queries give numbers of events by themselves; they were read as counters, which only grow';
    tell(ratio, {
      kind: 'suspicious',
      at: 'key',
      message,
      hint: 'if they are no counters, declare the ratio as a gauge by hand',
    });
  }
  if (numerator.source.source !== total.source.source) {
    const message = 'the two counts come from two data sources, and a service reads one; that of the total was taken';
    tell(ratio, { kind: 'lost', at: 'key', message });
  }
  return { ...signal, ...total.source };
}

/** Whether a query has no range. */
function isBare({ expression }: InputQuery): boolean {
  return nodesNamed(expression, 'MatrixSelector').length === 0;
}

function readThreshold(threshold: InputPart): Indicator | undefined {
  const read = readMetricSource(threshold);
  if (read === undefined) return undefined;
  const { query, source } = read;
  const { text } = query;
  const parsed = gaugeQuery(text, []);
  if (parsed.query === undefined) return nameProblems(query.part, parsed.problems);
  settle(query.part);
  // A placeholder has no meaning to Prometheus: five minutes is what the other tools put there.
  return { signal: { kind: 'gauge', query: text.replaceAll(/7919s\s*/g, '5m').trim() }, by: [], ...source };
}

interface ReadSource {
  readonly query: InputQuery;
  readonly source: { readonly source?: string };
}

function sourceAt(ratio: InputPart, key: string): ReadSource | undefined {
  const part = mappingAt(ratio, key);
  return part === undefined ? undefined : readMetricSource(part);
}

/** Reads `metricSource`, with its query in PromQL; in v1alpha what stands in it stands in its place. */
function readMetricSource(part: InputPart): ReadSource | undefined {
  const metric = mappingAt(part, 'metricSource');
  const isAlpha = metric === undefined && partAt(part, 'query') !== undefined;
  if (isAlpha) return readQuery(part, part, takeText(part, 'source'), takeText(part, 'queryType'));
  if (metric === undefined)
    return tell(part, {
      kind: 'lost',
      at: 'key',
      message: 'a metricSource is missing here, so this was not carried over',
    });
  const name = takeText(metric, 'metricSourceRef');
  const type = takeText(metric, 'type');
  return readQuery(metric, mappingAt(metric, 'spec'), name, type);
}

function readQuery(
  metric: InputPart,
  spec: InputPart | undefined,
  name: string | undefined,
  type: string | undefined,
): ReadSource | undefined {
  if (type !== undefined && !promqlTypes.test(type)) {
    const message = `\`${type}\` has another query language than PromQL, so this was not carried over`;
    settle(metric);
    return tell(partAt(metric, 'type') ?? partAt(metric, 'queryType') ?? metric, { kind: 'lost', message });
  }
  const queryPart = spec === undefined ? undefined : (partAt(spec, 'query') ?? partAt(spec, 'promql'));
  if (queryPart === undefined)
    return tell(metric, {
      kind: 'lost',
      at: 'key',
      message: 'no query stands here (spec: query:), so this was not carried over',
    });
  const query = readPromql(queryPart);
  return query === undefined ? undefined : { query, source: name === undefined ? {} : { source: name } };
}
