import type { OwnText } from '../template/own-text.ts';
import type { FactSheet } from './fact-sheet.ts';
import { shorten, truncationLevels } from './shorten.ts';

/**
 * The first of ever shorter facts that `render` takes: it is undefined for a message that the receiver would refuse as too long.
 * The same facts are always cut the same way. `own` is what the channel's owner has the message say; it is left out where it
 * fails on these facts, or is too long however they are cut. Throws a RangeError when nothing fits.
 */
export function fitted<T>(
  facts: FactSheet,
  own: Pick<OwnText, 'render'> | undefined,
  render: (facts: FactSheet, own?: string) => T | undefined,
): T {
  const found =
    firstFitting(facts, (cut) => render(cut, own?.render(cut))) ?? firstFitting(facts, (cut) => render(cut));
  if (found !== undefined) return found;
  throw new RangeError(`incident ${facts.data.incidentId} cannot be told in so few characters`);
}

function firstFitting<T>(facts: FactSheet, render: (facts: FactSheet) => T | undefined): T | undefined {
  const whole = render(facts);
  if (whole !== undefined) return whole;
  for (const level of truncationLevels) {
    const cut = render({ ...facts, data: shorten(facts.data, level) });
    if (cut !== undefined) return cut;
  }
  return undefined;
}
