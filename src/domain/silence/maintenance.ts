import { excludedStretches, type Exclusion } from '../budget/exclusions.ts';
import { dayMs } from '../budget/zone.ts';
import type { SilencedBy } from '../incident/silenced-by.ts';

/** A weekly stretch lasts a day and a change of clocks at most. */
const reachMs = 3 * dayMs;

/** The maintenance in which an instant lies, of several the one that lasts longest. */
export function maintenanceAt(windows: readonly Exclusion[], now: number): SilencedBy | undefined {
  let found: SilencedBy | undefined;
  for (const window of windows) {
    const reach = window.kind === 'once' ? window.to : now + reachMs;
    for (const { from, to, because } of excludedStretches([window], now - reachMs, reach)) {
      if (from > now || to <= now || (found !== undefined && found.until >= to)) continue;
      found = { kind: 'maintenance', reason: because, until: to };
    }
  }
  return found;
}
