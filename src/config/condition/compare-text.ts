import type { ASTNode } from '@marcbachmann/cel-js';
import { formatDuration, parseDuration } from '../../domain/text/duration.ts';
import { parseRatio } from '../../domain/text/ratio.ts';
import type { TextProblem } from '../problem.ts';

/** What a signal or budget reads compared with a text: what to write for the number that was meant. */
export function compareTextProblem(
  operator: string,
  [left, right]: readonly [ASTNode, ASTNode],
): TextProblem | undefined {
  const literal = textOf(left) === undefined ? right : left;
  const read = literal === left ? right : left;
  const text = textOf(literal);
  if (text === undefined || read.op !== 'rcall') return undefined;
  return {
    code: 'cel-type',
    within: { from: literal.range.start, to: literal.range.end },
    message: `\`${operator}\` compares with a number here, and not with the text "${text}"`,
    hint: hintFor(text, read.args[0] === 'budgetExhaustedIn'),
  };
}

function textOf(node: ASTNode): string | undefined {
  return node.op === 'value' && typeof node.args === 'string' ? node.args : undefined;
}

function hintFor(text: string, isTime: boolean): string {
  if (isTime) return secondsHint(text);
  const value = parseRatio(text);
  return value === undefined ? 'write a number, without a unit and without quotes' : `write ${value}, without quotes`;
}

/** How to write a time in a condition. */
export function secondsHint(text: string): string {
  const ms = parseDuration(text);
  const [seconds, words] = ms === undefined ? [86_400, '1d'] : [ms / 1000, formatDuration(ms)];
  return `write seconds, without quotes: ${seconds}.0 for ${words}`;
}
