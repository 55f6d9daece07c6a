import { bareSelector, metricName } from '../../domain/service/bare-selector.ts';
import type { Signal } from '../../domain/service/service.ts';
import type { Finding } from './live-finding.ts';
import type { Inspector } from '../ports/inspector.ts';

/** The type of a metric as its source tells it; undefined when the source does not know, or its targets disagree. */
export type TypeOf = (metric: string, abort: AbortSignal) => Promise<string | undefined>;

/** Asks for each metric once. A source that keeps no metadata is no reason for a word. */
export function rememberTypes(inspector: Inspector): TypeOf {
  const asked = new Map<string, Promise<string | undefined>>();
  const ask: TypeOf = async (metric, abort) => {
    const answer = await inspector.metricTypes(metric, abort);
    return answer.kind === 'ok' && answer.types.length === 1 ? answer.types[0] : undefined;
  };
  const remember: TypeOf = async (metric, abort) => {
    let known = asked.get(metric);
    if (known === undefined) asked.set(metric, (known = ask(metric, abort)));
    return await known;
  };
  return async (metric, abort) => {
    const type = await remember(metric, abort);
    // OpenMetrics names the family, without the suffix that its series have.
    const family = metric.replace(/_total$/, '');
    return type ?? (family === metric ? undefined : await remember(family, abort));
  };
}

/** Says when a metric is of another type than its signal takes it for. */
export async function checkMetricTypes(
  signal: Signal,
  typeOf: TypeOf,
  abort: AbortSignal,
): Promise<readonly Finding[]> {
  switch (signal.kind) {
    case 'latency':
      return [];
    case 'gauge': {
      const selector = bareSelector(signal);
      const name = selector === undefined ? undefined : metricName(selector);
      // By its name alone it has been reported already, whatever the source says.
      if (name === undefined || name.endsWith('_total') || (await typeOf(name, abort)) !== 'counter') return [];
      const message = `\`${name}\` is a counter: its value only grows, until its process starts anew`;
      const hint = `take its rate, as in sum(rate(${selector}[5m])); or declare a ratio, which counts events`;
      return [
        { path: ['gauge', 'query'], said: { severity: 'warning', code: 'live-gauge-of-a-counter', message, hint } },
      ];
    }
    case 'ratio':
      return [
        ...(await gaugesAmong(signal.numeratorTerms, ['ratio', signal.numerator], typeOf, abort)),
        ...(await gaugesAmong(signal.totalTerms, ['ratio', 'total'], typeOf, abort)),
      ];
  }
}

async function gaugesAmong(
  terms: readonly { readonly selector: string }[],
  path: Finding['path'],
  typeOf: TypeOf,
  abort: AbortSignal,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const name of new Set(terms.map(({ selector }) => metricName(selector)))) {
    if (name === undefined || (await typeOf(name, abort)) !== 'gauge') continue;
    const named = name.endsWith('_total') ? 'is a gauge, although it is named like a counter' : 'is a gauge';
    const message = `\`${name}\` ${named}: Andon counts how much it grows, which a gauge does not do`;
    const hint = name.endsWith('_total')
      ? 'if it only ever grows, let its exporter say so: TYPE counter; otherwise make it a gauge signal'
      : 'make it a gauge signal, or count events with a counter';
    findings.push({ path, said: { severity: 'warning', code: 'live-ratio-of-a-gauge', message, hint } });
  }
  return findings;
}
