import type { ASTNode } from '@marcbachmann/cel-js';
import type { TextProblem } from '../problem.ts';
import type { SignalKinds } from './signal-kinds.ts';
import { constantOf } from './constant-of.ts';

type Comparison = '<' | '<=' | '>' | '>=' | '==' | '!=';

/** A share compared with a number that no share can reach; nearly always a percentage. */
export function compareProblem(
  operator: Comparison,
  [left, right]: readonly [ASTNode, ASTNode],
  signals: SignalKinds,
): TextProblem | undefined {
  const signal = shareRead(left, signals) ?? shareRead(right, signals);
  const literal = shareRead(left, signals) === undefined ? left : right;
  const constant = constantOf(literal);
  if (signal === undefined || constant === undefined) return undefined;
  const written = literal.input.slice(literal.range.start, literal.range.end);
  if (constant > 1) {
    return {
      code: 'ratio-out-of-range',
      within: { from: literal.range.start, to: literal.range.end },
      message: `\`${signal}\` is a share between 0 and 1, never ${written}`,
      ...(constant <= 100 ? { hint: `did you mean ${Number(`${constant}e-2`)}?` } : {}),
    };
  }
  const below = literal === right ? operator === '<' : operator === '>';
  if (constant < 0 || (constant === 0 && below)) {
    return {
      code: 'ratio-out-of-range',
      within: { from: literal.range.start, to: literal.range.end },
      message: `\`${signal}\` is a share between 0 and 1, so it is never below 0`,
    };
  }
  // As if the signal stood on the left.
  const seen = literal === right ? operator : mirrored[operator];
  const within = { from: literal.range.start, to: literal.range.end };
  const always =
    seen === '<=' && constant === 1 ? 'at most 1' : seen === '>=' && constant === 0 ? 'at least 0' : undefined;
  if (always !== undefined) {
    return {
      code: 'condition-always-true',
      severity: 'warning',
      within,
      message: `\`${signal}\` is a share between 0 and 1, so it is always ${always}`,
      hint: seen === '<=' ? 'did you mean a bound below 1, as in < 0.99?' : 'did you mean a bound above 0?',
    };
  }
  if (seen === '>' && constant === 1) {
    return {
      code: 'condition-never-true',
      severity: 'warning',
      within,
      message: `\`${signal}\` is a share between 0 and 1, so it is never above 1`,
      hint: 'a share counts what is good: did you mean <?',
    };
  }
  return undefined;
}

const mirrored = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '==': '==', '!=': '!=' } as const;

function shareRead(node: ASTNode, signals: SignalKinds): string | undefined {
  if (node.op !== 'rcall' || node.args[0] !== 'over') return undefined;
  const receiver = node.args[1];
  if (receiver.op !== 'id') return undefined;
  const kind = signals.get(receiver.args);
  return kind === 'ratio' || kind === 'latency' ? receiver.args : undefined;
}
