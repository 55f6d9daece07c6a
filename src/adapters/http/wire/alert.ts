import { z } from 'zod';
import { present, timeOf } from '../../../app/views/json-fields.ts';
import type { StoredEvent } from '../../../domain/incident/event.ts';
import { detectedBy } from '../../../domain/incident/detected-by.ts';
import type { Incident } from '../../../domain/incident/incident.ts';
import { formatUtc } from '../../../domain/text/utc.ts';
import { TimeWire } from './common.ts';

/** Who saw an incident first. */
export const DetectedByWire = z
  .strictObject({
    by: z.enum(['andon', 'alert']),
    at: TimeWire,
    alert: z.string().optional().meta({ description: 'Name of the alert.' }),
    fingerprint: z.string().optional(),
    beforeAndonSeconds: z.number().optional().meta({ description: 'How long before Andon the alert fired.' }),
  })
  .meta({ id: 'DetectedBy', description: 'Who saw the incident first: Andon, or an alert of somebody else.' });

export function toDetectedByWire(
  incident: Pick<Incident, 'detectedAt' | 'firstAlert'>,
): z.infer<typeof DetectedByWire> {
  const seen = detectedBy(incident);
  if (seen.by === 'andon') return { by: seen.by, at: formatUtc(seen.at) };
  const { name: alert, fingerprint } = seen.alert;
  const beforeAndonSeconds = (incident.detectedAt - seen.at) / 1000;
  return { by: seen.by, at: formatUtc(seen.at), alert, fingerprint, beforeAndonSeconds };
}

/** What a timeline says of an alert. */
export const alertedFields = {
  status: z.enum(['firing', 'resolved']),
  alert: z.string().meta({ description: 'Name of the alert.' }),
  fingerprint: z.string(),
  startsAt: TimeWire,
  endsAt: TimeWire.optional(),
  receivedAt: TimeWire,
  labels: z.record(z.string(), z.string()),
  furtherLabels: z.int().optional().meta({ description: 'How many labels there are beyond those listed.' }),
};

type Alerted = Extract<StoredEvent, { type: 'alerted' }>;

export function toAlertedFields({ status, alert, receivedAt }: Alerted) {
  const { name, fingerprint, startsAt, endsAt, labels, furtherLabels } = alert;
  return {
    status,
    alert: name,
    fingerprint,
    startsAt: formatUtc(startsAt),
    receivedAt: formatUtc(receivedAt),
    labels: { ...labels },
    ...present({ endsAt: timeOf(endsAt), furtherLabels }),
  };
}
