import type { Incident } from '../../domain/incident/incident.ts';
import type { Channel } from '../ports/channel.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Store } from '../ports/store.ts';
import type { Resender } from './resender.ts';

/** An incident, and the channels that were told of it. */
export type ToldIncident = Pick<Incident, 'id' | 'told'>;

interface Parts {
  readonly store: Pick<Store, 'outbox'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly incidentsSince?: (at: number) => readonly ToldIncident[];
}

/** Reads from the outbox what channels that resend were told by earlier processes. Never rejects: new pages matter more. */
export async function recallTold(
  told: readonly { readonly channel: Channel; readonly resender: Resender }[],
  { store, clock, log, incidentsSince }: Parts,
): Promise<void> {
  if (told.length === 0 || incidentsSince === undefined) return;
  const longestMs = Math.max(...told.map(({ channel }) => channel.resend?.resolvedForMs ?? 0));
  try {
    for (const incident of incidentsSince(clock.now() - longestMs)) {
      const theirs = told.filter(({ channel }) => incident.told.includes(channel.name));
      if (theirs.length === 0) continue;
      const entries = await store.outbox(incident.id);
      for (const { channel, resender } of theirs) {
        resender.recall(entries.filter(({ notification }) => notification.channel === channel.name));
      }
    }
  } catch (error) {
    log.error('cannot read what channels were told of open incidents: it is not sent again until Andon starts anew', {
      channels: told.map(({ channel }) => channel.name),
      detail: error instanceof Error ? error.message : String(error),
    });
  }
}
