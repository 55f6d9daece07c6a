import type { StoredLogEvent } from '../../domain/log/log-event.ts';
import type { Store } from '../ports/store.ts';

const eventsPerRead = 1000;

/** Shows the whole log to `follow`, in order and part by part. Rejects with StoreError. */
export async function readLog(
  store: Pick<Store, 'events'>,
  follow: (events: readonly StoredLogEvent[]) => void,
): Promise<void> {
  let position = 0;
  for (;;) {
    const events = await store.events(position, eventsPerRead);
    const last = events.at(-1);
    if (last === undefined) return;
    follow(events);
    position = last.seq;
  }
}
