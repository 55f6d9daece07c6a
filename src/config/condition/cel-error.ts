import { ParseError, TypeError } from '@marcbachmann/cel-js';
import type { TextProblem } from '../problem.ts';
import { secondsHint } from './compare-text.ts';

/** What the CEL library has to say, in our words where we have better ones. Rethrows what is no complaint about the text. */
export function celErrorProblem(text: string, error: unknown): TextProblem {
  if (!(error instanceof ParseError) && !(error instanceof TypeError)) throw error;
  const { start = 0, end = start } = error.range ?? {};
  const within = { from: start, to: Math.max(end, Math.min(start + 1, text.length)) };
  const code = error instanceof ParseError ? 'cel-syntax' : 'cel-type';
  const { message, hint = hintForUnit(text) } = inWords(error.summary);
  return { code, within, message, ...(hint === undefined ? {} : { hint }) };
}

/** A number with a unit, as in `< 1d`, is no number to CEL. */
function hintForUnit(text: string): string | undefined {
  const [written] = /(?<![\w."])\d+(?:ms|[smhdw])\b(?!")/.exec(text) ?? [];
  if (written === undefined) return undefined;
  return text.includes('budgetExhaustedIn') ? secondsHint(written) : 'numbers have no units in a condition';
}

const celTypes: Readonly<Record<string, string>> = {
  Share: 'a signal',
  Gauge: 'a signal',
  double: 'a number',
  int: 'a whole number',
  string: 'a text',
  bool: 'a truth value',
};

function inWords(summary: string): { message: string; hint?: string } {
  if (summary === 'Unexpected token: EOF') return { message: 'this condition ends too early' };
  const overload = /^no such overload: (\w+) (\S+) (\w+)$/.exec(summary);
  if (overload === null) return { message: summary.charAt(0).toLowerCase() + summary.slice(1) };
  const [, left = '', operator = '', right = ''] = overload;
  const message = `\`${operator}\` does not go between ${celTypes[left] ?? left} and ${celTypes[right] ?? right}`;
  const types = new Set([left, right]);
  if (types.has('Share') || types.has('Gauge')) {
    return { message, hint: 'read the signal over a window first, as in success_rate.over("5m")' };
  }
  if (types.has('string')) return { message, hint: 'write the number without quotes' };
  if (types.has('int') && types.has('double'))
    return { message, hint: 'CEL keeps whole numbers apart: write 2.0, not 2' };
  return { message };
}
