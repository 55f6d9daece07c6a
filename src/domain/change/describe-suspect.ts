import { formatRatio } from '../text/ratio.ts';
import { formatSpan } from '../text/duration.ts';
import type { ChangeKind } from './change-event.ts';
import { shareOf } from './compare-shares.ts';
import type { SignalShift, Suspect } from './suspect.ts';

const kindWords: Readonly<Record<ChangeKind, string>> = {
  deployment: 'deploy',
  configuration: 'configuration change',
  other: 'change',
};

/** `deploy v42`; a change without a version by its id. */
export function suspectName({ kind, version, change }: Pick<Suspect, 'kind' | 'version' | 'change'>): string {
  return `${kindWords[kind]} ${version ?? change}`;
}

/** `4m after deploy v42`: where an onset lies, seen from the start of a change. */
export function whereFrom(suspect: Pick<Suspect, 'kind' | 'version' | 'change' | 'onsetAfterMs'>): string {
  const { onsetAfterMs } = suspect;
  const name = suspectName(suspect);
  if (Math.abs(onsetAfterMs) < 1000) return `with ${name}`;
  // The onset is an estimate: it may be put before a change that most of its interval follows.
  return onsetAfterMs < 0 ? `about when ${name} began` : `${formatSpan(onsetAfterMs)} after ${name}`;
}

/** How sure it is that an incident comes from a change, and why. */
export function describeSureness({ standing, sureness, share, shift, others }: Suspect): string {
  const inside =
    share >= 0.995 ? 'the onset lies in its window' : `${percent(share)} of the onset's interval lie in its window`;
  const further = `the onset also lies in the window of ${others === 1 ? 'another change' : `${others} other changes`}`;
  return [standing === 'confounded' ? `confounded: ${further}` : `${sureness}: ${inside}`, shiftWords(shift)].join(
    ', ',
  );
}

/** One suspect in a sentence: what, by whom, when, how sure, and the way back. */
export function describeSuspect(suspect: Suspect): string {
  const { by, before, outcome, rollback, onsetAfterMs, bake } = suspect;
  const parts = [
    before === undefined ? [] : [`in place of ${before}`],
    by === undefined ? [] : [`by ${by}`],
    outcome === undefined || outcome === 'succeeded'
      ? []
      : [outcome === 'rolled-back' ? 'rolled back since' : 'which failed'],
  ].flat();
  const began =
    Math.abs(onsetAfterMs) < 1000
      ? 'as the incident began'
      : `${formatSpan(Math.abs(onsetAfterMs))} ${onsetAfterMs < 0 ? 'after' : 'before'} the onset`;
  const back = rollback === undefined ? '' : `; way back: ${rollback}`;
  const found = bake === undefined ? '' : `; ${bake}`;
  return `${[suspectName(suspect), ...parts, began].join(', ')} (${describeSureness(suspect)})${found}${back}`;
}

function shiftWords({ verdict, against, before, after }: SignalShift): string {
  if (verdict === 'unknown') return 'whether the signal shifted there is not known';
  if (before === undefined || after === undefined) return 'the signal left its bound there';
  const since = against === 'change' ? 'before the change' : 'before the onset';
  return `${percent(shareOf(before))} bad ${since} and ${percent(shareOf(after))} after`;
}

function percent(share: number): string {
  return formatRatio(Number(share.toPrecision(3)));
}

/** All suspects of an incident, a sentence for each, and how many more there are. */
export function describeSuspects(suspects: readonly Suspect[]): readonly string[] {
  const unnamed = (suspects[0]?.others ?? 0) + 1 - suspects.length;
  const more = suspects.length === 0 || unnamed <= 0 ? [] : [`and ${unnamed} more`];
  return [...suspects.map(describeSuspect), ...more];
}
