import { isMapping, settle, tell, type InputPart } from './input-part.ts';
import { mappingAt, partAt } from './take-input.ts';

export type Labels = Readonly<Record<string, string>>;

const longest = 1000;

/** Labels under a key, with names and values as Andon takes them; whatever is changed for that or left out is named. */
export function takeLabels(part: InputPart, key: string): Labels {
  const found = mappingAt(part, key);
  return found === undefined ? {} : labelsIn(found);
}

/** The labels of a mapping whose keys begin with a prefix, which they lose; the others are left to the caller. */
export function labelsIn(part: InputPart, prefix = ''): Labels {
  const labels: Record<string, string> = {};
  for (const key of Object.keys(isMapping(part.value) ? part.value : {})) {
    if (!key.startsWith(prefix)) continue;
    const found = partAt(part, key);
    if (found === undefined) continue;
    const value = labelValue(found);
    const name = key
      .slice(prefix.length)
      .replaceAll(/\W/g, '_')
      .replace(/^(?=\d)/, '_');
    if (value === undefined) continue;
    if (name !== key.slice(prefix.length))
      tell(found, { kind: 'changed', at: 'key', message: `the label \`${key}\` is called \`${name}\` now` });
    labels[name] = value;
  }
  return labels;
}

function labelValue(part: InputPart): string | undefined {
  const { value } = part;
  const list = Array.isArray(value) && value.every((each) => typeof each === 'string') ? value.join(',') : undefined;
  const text = list ?? scalarText(value);
  if (text === undefined || text === '' || text.length > longest) {
    const message = `a label holds a text of 1 to ${longest} characters, so this was not carried over`;
    return tell(part, { kind: 'lost', message });
  }
  if (list !== undefined)
    tell(part, { kind: 'changed', message: `a label holds one text: this list is \`${list}\` now` });
  settle(part);
  return text;
}

function scalarText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
