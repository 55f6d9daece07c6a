import { createColors } from 'picocolors';
import type { Diagnostic } from '../domain/text/diagnostic.ts';
import { visibleText } from '../domain/text/visible-text.ts';

export interface RenderOptions {
  readonly colors: boolean;
}

/** A diagnostic as text for people: where, what, the source line with a caret, and what to write instead. */
export function renderDiagnostic(diagnostic: Diagnostic, { colors }: RenderOptions): string {
  const paint = createColors(colors);
  const { file, line, column, severity, code, message, hint } = diagnostic;
  const tone = severity === 'error' ? paint.red : paint.yellow;
  const lines = [
    // What stands in no file, such as a flag, is named in brackets and has no line.
    `${paint.bold(file.startsWith('(') ? file : `${file}:${line}:${column}`)}: ${tone(severity)} ${paint.dim(`[${code}]`)} ${printable(message)}`,
  ];
  const margin = ' '.repeat(String(line).length);
  if (diagnostic.excerpt !== undefined && diagnostic.excerpt.trim() !== '') {
    lines.push(`${paint.dim(` ${line} |`)} ${printable(diagnostic.excerpt)}`);
    lines.push(`${paint.dim(` ${margin} |`)} ${caretIndent(diagnostic.excerpt, column)}${tone(carets(diagnostic))}`);
  }
  if (hint !== undefined) lines.push(`${paint.dim(` ${margin} =`)} ${paint.cyan('hint')}: ${printable(hint)}`);
  return `${lines.join('\n')}\n`;
}

/** `2 errors, 1 warning in 3 files (4 services, 9 rules)`; of settings alone, where no rule file was read. */
export function renderSummary(facts: {
  readonly errors: number;
  readonly warnings: number;
  readonly files: number;
  readonly services: number;
  readonly rules: number;
}): string {
  const found = [count(facts.errors, 'error'), count(facts.warnings, 'warning')].filter(
    (text) => !text.startsWith('0'),
  );
  const verdict = found.length === 0 ? 'no problems' : found.join(', ');
  // Settings that cannot be read do not say where the rules are.
  if (facts.files === 0) return `${verdict} in the settings; rule files were not looked for\n`;
  return `${verdict} in ${count(facts.files, 'file')} (${count(facts.services, 'service')}, ${count(facts.rules, 'rule')})\n`;
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}

function carets({ column, endColumn }: Diagnostic): string {
  return '^'.repeat(Math.max(1, (endColumn ?? column + 1) - column));
}

/** Blank up to the caret; tabs stay tabs, so that both lines line up wherever tab stops are. */
function caretIndent(excerpt: string, column: number): string {
  return visibleText(excerpt.slice(0, column - 1))
    .replaceAll(/[\uDC00-\uDFFF]/g, '')
    .replaceAll(/[^\t]/g, ' ');
}

/** Control characters from a file must not reach the terminal. */
function printable(text: string): string {
  return visibleText(text.replaceAll(/(?!\t)\p{Cc}/gu, '\ufffd'));
}
