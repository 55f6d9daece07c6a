import type { Suspect } from '../change/suspect.ts';
import { shiftEstimate, type Onset, type TimeEstimate } from '../estimate/onset.ts';

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
  /** `backSince` with its early and late bounds. */
  readonly back?: TimeEstimate;
  /** By how much the source's clock was set since the first onset; times of recovery are recorded on the clock of that. */
  readonly clockSetMs?: number;
  /** Changes that this relapse may come from, the latest first; absent when there are none. */
  readonly suspects?: readonly Suspect[];
}

/** An incident that flaps for days is remembered by its newest relapses. */
export const relapsesKept = 20;

/** A stretch for which service was off within one incident: the first, or a relapse. Times as in `Relapse`, on the clock of its onset. */
export interface OffSpell {
  /** Absent for the first one. */
  readonly relapse?: number;
  readonly onset: Onset;
  readonly backSince?: number;
  readonly back?: TimeEstimate;
  readonly clockSetMs?: number;
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
    const end = next === undefined ? recoveredAt : recordedBack(next);
    return end === undefined ? spell : { ...spell, recoveredAt: end + (spell.clockSetMs ?? 0) };
  });
}

/** What a recovery tells of the relapse that it was before, on the clock of that. */
export function backBefore(
  { recoveredAt, recovery }: { readonly recoveredAt?: number; readonly recovery?: TimeEstimate },
  clockSetMs = 0,
): Pick<Relapse, 'backSince' | 'back' | 'clockSetMs'> {
  if (recoveredAt === undefined) return {};
  return {
    backSince: recoveredAt + clockSetMs,
    ...(recovery === undefined ? {} : { back: shiftEstimate(recovery, clockSetMs) }),
    ...(clockSetMs === 0 ? {} : { clockSetMs }),
  };
}

function recordedBack({ backSince, clockSetMs = 0 }: OffSpell): number | undefined {
  return backSince === undefined ? undefined : backSince - clockSetMs;
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
