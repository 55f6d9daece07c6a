import { describeHeld } from '../../../domain/incident/standing.ts';
import type { FactSheet } from './fact-sheet.ts';

type Together = NonNullable<FactSheet['data']['together']>[number];

/** The service, and which group of it. */
export function placeText({ service, group }: Pick<Together, 'service' | 'group'>): string {
  return [service, ...Object.entries(group).map(([label, value]) => `${label} ${value}`)].join(' ');
}

/** How another incident stands: `off`, `back`, or that it is back though not yet for long enough; empty where nobody wrote it down. */
export function stateText(each: Together): string {
  const { acknowledgedBy } = each;
  const known = acknowledgedBy === undefined ? [] : [`acknowledged by ${acknowledgedBy}`];
  return [ownState(each), ...known].filter((text) => text !== '').join(', ');
}

function ownState({ state, phase, held }: Together): string {
  switch (state) {
    case undefined:
      return phase === 'open' ? '' : 'back';
    case 'held':
      return held === undefined
        ? 'back, not yet for long enough'
        : describeHeld({ forMs: held.forSeconds * 1000, ofMs: held.ofSeconds * 1000 });
    case 'unknown':
      return 'cannot be seen';
    case 'closed':
      return 'closed by hand';
    case 'off':
    case 'back':
      return state;
  }
}
