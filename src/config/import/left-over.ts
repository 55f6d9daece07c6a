import { suggest } from '../did-you-mean.ts';
import { isMapping, pathKey, tell, type InputPart } from './input-part.ts';

/** Names everything in a document that nobody took: so that nothing is dropped silently, whatever the file holds. */
export function nameLeftOvers(part: InputPart): void {
  const { value, path, document } = part;
  if (isSettled(part) || isEmpty(value)) return;
  const asked = document.asked.get(pathKey(path));
  if (Array.isArray(value)) {
    value.forEach((item: unknown, index) => nameLeftOvers({ value: item, path: [...path, index], document }));
    return;
  }
  if (isMapping(value) && asked !== undefined) {
    for (const [key, child] of Object.entries(value)) {
      nameUnasked({ value: child, path: [...path, key], document }, key, asked);
    }
    return;
  }
  tell(part, { kind: 'lost', message: 'this has no equivalent that is known here, so it was not carried over' });
}

function nameUnasked(child: InputPart, key: string, asked: ReadonlySet<string>): void {
  if (asked.has(key)) return nameLeftOvers(child);
  if (isSettled(child) || isEmpty(child.value)) return;
  const hint = suggest(key, [...asked]);
  const message = `\`${key}\` is no key that is known here, so it was not carried over`;
  tell(child, { kind: 'lost', at: 'key', message, ...(hint === undefined ? {} : { hint }) });
}

function isSettled({ path, document }: InputPart): boolean {
  return document.settled.has(pathKey(path));
}

/** Null, `{}` and `[]` say nothing that could get lost. */
function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === 'object' && Object.keys(value).length === 0);
}
