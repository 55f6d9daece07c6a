import type { SyntaxNode } from '@lezer/common';
import { parseDuration } from '../../domain/text/duration.ts';
import type { TextProblem } from '../problem.ts';
import { expressionsIn, nodesNamed, parsePromql } from './parse-promql.ts';
import { readSelector } from './selector.ts';

export interface GaugeQuery {
  /** The vector selectors inside, without ranges and offsets. */
  readonly selectors: readonly string[];
  /** The longest range inside, nested ranges added up, ms. */
  readonly smearMs?: number;
}

/** Reads the PromQL of a gauge: anything that gives an instant vector or a scalar. */
export function gaugeQuery(
  text: string,
  by: readonly string[],
): { readonly query?: GaugeQuery; readonly problems: readonly TextProblem[] } {
  const parsed = parsePromql(text);
  if ('problem' in parsed) return { problems: [parsed.problem] };
  const { expression } = parsed.promql;
  const problems: TextProblem[] = [];
  const selectors: string[] = [];
  for (const node of nodesNamed(expression, 'VectorSelector')) {
    const { selector, problems: faults } = readSelector(text, node);
    problems.push(...faults);
    if (!selectors.includes(selector.text)) selectors.push(selector.text);
  }
  const whole = { from: expression.from, to: expression.to };
  if (isRange(expression)) {
    const hint = 'fold it into one number, as in avg_over_time(…) or rate(…)';
    problems.push({ code: 'promql-not-a-number', within: whole, message: 'this is a range, not one number', hint });
  }
  if (selectors.length === 0) {
    const message = 'this query reads no series';
    problems.push({ code: 'promql-not-a-number', within: whole, message, hint: 'select a metric' });
  }
  problems.push(...argumentProblems(text, expression), ...groupingProblems(text, expression, by));
  if (problems.length > 0) return { problems };
  const smearMs = longestRange(text, expression);
  return { query: { selectors, ...(smearMs > 0 ? { smearMs } : {}) }, problems };
}

/** Functions that fold a range; every other function takes instant values. */
const rangeFunctions =
  /^(?:rate|irate|increase|delta|idelta|deriv|predict_linear|changes|resets|double_exponential_smoothing|holt_winters|\w+_over_time)$/;

function argumentProblems(text: string, expression: SyntaxNode): readonly TextProblem[] {
  return nodesNamed(expression, 'FunctionCall').flatMap((call) => {
    const identifier = call.getChild('FunctionIdentifier');
    const body = call.getChild('FunctionCallBody');
    if (identifier === null || body === null) return [];
    const name = text.slice(identifier.from, identifier.to);
    const args = expressionsIn(body);
    const within = { from: call.from, to: call.to };
    if (rangeFunctions.test(name)) {
      if (args.some(isRange)) return [];
      const hint = 'give it one in brackets, as in [5m]';
      return [{ code: 'promql-type', within, message: `${name}() needs a range`, hint }];
    }
    const range = args.find(isRange);
    if (range === undefined) return [];
    const hint = 'fold the range first, as in avg_over_time(…)';
    return [
      { code: 'promql-type', within: { from: range.from, to: range.to }, message: `${name}() takes no range`, hint },
    ];
  });
}

/** Aggregations that keep the labels of what they pick. */
const picking = new Set(['Topk', 'Bottomk', 'LimitK', 'LimitRatio']);

/** An aggregation that drops a label the signal is split by would leave one group where many were asked for. */
function groupingProblems(text: string, expression: SyntaxNode, by: readonly string[]): readonly TextProblem[] {
  let node = expression;
  while (node.name === 'ParenExpr' && node.firstChild !== null) node = node.firstChild;
  if (by.length === 0 || node.name !== 'AggregateExpr') return [];
  if (picking.has(node.getChild('AggregateOp')?.firstChild?.name ?? '')) return [];
  const modifier = node.getChild('AggregateModifier');
  const listed = modifier === null ? '' : text.slice(modifier.from, modifier.to);
  const without = (modifier?.getChild('Without') ?? null) !== null;
  const labels = listed.match(/[A-Za-z_]\w*/g)?.slice(1) ?? [];
  const dropped = by.filter((label) => labels.includes(label) === without);
  if (dropped.length === 0) return [];
  return [
    {
      code: 'promql-grouping',
      within: modifier ?? { from: node.from, to: node.to },
      message: `the signal is split by ${dropped.join(', ')}, which this aggregation drops`,
      hint: `aggregate by (${by.join(', ')})`,
    },
  ];
}

function isRange(node: SyntaxNode): boolean {
  switch (node.name) {
    case 'MatrixSelector':
    case 'SubqueryExpr':
      return true;
    case 'ParenExpr':
    case 'OffsetExpr':
    case 'StepInvariantExpr':
    case 'AnchoredExpr':
    case 'SmoothedExpr': {
      const [inner] = expressionsIn(node);
      return inner !== undefined && isRange(inner);
    }
    default:
      return false;
  }
}

function longestRange(text: string, node: SyntaxNode): number {
  const inner = Math.max(0, ...nestedExpressions(node).map((child) => longestRange(text, child)));
  if (node.name !== 'MatrixSelector' && node.name !== 'SubqueryExpr') return inner;
  const range = node.getChild('DurationExpr');
  return inner + ((range === null ? undefined : parseDuration(text.slice(range.from, range.to).trim())) ?? 0);
}

function nestedExpressions(node: SyntaxNode): readonly SyntaxNode[] {
  const body = node.getChild('FunctionCallBody');
  return body === null ? expressionsIn(node) : expressionsIn(body);
}
