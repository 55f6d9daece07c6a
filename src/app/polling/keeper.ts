import type { JudgedPart } from '../past/past-tools.ts';
import { aimAnew } from './aim.ts';
import { StoreError } from '../ports/store.ts';
import type { SourceLoopParts } from './source-loop-parts.ts';
import { withFailedWork } from './troubles.ts';
import { checkpointOf, type Watch } from './watch.ts';

/** The longest pause after work on a service that failed at every try, ms. */
const longestPauseMs = 60_000;

/** Writes what was judged and then takes it over: what could not be written is judged again from the same state. */
export class Keeper {
  readonly #parts: Pick<SourceLoopParts, 'source' | 'log' | 'recorder' | 'channelsOf'>;

  constructor(parts: Pick<SourceLoopParts, 'source' | 'log' | 'recorder' | 'channelsOf'>) {
    this.#parts = parts;
  }

  /** `sourceNow`: the source's time now, ms; what happened earlier was caught up with. Rejects with StoreError; then nothing has changed. */
  async keep(watch: Watch, { state, events, shadows = [] }: JudgedPart, sourceNow?: number): Promise<void> {
    const isNews = events.length + shadows.length > 0;
    if (isNews) {
      await this.#parts.recorder.record({
        events,
        shadows,
        checkpoints: [checkpointOf({ ...watch, state })],
        channels: this.#parts.channelsOf(watch.service.name),
        signals: state.ledgers,
        ...(sourceNow === undefined ? {} : { sourceNow }),
      });
    }
    watch.state = state;
    if (isNews) this.mended(watch);
  }

  /** To be called when all that was to be judged of a service is judged and written. */
  mended(watch: Watch): void {
    if (watch.failed === undefined) return;
    watch.failed = undefined;
    this.#parts.log.info('what was judged is written again', this.#fields(watch));
  }

  /**
   * Runs work on one service so that its failing leaves the others alone. It is done again at the service's next poll,
   * and after growing pauses while it keeps failing. `now`: the source's time.
   */
  async apart(watch: Watch, now: () => number, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#failed(watch, now(), error);
    }
  }

  #failed(watch: Watch, now: number, error: unknown): void {
    const { failed } = watch;
    const detail = error instanceof Error ? error.message : String(error);
    const tries = (failed?.tries ?? 0) + 1;
    watch.failed = { tries, detail, isStore: error instanceof StoreError };
    // Told once and not at each try; another reason is other news.
    if (failed?.detail !== detail) {
      const what = error instanceof StoreError ? 'could not be written' : 'ended unexpectedly';
      this.#parts.log.error(`what was judged ${what}; it is judged again`, { ...this.#fields(watch), error });
    }
    watch.view = withFailedWork(watch.view, watch);
    const { intervalMs } = watch.cadence;
    const pauseMs = Math.min(longestPauseMs, intervalMs * 2 ** (tries - 1));
    aimAnew(watch, now + Math.max(0, pauseMs - intervalMs));
  }

  #fields(watch: Watch) {
    return { source: this.#parts.source.name, service: watch.service.name };
  }
}
