import { aimAfter, gridAfter, nextPoll } from '../../domain/reading/cadence.ts';
import type { Watch } from './watch.ts';

/** Sets when to poll next after a poll at `at`, ms on the source's clock: for the next sample, or again for the one that had not landed. */
export function aim(watch: Watch, at: number, failed: boolean): void {
  if (failed || !Number.isFinite(watch.dueAt)) {
    aimAnew(watch, at);
    return;
  }
  const newest = Math.max(
    -Infinity,
    ...[...watch.state.ledgers.values()].flatMap((ledger) =>
      [...ledger.groups.values()].map((group) => group.newestSampleAt),
    ),
  );
  const next = aimAfter(watch.cadence, watch.aimedAt, at, newest, watch.tries);
  const gaveUp = next.tries === 0 && newest < watch.aimedAt - next.cadence.landingMs - watch.cadence.intervalMs / 2;
  if (gaveUp) watch.misses += 1;
  else if (next.tries === 0) watch.misses = 0;
  // A retry waits for the same sample, so it keeps the time that the first try was aimed at.
  if (next.tries === 0) watch.aimedAt = next.nextAt;
  watch.cadence = next.cadence;
  watch.tries = next.tries;
  watch.dueAt = gridAfter(next.nextAt);
}

/** Polls next for the first sample after `after`, whatever was waited for before. */
export function aimAnew(watch: Watch, after: number): void {
  watch.aimedAt = nextPoll(watch.cadence, after);
  watch.dueAt = gridAfter(watch.aimedAt);
  watch.tries = 0;
}
