import type { Clock } from '../ports/clock.ts';
import type { Source } from '../ports/source.ts';
import type { SourceOperation, Telemetry } from '../ports/telemetry.ts';

/** A source that tells telemetry how long each of its answers took, failed ones too. */
export function measuredSource(
  source: Source,
  telemetry: Pick<Telemetry, 'sourceAnswered'>,
  clock: Pick<Clock, 'monotonic'>,
): Source {
  const measured = async <T>(operation: SourceOperation, ask: () => Promise<T>): Promise<T> => {
    const begun = clock.monotonic();
    try {
      return await ask();
    } finally {
      telemetry.sourceAnswered(source.name, operation, clock.monotonic() - begun);
    }
  };
  return {
    name: source.name,
    ...(source.settleMs === undefined ? {} : { settleMs: source.settleMs }),
    clock: async (...asked) => await measured('clock', async () => await source.clock(...asked)),
    read: async (...asked) => await measured('read', async () => await source.read(...asked)),
    recorded: async (...asked) => await measured('read', async () => await source.recorded(...asked)),
    recordedPast: async (...asked) => await measured('history', async () => await source.recordedPast(...asked)),
    history: async (...asked) => await measured('history', async () => await source.history(...asked)),
    buckets: async (...asked) => await measured('buckets', async () => await source.buckets(...asked)),
    arrivals: async (...asked) => await measured('arrivals', async () => await source.arrivals(...asked)),
  };
}
