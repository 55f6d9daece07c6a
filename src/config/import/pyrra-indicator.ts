import { parseDuration } from '../../domain/text/duration.ts';
import { expressionsIn } from '../promql/parse-promql.ts';
import { eventSignal, type CountedSignal } from './event-signal.ts';
import { settle, tell, type InputPart } from './input-part.ts';
import { readPromql, type InputQuery } from './read-promql.ts';
import { itemsAt, mappingAt, partAt, refuse, takeText } from './take-input.ts';

/** Reads Pyrra's indicator: what is counted, split by its grouping. What stands in the way is named. */
export function readPyrraIndicator(indicator: InputPart): CountedSignal | undefined {
  const kinds = ['ratio', 'latency', 'latencyNative', 'bool_gauge'] as const;
  const given = kinds.flatMap((kind) => {
    const part = mappingAt(indicator, kind);
    return part === undefined ? [] : [{ kind, part }];
  });
  const [first, ...others] = given;
  if (first === undefined || others.length > 0) {
    const message =
      first === undefined
        ? 'this indicator is none of ratio, latency, latencyNative and bool_gauge, so this was not carried over'
        : 'this indicator is several things at once, so this was not carried over';
    for (const { part } of given) settle(part);
    return tell(indicator, { kind: 'lost', at: 'key', message });
  }
  const { kind, part } = first;
  const by = itemsAt(part, 'grouping').flatMap((item) => {
    settle(item);
    return typeof item.value === 'string' ? [item.value] : (refuse(item, 'the name of a label') ?? []);
  });
  const read = signalOf(kind, part, by);
  return read === undefined ? undefined : { ...read, by };
}

function signalOf(
  kind: 'ratio' | 'latency' | 'latencyNative' | 'bool_gauge',
  part: InputPart,
  by: readonly string[],
): Pick<CountedSignal, 'signal'> | undefined {
  switch (kind) {
    case 'ratio':
    case 'latency': {
      const numerator = selectorAt(part, kind === 'ratio' ? 'errors' : 'success');
      const total = selectorAt(part, 'total');
      if (numerator === undefined || total === undefined) return undefined;
      return eventSignal(kind === 'ratio' ? 'bad' : 'good', numerator, total, 'any');
    }
    case 'latencyNative': {
      const total = selectorAt(part, 'total');
      const ms = parseDuration(takeText(part, 'latency') ?? '');
      if (total === undefined) return undefined;
      if (ms === undefined || ms === 0) return refuse(partAt(part, 'latency') ?? part, 'a latency such as 200ms');
      return { signal: { kind: 'latency', histogram: total.text.trim(), thresholdMs: ms, native: true } };
    }
    case 'bool_gauge': {
      const query = queryAt(part);
      const grouping = by.length === 0 ? '' : ` by (${by.join(', ')}) `;
      return query === undefined
        ? undefined
        : { signal: { kind: 'gauge', query: `avg${grouping}(${query.text.trim()})` } };
    }
  }
}

function selectorAt(part: InputPart, key: string): InputQuery | undefined {
  const found = mappingAt(part, key);
  if (found !== undefined) return queryAt(found);
  return tell(part, { kind: 'lost', at: 'key', message: `\`${key}\` is missing here, so this was not carried over` });
}

/** The plain selector that Pyrra asks for; it could not use anything else either. */
function queryAt(part: InputPart): InputQuery | undefined {
  const metric = partAt(part, 'metric');
  if (metric === undefined)
    return tell(part, { kind: 'lost', at: 'key', message: 'no metric is named here, so this was not carried over' });
  const query = readPromql(metric);
  if (query === undefined) return undefined;
  settle(metric);
  if (query.expression.name === 'VectorSelector') return query;
  const [selector] = expressionsIn(query.expression);
  if (query.expression.name === 'OffsetExpr' && selector?.name === 'VectorSelector') {
    const off = query.text.slice(selector.to, query.expression.to).trim();
    const message = `\`${off}\` was taken off: Andon learns by itself how late samples land, and waits for them`;
    tell(metric, { kind: 'changed', within: { from: selector.to, to: query.expression.to }, message });
    return readPromql({ ...metric, value: query.text.slice(0, selector.to) });
  }
  return tell(metric, {
    kind: 'lost',
    message: 'this is no plain selector, which is all that Pyrra takes, so this was not carried over',
  });
}
