import type { Suspect } from '../change/suspect.ts';
import type { Onset } from '../estimate/onset.ts';

/** One time that an incident went off again. Times on the source's clock, ms since the epoch. */
export interface Relapse {
  /** The first is 1. */
  readonly number: number;
  /** When it was detected. */
  readonly at: number;
  /** When service was off again: an estimate, as at first. */
  readonly onset: Onset;
  /** Since when service had been back before it; absent where that is not known. */
  readonly backSince?: number;
  /** Changes that this relapse may come from, the latest first; absent when there are none. */
  readonly suspects?: readonly Suspect[];
}

/** An incident that flaps for days is remembered by its newest relapses. */
export const relapsesKept = 20;

/** A stretch for which service was off within one incident: the first, or a relapse. Times as in `Relapse`. */
export interface OffSpell {
  /** Absent for the first one. */
  readonly relapse?: number;
  readonly onset: Onset;
  readonly backSince?: number;
  readonly recoveredAt?: number;
  readonly suspects?: readonly Suspect[];
}

/** What an incident tells of its times and of where they may come from. */
interface Told {
  readonly onset: Onset;
  readonly suspects?: readonly Suspect[];
  readonly recoveredAt?: number;
  readonly lastRelapses?: readonly Relapse[];
}

/** When service was off in an incident: first, and in each relapse that is remembered, oldest first. */
export function offSpells({ onset, suspects, recoveredAt, lastRelapses = [] }: Told): readonly OffSpell[] {
  const off: readonly OffSpell[] = [
    { onset, ...(suspects === undefined ? {} : { suspects }) },
    ...lastRelapses.map(({ number, at: _at, ...spell }) => ({ ...spell, relapse: number })),
  ];
  return off.map((spell, index) => {
    const next = off[index + 1];
    const end = next === undefined ? recoveredAt : next.backSince;
    return end === undefined ? spell : { ...spell, recoveredAt: end };
  });
}

/** The newest onset: of the relapse, where it relapsed. */
export function newestOnset({ onset, lastRelapses = [] }: Pick<Told, 'onset' | 'lastRelapses'>): Onset {
  return lastRelapses.at(-1)?.onset ?? onset;
}

/** What whoever is called now looks into first: where the newest relapse comes from, and where nothing is known of that, the first onset. */
export function newestSuspects({
  suspects,
  lastRelapses = [],
}: Pick<Told, 'suspects' | 'lastRelapses'>): readonly Suspect[] | undefined {
  return lastRelapses.at(-1)?.suspects ?? suspects;
}
