import type { DeclarationPath } from '../../domain/text/diagnostic.ts';
import type { CounterTerm, RatioSignal, Signal } from '../../domain/service/service.ts';
import type { Problem, Report, TextProblem } from '../problem.ts';
import { counterTerms } from '../promql/counter-terms.ts';
import { gaugeQuery } from '../promql/gauge-query.ts';
import { histogramTerms } from '../promql/histogram-terms.ts';
import type { SignalFile } from '../rule-file.ts';
import { checkGauge } from './check-gauge.ts';
import { checkRatio } from './check-ratio.ts';
import { thresholdUnit } from './threshold-unit.ts';

/** Turns a declared signal into what is polled; undefined when something in it is wrong, which is reported. */
export function buildSignal(name: string, file: SignalFile, report: Report): Signal | undefined {
  const path = ['spec', 'signals', name];
  const base = {
    name,
    by: file.by,
    maxGroups: file.maxGroups,
    ...(file.description === undefined ? {} : { description: file.description }),
  };
  const kinds = (['ratio', 'latency', 'gauge'] as const).filter((kind) => file[kind] !== undefined);
  if (kinds.length !== 1) {
    report({
      path,
      at: 'key',
      code: 'signal-kind',
      message:
        kinds.length === 0
          ? `signal \`${name}\` measures nothing`
          : `signal \`${name}\` is ${kinds.join(' and ')} at once`,
      hint: 'give exactly one of ratio, latency and gauge',
    });
    return undefined;
  }
  if (file.ratio !== undefined) return buildRatio(base, file.ratio, [...path, 'ratio'], report);
  if (file.latency !== undefined) return buildLatency(base, file.latency, [...path, 'latency'], report);
  return file.gauge === undefined ? undefined : buildGauge(base, file.gauge, [...path, 'gauge'], report);
}

type Base = Pick<Signal, 'name' | 'by' | 'maxGroups' | 'description'>;

function buildRatio(
  base: Base,
  file: NonNullable<SignalFile['ratio']>,
  path: DeclarationPath,
  report: Report,
): Signal | undefined {
  const numerator = file.good === undefined ? 'bad' : 'good';
  const numeratorText = file.good ?? file.bad;
  if (numeratorText === undefined || (file.good !== undefined && file.bad !== undefined)) {
    const message =
      numeratorText === undefined ? 'a ratio counts good or bad events' : 'a ratio counts good or bad events, not both';
    report({ path, at: 'key', code: 'signal-kind', message, hint: 'give exactly one of good and bad' });
    return undefined;
  }
  const numeratorTerms = readCounter(numeratorText, base.by, [...path, numerator], report);
  const totalTerms = readCounter(file.total, base.by, [...path, 'total'], report);
  if (numeratorTerms === undefined || totalTerms === undefined) return undefined;
  if (squeeze(numeratorText) === squeeze(file.total)) {
    const message = `\`${numerator}\` and \`total\` count the same events`;
    const hint =
      numerator === 'good'
        ? 'leave the failures out of good, as in code!~"5.."'
        : 'let bad match failures only, as in code=~"5.."';
    report({ path: [...path, numerator], code: 'ratio-of-one', message, hint });
    return undefined;
  }
  const signal: RatioSignal = { ...base, kind: 'ratio', numerator, numeratorTerms, totalTerms };
  checkRatio(signal, { numerator: numeratorText, total: file.total }, path, report);
  return signal;
}

function readCounter(
  text: string,
  by: readonly string[],
  path: DeclarationPath,
  report: Report,
): readonly CounterTerm[] | undefined {
  const { terms, problems } = counterTerms(text, by);
  reportIn(path, problems, report);
  return problems.length === 0 ? terms : undefined;
}

function buildLatency(
  base: Base,
  file: NonNullable<SignalFile['latency']>,
  path: DeclarationPath,
  report: Report,
): Signal | undefined {
  const thresholdSeconds = file.threshold / 1000;
  const { terms, problems } = histogramTerms(file.histogram, thresholdSeconds, file.native);
  reportIn([...path, 'histogram'], problems, report);
  if (terms === undefined || problems.length > 0) return undefined;
  const unit = thresholdUnit(file.histogram, file.threshold);
  if (unit !== undefined) report({ ...unit, path: [...path, 'threshold'] });
  return {
    ...base,
    kind: 'latency',
    histogram: file.histogram.trim(),
    native: file.native,
    thresholdSeconds,
    numerator: 'good',
    numeratorTerms: [terms.numerator],
    totalTerms: [terms.total],
  };
}

function buildGauge(
  base: Base,
  file: NonNullable<SignalFile['gauge']>,
  path: DeclarationPath,
  report: Report,
): Signal | undefined {
  const { query, problems } = gaugeQuery(file.query, base.by);
  reportIn([...path, 'query'], problems, report);
  if (query === undefined) return undefined;
  checkGauge(file.query, query.selectors, [...path, 'query'], report);
  return {
    ...base,
    kind: 'gauge',
    query: file.query.trim(),
    ...query,
    ...(file.unit === undefined ? {} : { unit: file.unit }),
  };
}

/** Hands on what is wrong inside one text. */
export function reportIn(path: DeclarationPath, problems: readonly TextProblem[], report: Report): void {
  for (const problem of problems) report({ ...problem, path } satisfies Problem);
}

function squeeze(text: string): string {
  return text.replaceAll(/\s+/g, '');
}
