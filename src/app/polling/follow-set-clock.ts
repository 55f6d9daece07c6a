import { polledSignals } from '../../domain/service/polled-signals.ts';
import { rebase } from '../../domain/incident/rebase.ts';
import type { Log } from '../ports/log.ts';
import type { Watch } from './watch.ts';

/** A source's clock that goes back by more than this was set, ms. */
const clockSetMs = 1_000;

/**
 * Moves a service's timers with its source's clock, which was set by `setByMs` (0: it ran on) and shows `at`.
 * It may also have been set while Andon was away: then the last evaluation lies in the future.
 */
export function followSetClock(watch: Watch, at: number, setByMs: number, log: Log): void {
  const { evaluatedAt = at } = watch.state;
  const wasSet = setByMs !== 0 || evaluatedAt - at > clockSetMs;
  if (wasSet && watch.state.evaluatedAt !== undefined) {
    const deltaMs = setByMs === 0 ? at - 1 - evaluatedAt : Math.min(setByMs, at - 1 - evaluatedAt);
    log.warn("the source's clock was set; timers go on, readings are read again", {
      source: watch.service.source,
      service: watch.service.name,
      setByMs: deltaMs,
    });
    watch.state = rebase(watch.state, deltaMs);
    watch.budgets.followClock(at);
    watch.unread = polledSignals(watch.service);
    watch.readTo = -Infinity;
  }
  if (wasSet || watch.dueAt > at + clockSetMs + watch.cadence.intervalMs) watch.dueAt = -Infinity;
}
