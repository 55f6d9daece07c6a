import type { ClosingParts } from '../../src/app/close-by-hand.ts';
import type { IncidentBook } from '../../src/app/recording/incident-book.ts';
import type { Commit } from '../../src/app/ports/store.ts';
import type { StoredLogEvent } from '../../src/domain/log/log-event.ts';

/** Closing by hand where an incident is adrift once it is unwatched or blind, as the book tells it. */
export function closingParts(
  book: IncidentBook,
  now: () => number,
  commit: (commit: Commit) => Promise<readonly StoredLogEvent[]>,
): ClosingParts {
  const record: ClosingParts['recorder']['record'] = async ({ events }) => {
    book.apply(await commit({ events, recordedAt: now() }));
  };
  return {
    fleet: {
      letGo: async ({ id }, write) => {
        const incident = book.get(id)?.incident;
        if (incident === undefined || !(incident.unwatched || incident.blind)) return false;
        await write([]);
        return true;
      },
    },
    recorder: {
      record,
      recordNow: async (make) => {
        const made = make();
        if (made !== undefined) await record(made);
      },
    },
  };
}
