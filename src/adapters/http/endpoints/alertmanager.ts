import { z } from 'zod';
import type { PostedAlert } from '../../../app/alerts/posted-alert.ts';
import { alertOutcomes } from '../../../app/ports/telemetry.ts';
import { notStored } from '../act-problem.ts';
import { endpoint, json, type Endpoint } from '../endpoint.ts';
import type { HttpParts } from '../http-parts.ts';
import { credentialsRefusal } from '../inbound/alertmanager-credentials.ts';
import { readBody, switchedOff } from '../inbound/read-body.ts';

const path = '/api/v1/hooks/alertmanager';
const page = 'docs/alertmanager-in.md';

const time = () =>
  z.iso
    .datetime({ offset: true, error: 'must be a time such as 2026-08-22T02:07:11Z' })
    .transform((text) => Date.parse(text));

/** Go's zero time: no time. */
const zeroTime = Date.parse('0001-01-01T00:00:00Z');

const AlertWire = z.looseObject({
  status: z.enum(['firing', 'resolved']),
  labels: z.record(z.string(), z.string()),
  startsAt: time(),
  /** The year 1 while it fires: Go's zero time. */
  endsAt: time().nullish(),
  fingerprint: z.string().min(1, 'must have a character or more').max(128),
});

/** What is used of a webhook of version 4. What else stands there, now or one day, passes. */
const Webhook = z.looseObject({
  version: z.literal('4'),
  truncatedAlerts: z.int().min(0).nullish(),
  alerts: z.array(AlertWire).max(10_000),
});

const TakenWire = z
  .strictObject({
    alerts: z
      .partialRecord(z.enum(alertOutcomes), z.int())
      .meta({ description: 'How many alerts became what; see docs/alertmanager-in.md.' }),
  })
  .meta({ id: 'AlertsTaken' });

/** Where Alertmanager posts the alerts of others. */
export function alertmanagerEndpoints(
  parts: Pick<HttpParts, 'inbound' | 'alerts' | 'log' | 'now'>,
): readonly Endpoint[] {
  return [
    endpoint({
      method: 'post',
      path,
      name: 'hookAlertmanager',
      summary: "Webhooks (version 4) of Alertmanager: other people's alerts, which become evidence of incidents",
      admits: 'signed',
      bodyLimitBytes: 2 * 1024 * 1024,
      body: Webhook,
      answers: {
        200: { description: 'The alerts were taken.', schema: TakenWire },
        401: { description: 'The request does not bear the credentials.' },
        404: { description: 'This way in is switched off; the hint says how to switch it on.' },
        503: { description: 'The store could not keep it; nothing happened.' },
      },
      answer: async (request) => {
        const settings = parts.inbound().alertmanager;
        if (settings === undefined)
          return switchedOff(path, 'alertmanager', 'alertmanager: { tokenFile: /run/secrets/alertmanager-token }');
        const refused = await credentialsRefusal(request.header('authorization'), settings);
        if (refused !== undefined) return refused;
        const read = readBody(request.raw, Webhook, page);
        if (read.kind === 'problem') return read;
        const { alerts, truncatedAlerts } = read.body;
        const taken = await parts.alerts.receive(
          alerts.map(postedAlert),
          [settings.serviceLabel, 'job'],
          truncatedAlerts ?? 0,
        );
        if (taken.kind === 'not-stored') return notStored(taken.reason, taken.detail, 'send it again');
        return json({ alerts: taken.counts });
      },
    }),
  ];
}

function postedAlert({ status, labels, startsAt, endsAt, fingerprint }: z.infer<typeof AlertWire>): PostedAlert {
  const isOver = status === 'resolved' && typeof endsAt === 'number' && endsAt !== zeroTime;
  return { fingerprint, status, labels, startsAt, ...(isOver ? { endsAt } : {}) };
}
