import type { BakeEvent } from './bake-event.ts';
import type { Bake } from './bake.ts';
import type { Change } from './change.ts';

/** Folds what a watch found into the change; the end of a watch stands, whatever is told after it. */
export function foldBake(change: Change, { type, at, verdict, comparisons, lookedUntil, gap }: BakeEvent): Change {
  const known = change.bake;
  if (known?.finishedAt !== undefined) return change;
  const worseAt = known?.worseAt ?? (type === 'bake-worse' ? at : undefined);
  const bake: Bake = {
    verdict,
    comparisons,
    lookedUntil,
    ...(gap === undefined ? {} : { gap }),
    ...(worseAt === undefined ? {} : { worseAt }),
    ...(type === 'bake-finished' ? { finishedAt: at } : {}),
  };
  return { ...change, bake };
}
