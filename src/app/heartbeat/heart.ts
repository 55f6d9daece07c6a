import type { SendFailureReason, SendResult } from '../ports/channel.ts';
import type { Clock } from '../ports/clock.ts';
import type { Heartbeat } from '../ports/configuration.ts';
import type { Log } from '../ports/log.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { SilenceReason } from './pulse.ts';

export interface HeartParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly telemetry: Pick<Telemetry, 'heartbeat' | 'heartbeatFailed'>;
  /** Why Andon does not work as it must; undefined: it does. */
  readonly trouble: (patienceMs: number) => SilenceReason | undefined;
}

/** Why a beat was not sent, or not accepted. */
export type BeatFailure = SilenceReason | SendFailureReason | 'gone';

/** A beat that fails is tried again after this, or with the next one if that is sooner, ms. */
const retryAfterMs = 10_000;

/**
 * Tells an outside watcher that Andon works, as long as it does. It keeps silent rather than say that something is wrong:
 * a process that hangs, or is gone, can do no more than that.
 */
export class Heart {
  readonly #parts: HeartParts;
  #heartbeat: Heartbeat | undefined;
  #changed = new AbortController();
  #failing: BeatFailure | undefined;

  constructor(parts: HeartParts) {
    this.#parts = parts;
  }

  /** Takes over what is configured now. */
  use(heartbeat: Heartbeat | undefined): void {
    const { watcher, everyMs, patienceMs } = this.#heartbeat ?? {};
    const isSame =
      heartbeat?.watcher === watcher && heartbeat?.everyMs === everyMs && heartbeat?.patienceMs === patienceMs;
    if (isSame) return;
    this.#heartbeat = heartbeat;
    this.#failing = undefined;
    if (heartbeat === undefined) this.#parts.telemetry.heartbeat(undefined);
    this.#changed.abort();
    this.#changed = new AbortController();
  }

  /** Beats until the signal aborts. Does not reject. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const either = AbortSignal.any([signal, this.#changed.signal]);
      const heartbeat = this.#heartbeat;
      const waitMs = heartbeat === undefined ? 3_600_000 : await this.#beat(heartbeat, either);
      await this.#parts.clock.sleep(waitMs, either);
    }
  }

  /** Returns how long to wait for the next beat, ms. */
  async #beat({ watcher, everyMs, patienceMs }: Heartbeat, signal: AbortSignal): Promise<number> {
    const trouble = this.#parts.trouble(patienceMs);
    const result = trouble === undefined ? await beatSafely(watcher, signal) : undefined;
    // What was cut short by a stop or a reload tells nothing about the watcher.
    if (signal.aborted && result?.kind !== 'accepted') return 0;
    if (trouble !== undefined) this.#fail(trouble, detailOf[trouble]);
    else if (result !== undefined && result.kind !== 'accepted')
      this.#fail(result.kind === 'gone' ? 'gone' : result.reason, result.detail);
    else this.#succeed();
    return result === undefined || result.kind === 'accepted' ? everyMs : Math.min(everyMs, retryAfterMs);
  }

  #succeed(): void {
    const { log, telemetry } = this.#parts;
    telemetry.heartbeat(true);
    if (this.#failing !== undefined) log.info('the heartbeat goes on', { after: this.#failing });
    this.#failing = undefined;
  }

  #fail(reason: BeatFailure, detail: string): void {
    const { log, telemetry } = this.#parts;
    telemetry.heartbeat(false);
    telemetry.heartbeatFailed(reason);
    if (this.#failing !== reason)
      log.error('the heartbeat is silent: the watcher will raise the alarm', { reason, detail });
    this.#failing = reason;
  }
}

const detailOf: Readonly<Record<SilenceReason, string>> = {
  blind: 'no poll of any service has succeeded for longer than the patience that the settings give',
  undelivered: 'a channel has not taken a page for longer than the patience that the settings give',
};

async function beatSafely(watcher: Heartbeat['watcher'], signal: AbortSignal): Promise<SendResult> {
  try {
    return await watcher.beat(signal);
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown error';
    return { kind: 'retry', reason: 'unreachable', detail: `the beat failed unexpectedly (${name})` };
  }
}
