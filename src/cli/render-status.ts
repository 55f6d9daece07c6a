import { formatTable } from './format-table.ts';
import { formatAge, formatMoment } from './format-time.ts';
import type { Paint } from './paint.ts';
import { printableLine } from './printable.ts';
import type { StatusWire } from './status-wire.ts';
import { wrapText } from './wrap-text.ts';

/** How a running Andon is: what deserves a look first, then its sources and channels. */
export function renderStatus(status: StatusWire, now: number, paint: Paint, width?: number): string {
  const { version, startedAt, warnings, sources, channels } = status;
  const head = `Andon ${version} has run since ${formatMoment(startedAt)} (${formatAge(startedAt, now)}).`;
  const verdict = warnings.length === 0 ? paint.green('All is well with it.') : paint.red('This deserves a look:');
  const listed = warnings.map((warning) => bullet(printableLine(warning), width));
  const asked = sources.map(({ name, lastAnswerAt, lastError }) => [
    name,
    ago(lastAnswerAt, now),
    lastError === undefined ? '' : `${lastError.reason} (${formatAge(lastError.at, now)})`,
  ]);
  const told = channels.map(({ name, type, pending, lastDeliveryAt, lastError }) => [
    name,
    type,
    String(pending),
    ago(lastDeliveryAt, now),
    lastError === undefined ? '' : `${lastError.reason} (${formatAge(lastError.at, now)})`,
  ]);
  return [
    `${printableLine(head)} ${verdict}\n`,
    ...listed,
    ...table(['SOURCE', 'ANSWERED', 'LAST FAILURE'], asked, paint, width),
    ...table(['CHANNEL', 'TYPE', 'WAITING', 'DELIVERED', 'LAST FAILURE'], told, paint, width),
  ].join('');
}

function ago(iso: string | undefined, now: number): string {
  return iso === undefined ? 'never' : formatAge(iso, now);
}

function bullet(text: string, width: number | undefined): string {
  const wrapped = width === undefined ? text : wrapText(text, Math.max(20, width - 4), { breakWords: false });
  return `  - ${wrapped.replaceAll('\n', '\n    ')}\n`;
}

function table(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  paint: Paint,
  width: number | undefined,
): readonly string[] {
  if (rows.length === 0) return [];
  const columns = heads.map((head, index) => ({ head: paint.bold(head), whole: index === 0 }));
  return [
    '\n',
    formatTable(
      columns,
      rows.map((row) => row.map(printableLine)),
      width,
    ),
  ];
}
