import type { ChangeKind, ChangeOutcome } from './change-event.ts';
import type { ShareCount } from './compare-shares.ts';

/** `suspect`: the only change whose window the onset lies in; `confounded`: one of several, and nobody can tell which. */
export type SuspectStanding = 'suspect' | 'confounded';

/**
 * `likely`: alone, the signal shifted there, and more of the onset's interval lies inside the window than outside;
 * `possible`: one of these is missing.
 */
export type Sureness = 'likely' | 'possible';

/** What the signal did where the incident began. */
export interface SignalShift {
  /** `unknown`: the counts at hand do not tell. A change whose signal did not shift is no suspect. */
  readonly verdict: 'shifted' | 'unknown';
  /**
   * What its level after the onset was held against: the level before the change, the level before the onset where the
   * counts reach no further back, or the target's bound.
   */
  readonly against?: 'change' | 'onset' | 'bound';
  readonly before?: ShareCount;
  readonly after?: ShareCount;
  /** How likely it is to see so much more bad by chance. */
  readonly p?: number;
}

/** A change that an incident may come from, as it was known when that was said. Times: ms since the epoch on Andon's clock. */
export interface Suspect {
  readonly change: string;
  readonly kind: ChangeKind;
  readonly version?: string;
  readonly before?: string;
  readonly summary?: string;
  readonly by?: string;
  readonly link?: string;
  /** The way back, as the change's reporter gave it. */
  readonly rollback?: string;
  readonly outcome?: ChangeOutcome;
  readonly startedAt: number;
  readonly finishedAt?: number;
  readonly standing: SuspectStanding;
  readonly sureness: Sureness;
  /** Share of the onset's interval (earliest to latest) that lies in the change's causal window, 0 to 1. */
  readonly share: number;
  /** The onset less the change's start, ms; below 0 where only the later part of the onset's interval follows the start. */
  readonly onsetAfterMs: number;
  readonly shift: SignalShift;
  /** What its bake watch found, where that is worse than before: a sentence. */
  readonly bake?: string;
  /** How many further changes the onset lies in the window of. */
  readonly others: number;
}

/** The change that an incident comes from as far as anybody can tell: alone in its window, and the signal shifted there. */
export function blamedChange(suspects: readonly Suspect[]): Suspect | undefined {
  const [only] = suspects;
  return only?.standing === 'suspect' && only.shift.verdict === 'shifted' ? only : undefined;
}
