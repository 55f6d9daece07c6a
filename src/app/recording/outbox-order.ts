import type { OutboxEntry } from '../ports/store.ts';

/** Order of `Store.pending()`: an incident's notifications stand together, earlier ones first. */
export function byIncidentAndSequence({ notification: a }: OutboxEntry, { notification: b }: OutboxEntry): number {
  return (
    compare(a.incidentId, b.incidentId) ||
    a.sequence - b.sequence ||
    compare(a.channel, b.channel) ||
    compare(a.id, b.id)
  );
}

/** Order of `Store.outbox()`: what one channel was told stands together, earlier ones first. */
export function byChannelAndSequence({ notification: a }: OutboxEntry, { notification: b }: OutboxEntry): number {
  return compare(a.channel, b.channel) || a.sequence - b.sequence || compare(a.id, b.id);
}

/** Code unit order: the same on every machine and in every store, whatever its collation. */
export function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
