import type { IncidentBook } from '../recording/incident-book.ts';
import type { Recorder } from '../recording/recorder.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Store } from '../ports/store.ts';
import { BakeWatch } from './bake-watch.ts';
import type { ChangeBook } from './change-book.ts';
import type { ServiceSight } from './service-sight.ts';
import { SuspectReview } from './suspect-review.ts';
import { Suspector } from './suspector.ts';

export interface ChangeFollowerParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly store: Pick<Store, 'commit'>;
  readonly incidents: IncidentBook;
  readonly changes: ChangeBook;
  readonly recorder: Pick<Recorder, 'recordNow'>;
  readonly sight: (service: string) => ServiceSight | undefined;
}

/** Follows changes after they were reported: which incidents they may have caused, and how the service does since. */
export class ChangeFollower {
  readonly suspector: Suspector;
  readonly #review: SuspectReview;
  readonly #bakes: BakeWatch;

  constructor(parts: ChangeFollowerParts) {
    const { changes } = parts;
    this.suspector = new Suspector({ ...parts, book: parts.incidents });
    this.#review = new SuspectReview({ ...parts, suspector: this.suspector });
    this.#bakes = new BakeWatch(parts);
    changes.listen(({ service }) => {
      this.#review.changed(service);
    });
  }

  /** Runs until the signal aborts. Does not reject. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#review.run(signal), this.#bakes.run(signal)]);
  }
}
