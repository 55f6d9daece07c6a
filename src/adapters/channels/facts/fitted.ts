import type { FactSheet } from './fact-sheet.ts';
import { shorten, truncationLevels } from './shorten.ts';

/**
 * What `render` makes of the facts, or of the first cut of them that it takes: it returns undefined for what is too large.
 * The same facts are always cut the same way. Throws a RangeError when it takes none.
 */
export function fitted<T>(facts: FactSheet, render: (facts: FactSheet) => T | undefined): T {
  const found = firstFitting(facts, render);
  if (found !== undefined) return found;
  throw new RangeError(`incident ${facts.data.incidentId} cannot be told in so few characters`);
}

/** The same, and undefined when it takes none. */
export function firstFitting<T>(facts: FactSheet, render: (facts: FactSheet) => T | undefined): T | undefined {
  const whole = render(facts);
  if (whole !== undefined) return whole;
  for (const level of truncationLevels) {
    const cut = render({ ...facts, data: shorten(facts.data, level) });
    if (cut !== undefined) return cut;
  }
  return undefined;
}
