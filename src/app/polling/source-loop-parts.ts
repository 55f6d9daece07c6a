import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Source } from '../ports/source.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { Trace } from '../ports/trace.ts';
import type { ChannelsPaged, Recorder } from '../recording/recorder.ts';

/** What a source's loop works with. */
export interface SourceLoopParts {
  readonly source: Source;
  readonly clock: Clock;
  readonly log: Log;
  readonly telemetry: Telemetry;
  readonly recorder: Pick<Recorder, 'record'>;
  readonly trace: Trace;
  /** Bound of one poll with all its retries, ms. */
  readonly pollDeadlineMs: number;
  /** Channels that a service pages. */
  readonly channelsOf: (service: string) => ChannelsPaged;
}
