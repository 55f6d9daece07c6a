import { formatTable } from './format-table.ts';
import type { Paint } from './paint.ts';
import { printableLine } from './printable.ts';
import { momentText } from './render-gate.ts';
import type { SilencesWire } from './silence-wire.ts';

/** The silences as a table, with what burns under them. */
export function renderSilences({ silences }: SilencesWire, now: number, paint: Paint, width?: number): string {
  if (silences.length === 0) return 'Nobody keeps a page back.\n';
  const rows = silences.map(({ id, words, by, from, until, reason, standing, incidents, pagesSoon }) => [
    id,
    words,
    by,
    standing ? 'now' : momentText(from, now),
    momentText(until, now),
    incidents.length === 0 ? '' : `${incidents.length} open${pagesSoon ? ', pages soon' : ''}`,
    reason,
  ]);
  return formatTable(
    ['ID', 'ABOUT', 'BY', 'FROM', 'UNTIL', 'UNDER IT', 'REASON'].map((head) => ({
      head: paint.bold(head),
      whole: head === 'ID',
    })),
    rows.map((row) => row.map(printableLine)),
    width,
  );
}
