import type { DeclaredKind, DeclaredPart } from './declaration-words.ts';

/** One thing that another declaration says otherwise. Texts are cut, round the first difference. */
export interface DefinitionChange {
  readonly what: DeclaredKind;
  /** Absent for what there is one of. */
  readonly name?: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** Which part of it changed, in words; absent for what was added or removed. */
  readonly field?: string;
  /** What it said; absent for what was added, and for a field that was not declared. */
  readonly from?: string;
  /** What it says; absent for what was removed, and for a field that is not declared any more. */
  readonly to?: string;
}

export interface DefinitionChanges {
  readonly changes: readonly DefinitionChange[];
  /** How many there are beyond those. */
  readonly further: number;
}

const mostChanges = 10;
/** Longest text of a change, in characters. */
const longestText = 160;
/** So many characters before the first difference tell where it is. */
const leadText = 40;

/** What a declaration says otherwise than the one before it: targets first, then rules, budgets, end state and signals. */
export function definitionChanges(before: readonly DeclaredPart[], after: readonly DeclaredPart[]): DefinitionChanges {
  const left = [...before];
  const pairs: (readonly [DeclaredPart | undefined, DeclaredPart | undefined])[] = [];
  // What is the same by name and words first, and what was renamed last: a name goes with what bore it.
  const unpaired = [isSame, hasName, hasFormerName, saysTheSame].reduce<readonly DeclaredPart[]>(
    (open, matches) =>
      open.filter((part) => {
        const index = left.findIndex((old) => old.what === part.what && matches(old, part));
        if (index < 0) return true;
        pairs.push([left[index], part]);
        left.splice(index, 1);
        return false;
      }),
    after,
  );
  pairs.push(...unpaired.map((part) => [undefined, part] as const), ...left.map((part) => [part, undefined] as const));
  const all = pairs
    .flatMap(([old, part]) => changesOf(old, part))
    .sort((a, b) => order.indexOf(a.what) - order.indexOf(b.what));
  return { changes: all.slice(0, mostChanges), further: Math.max(0, all.length - mostChanges) };
}

const order: readonly DeclaredKind[] = ['target', 'rule', 'error-budget', 'end-state', 'signal'];

function isSame(old: DeclaredPart, part: DeclaredPart): boolean {
  return hasName(old, part) && saysTheSame(old, part);
}

function hasName(old: DeclaredPart, part: DeclaredPart): boolean {
  return old.name === part.name;
}

function hasFormerName({ name }: DeclaredPart, { formerly = [] }: DeclaredPart): boolean {
  return name !== undefined && formerly.includes(name);
}

function saysTheSame(old: DeclaredPart, part: DeclaredPart): boolean {
  const fields = Object.keys({ ...old.fields, ...part.fields });
  return fields.every((field) => old.fields[field] === part.fields[field]);
}

function changesOf(old: DeclaredPart | undefined, part: DeclaredPart | undefined): readonly DefinitionChange[] {
  if (old === undefined) return part === undefined ? [] : [{ ...named(part), change: 'added', to: cut(whole(part)) }];
  if (part === undefined) return [{ ...named(old), change: 'removed', from: cut(whole(old)) }];
  const renamed: DefinitionChange[] =
    old.name === part.name
      ? []
      : [{ ...named(part), change: 'changed', field: 'name', ...fromTo(old.name, part.name) }];
  const fields = [...new Set([...Object.keys(old.fields), ...Object.keys(part.fields)])];
  return [
    ...renamed,
    ...fields
      .filter((field) => old.fields[field] !== part.fields[field])
      .map((field) => ({
        ...named(part),
        change: 'changed' as const,
        field,
        ...fromTo(old.fields[field], part.fields[field]),
      })),
  ];
}

function named({ what, name }: DeclaredPart): Pick<DefinitionChange, 'what' | 'name'> {
  return { what, ...(name === undefined ? {} : { name }) };
}

function whole({ what, fields }: DeclaredPart): string {
  const [first] = Object.keys(fields);
  // What a thing is told by says so without the name of its field.
  const isPlain = (field: string): boolean => field === 'severity' || (field === first && what !== 'signal');
  return Object.entries(fields)
    .map(([field, text]) => (isPlain(field) ? text : `${field} ${text}`))
    .join(', ');
}

function fromTo(from: string | undefined, to: string | undefined): Pick<DefinitionChange, 'from' | 'to'> {
  const at = from === undefined || to === undefined ? 0 : firstDifference(from, to);
  return { ...(from === undefined ? {} : { from: cut(from, at) }), ...(to === undefined ? {} : { to: cut(to, at) }) };
}

function firstDifference(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return at;
}

/** So much of a text round a place in it, in UTF-16 units, that people can see what is there. */
function cut(text: string, at = 0): string {
  if (text.length <= longestText) return text;
  const begin = Math.min(Math.max(0, at - leadText), text.length - longestText + 1);
  const room = longestText - (begin === 0 ? 0 : 1);
  const end = begin + room >= text.length ? text.length : begin + room - 1;
  const part = text.slice(begin, end).toWellFormed();
  return `${begin === 0 ? '' : '…'}${part}${end === text.length ? '' : '…'}`;
}
