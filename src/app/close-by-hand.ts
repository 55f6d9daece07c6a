import type { IncidentEvent } from '../domain/incident/event.ts';
import type { Incident } from '../domain/incident/incident.ts';
import type { Fleet } from './fleet.ts';
import type { Recorder } from './recording/recorder.ts';

/** What closing by hand works with. */
export interface ClosingParts {
  readonly fleet: Pick<Fleet, 'letGo'>;
  readonly recorder: Pick<Recorder, 'record' | 'recordNow'>;
}

/**
 * Closes an incident that nothing else can close, and tells the channels that were told of it. False when the incident
 * is watched: then its recovery closes it. Rejects with StoreError; then nothing has happened.
 */
export async function closeByHand(
  { fleet, recorder }: ClosingParts,
  incident: Incident,
  event: Extract<IncidentEvent, { type: 'closed-by-hand' }>,
): Promise<boolean> {
  return await fleet.letGo(incident, async (checkpoints) => {
    // Nobody is paged by a service that is gone; those that were told of the incident hear of its end all the same.
    await recorder.record({ events: [event], checkpoints, channels: [] });
  });
}
