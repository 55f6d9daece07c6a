import type { IncidentEvent } from '../domain/event.ts';
import type { Incident } from '../domain/incident.ts';
import type { Fleet } from './fleet.ts';
import type { Store } from './ports/store.ts';
import type { Recorder } from './recorder.ts';

/** What closing by hand works with. */
export interface ClosingParts {
  readonly fleet: Pick<Fleet, 'letGo' | 'channels'>;
  readonly recorder: Pick<Recorder, 'record'>;
  readonly outbox: Pick<Store, 'outbox'>;
}

/**
 * Closes an incident that nothing else can close, and tells the channels that were told of it. False when the incident
 * is watched: then its recovery closes it. Rejects with StoreError; then nothing has happened.
 */
export async function closeByHand(
  { fleet, recorder, outbox }: ClosingParts,
  incident: Incident,
  event: Extract<IncidentEvent, { type: 'closed-by-hand' }>,
): Promise<boolean> {
  // Its service may be gone, and with it the list of whom it pages.
  const told = new Set((await outbox.outbox(incident.id)).map(({ notification }) => notification.channel));
  const channels = fleet.channels().filter((channel) => told.has(channel));
  return await fleet.letGo(incident, async (checkpoints) => {
    await recorder.record({ events: [event], checkpoints, channels });
  });
}
