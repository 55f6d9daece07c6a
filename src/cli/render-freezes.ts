import { formatTable } from './format-table.ts';
import { formatAge } from './format-time.ts';
import type { FreezesWire, OverridesWire } from './gate-wire.ts';
import type { Paint } from './paint.ts';
import { printableLine } from './printable.ts';
import { momentText } from './render-gate.ts';

/** The lines that people stopped as a table. */
export function renderFreezes({ freezes }: FreezesWire, now: number, paint: Paint, width?: number): string {
  if (freezes.length === 0) return 'Nobody has stopped a line.\n';
  const rows = freezes.map(({ id, service, by, since, until, liftsWhen, reason }) => [
    id,
    service === '*' ? '* (all)' : service,
    by,
    formatAge(since, now),
    [
      ...(until === undefined ? [] : [momentText(until, now)]),
      ...(liftsWhen === 'end-state-held' ? ['the end state has held'] : []),
      ...(until === undefined && liftsWhen === 'by-hand' ? ['lifted by hand'] : []),
    ].join(' or '),
    reason,
  ]);
  return table(['ID', 'SERVICE', 'BY', 'SINCE', 'UNTIL', 'REASON'], rows, paint, width);
}

/** The gates that people overrode as a table. */
export function renderOverrides({ overrides }: OverridesWire, now: number, paint: Paint, width?: number): string {
  if (overrides.length === 0) return 'Nobody has overridden a gate.\n';
  const rows = overrides.map(({ id, service, by, since, until, change = 'any', reason }) => [
    id,
    service,
    by,
    formatAge(since, now),
    momentText(until, now),
    change,
    reason,
  ]);
  return table(['ID', 'SERVICE', 'BY', 'SINCE', 'UNTIL', 'CHANGE', 'REASON'], rows, paint, width);
}

function table(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  paint: Paint,
  width: number | undefined,
): string {
  return formatTable(
    heads.map((head) => ({ head: paint.bold(head), whole: head === 'ID' })),
    rows.map((row) => row.map(printableLine)),
    width,
  );
}
