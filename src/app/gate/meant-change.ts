import type { ChangeBook } from '../changes/change-book.ts';
import type { GateDesk } from './gate-desk.ts';

/**
 * By which of its ids a change asks the gate: the first that people have said something of, a remedy or an override, and
 * else the first of all. Tools know a change by another id than people do.
 */
export function meantChange(
  { gates, changes }: { readonly gates: Pick<GateDesk, 'overrides'>; readonly changes: Pick<ChangeBook, 'get'> },
  service: string,
  ids: readonly string[],
): string | undefined {
  const overrides = gates.overrides().filter((override) => override.service === service);
  const isMeant = (id: string): boolean =>
    changes.get(service, id)?.remedies !== undefined || overrides.some(({ change }) => change === id);
  return ids.find(isMeant) ?? ids[0];
}
