import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Recorder } from '../recording/recorder.ts';
import type { Suspector } from './suspector.ts';

export interface SuspectReviewParts {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly log: Log;
  readonly suspector: Pick<Suspector, 'review' | 'reviewed'>;
  readonly recorder: Pick<Recorder, 'recordNow'>;
}

/** How long it waits before it tries again what could not be written, ms. */
const retryMs = 5_000;

/** Looks at incidents anew when something is told of the changes of their service, however late. */
export class SuspectReview {
  readonly #parts: SuspectReviewParts;
  readonly #pending = new Set<string>();
  #wake = new AbortController();

  constructor(parts: SuspectReviewParts) {
    this.#parts = parts;
  }

  /** To be called when something was told of a change of this service. */
  changed(service: string): void {
    this.#pending.add(service);
    this.#wake.abort(null);
  }

  /** Runs until the signal aborts. Does not reject. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log, suspector, recorder } = this.#parts;
    while (!signal.aborted) {
      this.#wake = new AbortController();
      const wake = this.#wake.signal;
      let failed = false;
      for (const service of this.#pending) {
        this.#pending.delete(service);
        try {
          await recorder.recordNow(() => ({ events: suspector.review(service), checkpoints: [], channels: [] }));
          suspector.reviewed(service);
        } catch (error) {
          this.#pending.add(service);
          failed = true;
          log.error('which changes incidents may come from could not be recorded; trying again', { service, error });
          break;
        }
      }
      if (failed) await clock.sleep(retryMs, signal);
      else await clock.sleep(idleMs, AbortSignal.any([signal, wake]));
    }
  }
}

/** Nothing is due by time alone, ms. */
const idleMs = 3_600_000;
