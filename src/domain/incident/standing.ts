import { formatDuration, formatSpan } from '../text/duration.ts';
import { describeVerdict } from '../reading/verdict-text.ts';
import type { TargetVerdict } from '../reading/verdict.ts';

/** How an open incident stands when something is told of it later than it happened. */
export interface Standing {
  /** Its targets now; absent where that is not known, such as after a restart. */
  readonly verdicts?: readonly TargetVerdict[];
  /** The end state holds now, but not yet for long enough: for how long, of how long, ms; absent while it does not hold. */
  readonly held?: { readonly forMs: number; readonly ofMs: number };
}

/** Lines about it for people: what is off, or that it is back though not yet for long enough; none where nobody knew. */
export function describeStanding({ verdicts = [], held }: Standing): readonly string[] {
  const off = verdicts.filter(({ verdict }) => verdict !== 'held');
  if (off.length > 0 || verdicts.length === 0) return off.map(describeVerdict);
  return [held === undefined ? 'its targets hold, but not yet for long enough' : describeHeld(held)];
}

/** `back, held for 3s of 10s`. */
export function describeHeld({ forMs, ofMs }: NonNullable<Standing['held']>): string {
  return `back, held for ${formatSpan(Math.floor(forMs / 1000) * 1000)} of ${formatDuration(ofMs)}`;
}

/** Whether nothing is off any more as far as targets tell, though it is open. */
export function isComingBack({ verdicts = [], held }: Standing): boolean {
  return held !== undefined || (verdicts.length > 0 && verdicts.every(({ verdict }) => verdict === 'held'));
}
