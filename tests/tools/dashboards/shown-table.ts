import { MappingType, type Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Series, Values } from './ask.ts';
import { leadsTo, lookOf, textOf, type Look } from './look.ts';
import { targetsOf } from './shipped.ts';

/** The answer to each query of a panel, by its letter. */
export type Answers = Readonly<Record<string, readonly Series[]>>;

type Row = Readonly<Record<string, string | number>>;

interface Organize {
  readonly excludeByName: Readonly<Record<string, boolean>>;
  readonly indexByName: Readonly<Record<string, number>>;
  readonly renameByName: Values;
}

/** How the fields of a table are called, ordered and left out. */
export function organizeOf({ transformations = [] }: Panel): Organize {
  const found = transformations.find(({ id }) => id === 'organize');
  if (found === undefined) throw new Error('the table does not say how its columns are called');
  return found.options as Organize;
}

/** The headings of a table and its rows, as Grafana merges, names, orders and sorts them. */
export function tableOf(panel: Panel, answers: Answers, now: number): readonly string[] {
  const rows = targetsOf(panel)
    .map(({ refId }, _, all) =>
      (answers[refId] ?? []).map(({ metric, points }): Row => ({
        ...metric,
        [all.length === 1 ? 'Value' : `Value #${refId}`]: Number(points.at(-1)?.[1]),
      })),
    )
    .reduce(merged, []);
  const { excludeByName, indexByName, renameByName } = organizeOf(panel);
  const fields = [...new Set(rows.flatMap((row) => Object.keys(row)))]
    .filter((field) => excludeByName[field] !== true)
    .toSorted((a, b) => (indexByName[a] ?? Infinity) - (indexByName[b] ?? Infinity));
  const headings = fields.map((field) => renameByName[field] ?? field);
  const named = rows.map((row): Row => Object.fromEntries(fields.map((field, at) => [headings[at], row[field] ?? ''])));
  const sorted = inOrder(named, (panel.options as { readonly sortBy?: readonly SortBy[] }).sortBy ?? [], headings);
  return [
    headings.join(' | '),
    ...sorted.map((row) =>
      headings.map((heading) => cell(row, heading, lookOf(panel.fieldConfig, heading), now)).join(' | '),
    ),
  ];
}

interface CellLook extends Look {
  readonly 'custom.cellOptions'?: { readonly type: string };
}

interface SortBy {
  readonly displayName: string;
  readonly desc?: boolean;
}

/** A column that there is not sorts nothing: Grafana leaves the rows as they are. */
function inOrder(rows: readonly Row[], [by]: readonly SortBy[], headings: readonly string[]): readonly Row[] {
  if (by === undefined) return rows;
  if (!headings.includes(by.displayName)) throw new Error(`the table is sorted by ${by.displayName}, which it has not`);
  const value = (row: Row): number => Number(row[by.displayName]);
  return rows.toSorted((a, b) => (by.desc === true ? value(b) - value(a) : value(a) - value(b)));
}

/** Rows that agree in all columns that both have become one. */
function merged(rows: readonly Row[], more: readonly Row[]): readonly Row[] {
  if (rows.length === 0) return more;
  const agree = (a: Row, b: Row): boolean => Object.keys(a).every((field) => !(field in b) || a[field] === b[field]);
  const joined = rows.map((row) => Object.assign({}, row, ...more.filter((other) => agree(row, other))) as Row);
  return [...joined, ...more.filter((other) => !rows.some((row) => agree(row, other)))];
}

function cell(row: Row, heading: string, look: Look, now: number): string {
  const value = row[heading] ?? '';
  const named = (column: string): string => String(row[column] ?? '');
  const text = typeof value === 'number' ? textOf(value, inCell(look), now) : labelText(value, look);
  return `${text}${leadsTo(look, named, String(value))}`;
}

/** A number in a table has a colour only where its column says so. */
function inCell({ color, ...look }: CellLook): Look {
  return look['custom.cellOptions']?.type === 'color-text' && color !== undefined ? { ...look, color } : look;
}

function labelText(value: string, { mappings = [] }: Look): string {
  const word = mappings.flatMap((mapping) =>
    mapping.type === MappingType.RegexToText && new RegExp(mapping.options.pattern).test(value)
      ? mapping.options.result
      : [],
  )[0];
  return word?.text ?? value;
}
