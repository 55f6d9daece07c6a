import { bucketBoundMatcher } from '../../domain/reading/bucket-bound.ts';
import type { CounterTerm } from '../../domain/service/service.ts';
import type { TextProblem } from '../problem.ts';
import { parsePromql } from './parse-promql.ts';
import { readSelector, type Selector } from './selector.ts';

/** What a latency signal counts: requests at or under the threshold, and all of them. */
export interface HistogramTerms {
  readonly numerator: CounterTerm;
  readonly total: CounterTerm;
}

/** Reads a histogram selector, `http_request_duration_seconds{job="shop"}`, as the two counters it stands for. */
export function histogramTerms(
  text: string,
  thresholdSeconds: number,
  native: boolean,
): { readonly terms?: HistogramTerms; readonly problems: readonly TextProblem[] } {
  const parsed = parsePromql(text);
  if ('problem' in parsed) return { problems: [parsed.problem] };
  let node = parsed.promql.expression;
  while (node.name === 'ParenExpr' && node.firstChild !== null) node = node.firstChild;
  if (node.name !== 'VectorSelector') {
    const within = { from: node.from, to: node.to };
    const hint = 'write the bare histogram by its base name; Andon counts its buckets itself';
    return {
      problems: [{ code: 'promql-not-a-histogram', within, message: 'this is no plain histogram selector', hint }],
    };
  }
  const { selector, problems: faults } = readSelector(text, node);
  const problems = [...faults, ...histogramProblems(selector)];
  if (problems.length > 0 || selector.name === undefined) return { problems };
  return {
    terms: native ? nativeTerms(selector, thresholdSeconds) : classicTerms(selector, thresholdSeconds),
    problems,
  };
}

function histogramProblems(selector: Selector): readonly TextProblem[] {
  const { name } = selector;
  const problem = (message: string, hint: string, within: { from: number; to: number } = selector): TextProblem => ({
    code: 'promql-not-a-histogram',
    message,
    hint,
    within: { from: within.from, to: within.to },
  });
  if (name === undefined) return [problem('a histogram needs its name', 'write it in front of the braces')];
  const suffix = /_(?:bucket|count|sum)$/.exec(name)?.[0];
  const problems: TextProblem[] = [];
  if (suffix !== undefined) {
    const base = name.slice(0, -suffix.length);
    problems.push(problem(`\`${name}\` is one part of a histogram`, `write its base name: ${base}`));
  }
  const le = selector.matchers.find(({ label }) => label === 'le');
  if (le !== undefined) problems.push(problem('the bucket is chosen by the threshold', 'leave `le` out', le));
  return problems;
}

function classicTerms(selector: Selector, thresholdSeconds: number): HistogramTerms {
  const part = (suffix: string, extra: readonly string[] = []): CounterTerm => {
    const text = rename(selector, suffix, extra);
    return { sign: 1, selector: text, at: [text, ''] };
  };
  return { numerator: part('_bucket', [bucketBoundMatcher(thresholdSeconds)]), total: part('_count') };
}

function nativeTerms(selector: Selector, thresholdSeconds: number): HistogramTerms {
  const { text } = selector;
  return {
    numerator: {
      sign: 1,
      selector: text,
      // A histogram that counted nothing has no fraction (NaN), which `>= 0` drops.
      at: [`((histogram_fraction(-Inf, ${thresholdSeconds}, ${text}`, `) * histogram_count(${text}`, ')) >= 0)'],
    },
    total: { sign: 1, selector: text, at: [`histogram_count(${text}`, ')'] },
  };
}

function rename(selector: Selector, suffix: string, extra: readonly string[]): string {
  const name = `${selector.name}${suffix}`;
  const matchers = [...selector.matchers.map(({ text }) => text), ...extra];
  if (!/^[A-Za-z_:][\w:]*$/.test(name)) return `{${[JSON.stringify(name), ...matchers].join(',')}}`;
  return matchers.length === 0 ? name : `${name}{${matchers.join(',')}}`;
}
