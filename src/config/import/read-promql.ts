import type { SyntaxNode } from '@lezer/common';
import type { TextProblem } from '../problem.ts';
import { parsePromql } from '../promql/parse-promql.ts';
import { tell, type InputPart } from './input-part.ts';

/** A query of the input as a tree. Its offsets are those of the text as it was written. */
export interface InputQuery {
  readonly part: InputPart;
  /** With a range in the place of each placeholder. */
  readonly text: string;
  readonly expression: SyntaxNode;
}

/** Stands for the window in a query; no window that somebody writes is a prime number of seconds this large. */
export const placeholderRange = '7919s';

/** `{{.window}}` of Sloth; `$__rate_interval`, `[$window]` and `${window}` of what people copy from dashboards. */
const placeholder = /\{\{-?\s*\.\w+\s*-?\}\}|\$\{\w+\}|\$\w+/g;

/** Reads a query with placeholders for its window, or names why it cannot be read. */
export function readPromql(part: InputPart): InputQuery | undefined {
  const written = typeof part.value === 'string' ? part.value : '';
  const text = written.replaceAll(/\[\s*([^[\]]*)\]/g, (range) =>
    range.replaceAll(placeholder, (each) => placeholderRange.padEnd(each.length)),
  );
  const parsed = parsePromql(text);
  if ('promql' in parsed) {
    tellVariable(part, text);
    return { part, text, expression: parsed.promql.expression };
  }
  const template = /\{\{.*?\}\}/s.exec(text);
  if (template === null) return nameProblem(part, parsed.problem);
  const within = { from: template.index, to: template.index + template[0].length };
  const message = 'a template stands here that is no window, so this query was not carried over';
  return tell(part, { kind: 'lost', within, message, hint: 'write out what it stands for' });
}

/** Manifests that pass through a substitution hold variables where a label's value belongs, which is PromQL all the same. */
function tellVariable(part: InputPart, text: string): void {
  const found = /\$(?:[A-Za-z_]\w*|\{\w+\})/.exec(text);
  if (found === null) return;
  const within = { from: found.index, to: found.index + found[0].length };
  const message = `\`${found[0]}\` is a variable of what puts this file in place; it was carried over as written`;
  tell(part, { kind: 'suspicious', within, message, hint: 'import what is in the cluster, or write out its value' });
}

/** Names a problem inside a query as the reason why it was not carried over. */
export function nameProblem(part: InputPart, { within, message, hint }: TextProblem): undefined {
  const fate = { kind: 'lost', within, message: `${message}, so this was not carried over` } as const;
  return tell(part, hint === undefined ? fate : { ...fate, hint });
}

export function nameProblems(part: InputPart, problems: readonly TextProblem[]): undefined {
  for (const problem of problems) nameProblem(part, problem);
}
