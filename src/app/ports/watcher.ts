import type { SendResult } from './channel.ts';

/** Raises the alarm outside when it hears nothing of Andon for a while. */
export interface Watcher {
  /** Tells it once that Andon works. Does not reject. */
  beat(signal: AbortSignal): Promise<SendResult>;
  close(): Promise<void>;
}
