import { isMapping, settle, tell, type InputPart } from './input-part.ts';
import { mappingAt, partAt } from './take-input.ts';

/** What a page says about an alert. */
export interface Annotations {
  readonly summary?: string;
  readonly runbook?: string;
}

const summaries = ['summary', 'title', 'message', 'description'];
const runbooks = ['runbook', 'runbook_url', 'runbookUrl', 'runbookURL'];

/** Annotations under a key: one summary and one runbook are carried over, everything else is named. */
export function takeAnnotations(part: InputPart, key: string): Annotations {
  const found = mappingAt(part, key);
  if (found === undefined) return {};
  const summary = firstOf(
    found,
    summaries,
    (text) => !text.includes('{{') && text.trim() !== '' && text.length <= 1000,
  );
  const runbook = firstOf(found, runbooks, (text) => {
    const url = URL.parse(text);
    return /^https?:$/.test(url?.protocol ?? '') && url?.username === '' && !/\s/.test(text);
  });
  for (const name of Object.keys(isMapping(found.value) ? found.value : {})) {
    if (name === summary?.name || name === runbook?.name) continue;
    const other = partAt(found, name);
    if (other === undefined) continue;
    const message = `the annotation \`${name}\` was not carried over`;
    tell(other, { kind: 'lost', at: 'key', message, hint: hintFor(name, other.value) });
  }
  return {
    ...(summary === undefined ? {} : { summary: summary.text }),
    ...(runbook === undefined ? {} : { runbook: runbook.text }),
  };
}

function firstOf(
  annotations: InputPart,
  names: readonly string[],
  isFit: (text: string) => boolean,
): { readonly name: string; readonly text: string } | undefined {
  for (const name of names) {
    const found = partAt(annotations, name);
    if (found === undefined || typeof found.value !== 'string' || !isFit(found.value)) continue;
    settle(found);
    return { name, text: found.value.trim() };
  }
  return undefined;
}

function hintFor(name: string, value: unknown): string {
  if (runbooks.includes(name)) return 'runbook: takes an absolute http or https URL';
  if (typeof value === 'string' && value.includes('{{'))
    return 'write it without a template as summary: of the rule; pages tell the values themselves';
  return 'a rule has one summary and one runbook; further facts fit into its labels, or into the template of a channel';
}
