import { describeFailure } from '../../domain/reading/describe-failure.ts';
import type { SourceFailure, SourceFailureReason } from '../../domain/reading/observation.ts';
import type { Log } from '../ports/log.ts';
import type { Telemetry } from '../ports/telemetry.ts';

/** Counts a source's failures, and logs when the trouble begins, changes or ends, never at each poll. */
export class SourceHealth {
  readonly #source: string;
  readonly #log: Log;
  readonly #telemetry: Pick<Telemetry, 'sourceFailed'>;
  #failing: SourceFailureReason | undefined;

  constructor(source: string, log: Log, telemetry: Pick<Telemetry, 'sourceFailed'>) {
    this.#source = source;
    this.#log = log;
    this.#telemetry = telemetry;
  }

  failed(failure: SourceFailure): void {
    this.#telemetry.sourceFailed(this.#source, failure.reason, failure.detail);
    if (this.#failing === failure.reason) return;
    this.#failing = failure.reason;
    this.#log.warn('the source does not answer; its readings are unknown', {
      source: this.#source,
      reason: failure.reason,
      detail: describeFailure(failure),
    });
  }

  answered(): void {
    if (this.#failing === undefined) return;
    this.#failing = undefined;
    this.#log.info('the source answers again', { source: this.#source });
  }
}
