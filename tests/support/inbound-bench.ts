import { createAlertDesk, type AlertDesk } from '../../src/app/alerts/alert-desk.ts';
import type { AlertOutcome } from '../../src/app/ports/telemetry.ts';
import { silentTelemetry } from '../../src/app/ports/telemetry.ts';
import { StoreError, type Commit } from '../../src/app/ports/store.ts';
import { Recorder } from '../../src/app/recording/recorder.ts';
import { IncidentBook } from '../../src/app/recording/incident-book.ts';
import { createRemoteActs, type RemoteActs } from '../../src/app/remote/remote-acts.ts';
import type { IncidentEvent, StoredEvent } from '../../src/domain/incident/event.ts';
import type { StoredLogEvent } from '../../src/domain/log/log-event.ts';
import type { PostedAlert } from '../../src/app/alerts/posted-alert.ts';
import { storyStart } from './incident-story.ts';
import { memoryLog } from './memory-log.ts';

export interface InboundBench {
  readonly book: IncidentBook;
  readonly recorder: Recorder;
  readonly alerts: AlertDesk;
  readonly remoteActs: RemoteActs;
  readonly log: ReturnType<typeof memoryLog>;
  /** Every commit that wrote events, as the store got it. */
  readonly written: StoredLogEvent[][];
  readonly outcomes: AlertOutcome[];
  readonly clock: { at: number; now(): number };
  /** `takes`: after so many commits it refuses. */
  readonly store: { refuses: boolean; takes: number };
  /** Writes events as an evaluation would. */
  record(...events: readonly IncidentEvent[]): Promise<void>;
  /** Resolves when all that was to be written before is written. */
  settled(): Promise<void>;
  timeline(id?: string): readonly StoredEvent[];
}

/** What takes in messages from outside, over a real recorder and a book in memory; `checkout` and `search` are watched. */
export function anInboundBench(events: readonly StoredEvent[] = [], book = new IncidentBook()): InboundBench {
  book.apply(events);
  const log = memoryLog();
  const written: StoredLogEvent[][] = [];
  const outcomes: AlertOutcome[] = [];
  const clock = {
    at: storyStart + 600_000,
    now() {
      return this.at;
    },
  };
  const store = { refuses: false, takes: Infinity };
  // Beyond whatever else writes to the same book.
  let seq = 1_000_000;
  const commit = async ({ events: added = [], recordedAt }: Commit): Promise<readonly StoredLogEvent[]> => {
    await Promise.resolve();
    store.takes -= 1;
    if (store.refuses || store.takes < 0) throw new StoreError('full', 'the disk is full');
    const stored = added.map((event) => ({ ...event, seq: (seq += 1), recordedAt }));
    if (stored.length > 0) written.push(stored);
    return stored;
  };
  const recorder: Recorder = new Recorder({
    store: { commit },
    book,
    clock,
    log,
    telemetry: silentTelemetry,
    follow: (stored) => {
      alerts.follow(stored);
    },
    deliver: () => undefined,
  });
  const isWatched = (service: string): boolean => service === 'checkout' || service === 'search';
  const telemetry = {
    alertReceived: (outcome: AlertOutcome, count = 1) => outcomes.push(...Array<AlertOutcome>(count).fill(outcome)),
  };
  const alerts = createAlertDesk({ book, recorder, clock, log, telemetry, isWatched });
  const record = async (...added: readonly IncidentEvent[]): Promise<void> => {
    await recorder.record({ events: added, checkpoints: [], channels: [] });
  };
  return {
    book,
    recorder,
    alerts,
    remoteActs: createRemoteActs({ book, recorder, clock, log }),
    log,
    written,
    outcomes,
    clock,
    store,
    record,
    settled: async () => {
      await recorder.recordNow(() => undefined);
    },
    timeline: (id = 'inc-1') => book.get(id)?.timeline ?? [],
  };
}

/** An alert of `checkout` that fires from `seconds` after the onset on. */
export function anAlert(name: string, seconds: number, changes: Partial<PostedAlert> = {}): PostedAlert {
  const startsAt = storyStart + seconds * 1000;
  const { labels = {}, ...rest } = changes;
  return {
    fingerprint: `f-${name}`,
    status: 'firing',
    startsAt,
    labels: { alertname: name, service: 'checkout', ...labels },
    ...rest,
  };
}

/** The same, over. */
export function anEnd(alert: PostedAlert, seconds: number): PostedAlert {
  return { ...alert, status: 'resolved', endsAt: storyStart + seconds * 1000 };
}
