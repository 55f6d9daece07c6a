import { shortenEnd } from '../../../domain/text/visible-text.ts';
import type { FactSheet } from './fact-sheet.ts';

/** How far to cut: texts to so many characters, lists and label sets to so many entries. */
export interface TruncationLevel {
  readonly text: number;
  readonly entries: number;
}

/** Tried in turn until the body fits, so that the same facts are always cut the same way. */
export const truncationLevels: readonly TruncationLevel[] = [
  { text: 1_000, entries: 20 },
  { text: 300, entries: 10 },
  { text: 120, entries: 5 },
  { text: 40, entries: 2 },
];

/** Half a link leads nowhere, and half a way back worse: these are kept whole up to this length, and left out beyond it. */
const links: ReadonlySet<string> = new Set(['link', 'runbook', 'rollback']);
const linkLimit = 500;
/** Cut, these would name something else. */
const names: ReadonlySet<string> = new Set(['incidentId', 'id', 'change']);

/** Cuts every text, list and label set of the facts; of other incidents, those that are cut are counted. */
export function shorten(data: FactSheet['data'], level: TruncationLevel): FactSheet['data'] {
  const short = cut(data, level) as FactSheet['data'];
  const count = (data.together?.length ?? 0) - (short.together?.length ?? 0) + (data.furtherCount ?? 0);
  return { ...short, ...(count === 0 ? {} : { furtherCount: count }), truncated: true };
}

function cut(value: unknown, level: TruncationLevel): unknown {
  if (typeof value === 'string') return shortenEnd(value, level.text);
  if (Array.isArray(value)) return value.slice(0, level.entries).map((each) => cut(each, level));
  if (typeof value !== 'object' || value === null) return value;
  const entries: [string, unknown][] = [];
  for (const [key, inner] of Object.entries(value)) {
    if (names.has(key)) entries.push([key, inner]);
    else if (links.has(key))
      entries.push(...(String(inner).length <= linkLimit ? [[key, inner] as [string, unknown]] : []));
    else if (key === 'labels' || key === 'group') entries.push([key, cutLabels(inner as object, level)]);
    else entries.push([key, cut(inner, level)]);
  }
  return Object.fromEntries(entries);
}

function cutLabels(labels: object, level: TruncationLevel): unknown {
  const kept = Object.entries(labels).slice(0, level.entries);
  return Object.fromEntries(kept.map(([name, value]) => [shortenEnd(name, level.text), cut(value, level)]));
}
