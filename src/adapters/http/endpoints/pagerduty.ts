import { z } from 'zod';
import type { RemoteAct, RemoteActor, RemoteResult } from '../../../app/remote/remote-acts.ts';
import { notStored } from '../act-problem.ts';
import { endpoint, json, type Answer, type Endpoint } from '../endpoint.ts';
import type { HttpParts } from '../http-parts.ts';
import { signatureRefusal } from '../inbound/pagerduty-signature.ts';
import { readBody, switchedOff } from '../inbound/read-body.ts';

const path = '/api/v1/hooks/pagerduty';
const page = 'docs/pagerduty.md';
const system = 'PagerDuty';
const id = z.string().min(1).max(200);

/** Who did it; the type tells people from integrations. */
const Agent = z.looseObject({ type: z.string().nullish(), summary: z.string().nullish() });

/** What is used of a v3 webhook. `data` is an incident, or a note that names one. */
const Webhook = z.looseObject({
  event: z.looseObject({
    id,
    event_type: z.string().min(1).max(100),
    occurred_at: z.iso.datetime({ offset: true, error: 'must be a time such as 2026-08-22T02:07:11Z' }),
    agent: Agent.nullish(),
    data: z.looseObject({
      id: z.string().max(200).nullish(),
      incident_key: z.string().nullish(),
      content: z.string().nullish(),
      incident: z.looseObject({ id: z.string().max(200).nullish() }).nullish(),
    }),
  }),
});
type PagerDutyEvent = z.infer<typeof Webhook>['event'];

const TakenWire = z
  .strictObject({
    result: z.enum(['recorded', 'unchanged', 'ignored']),
    incident: z.string().optional().meta({ description: 'The id of our incident.' }),
    because: z.string().optional().meta({ description: 'Why it was ignored.' }),
  })
  .meta({ id: 'PagerDutyTaken' });

const kinds: Readonly<Record<string, RemoteAct['kind']>> = {
  'incident.acknowledged': 'acknowledged',
  'incident.unacknowledged': 'unacknowledged',
  'incident.resolved': 'resolved',
  'incident.annotated': 'annotated',
};

/** Where PagerDuty tells what people do about incidents of ours. */
export function pagerDutyEndpoints({
  inbound,
  remoteActs,
}: Pick<HttpParts, 'inbound' | 'remoteActs'>): readonly Endpoint[] {
  return [
    endpoint({
      method: 'post',
      path,
      name: 'hookPagerduty',
      summary: 'Webhooks (v3) of PagerDuty: acknowledgements, resolutions and notes of people there',
      admits: 'signed',
      bodyLimitBytes: 256 * 1024,
      body: Webhook,
      answers: {
        200: { description: 'It was taken, or does not concern an incident of ours.', schema: TakenWire },
        401: { description: 'No signature fits the body.' },
        404: { description: 'This way in is switched off; the hint says how to switch it on.' },
        503: { description: 'The store could not keep it; nothing happened.' },
      },
      answer: async (request) => {
        const { raw } = request;
        const settings = inbound().pagerduty;
        if (settings === undefined)
          return switchedOff(path, 'pagerduty', 'pagerduty: { secretFiles: [/run/secrets/pagerduty-webhook] }');
        const refused = await signatureRefusal(raw, request.header('x-pagerduty-signature'), settings.secretFiles);
        if (refused !== undefined) return refused;
        const read = readBody(raw, Webhook, page);
        if (read.kind === 'problem') return read;
        const act = actOf(read.body.event);
        if (act === undefined) return json({ result: 'ignored', because: 'nothing-to-record' });
        return answerOf(await remoteActs.take(act));
      },
    }),
  ];
}

/** Undefined for what is about no incident. */
function actOf({ id: event, event_type: type, occurred_at: at, agent, data }: PagerDutyEvent): RemoteAct | undefined {
  if (!type.startsWith('incident.')) return undefined;
  const isNote = type === 'incident.annotated';
  // What Andon gave as dedup_key comes back as the key of the incident. Notes name PagerDuty's own id of it alone.
  const remoteIncident = data.incident?.id ?? (isNote ? undefined : data.id);
  const incidentId = data.incident_key ?? '';
  if (typeof remoteIncident !== 'string' || remoteIncident === '') return undefined;
  return {
    system,
    // A note keeps its id whichever subscription tells of it.
    event: isNote && typeof data.id === 'string' ? data.id : event,
    kind: (Object.hasOwn(kinds, type) ? kinds[type] : undefined) ?? 'seen',
    at: Date.parse(at),
    remoteIncident,
    ...(incidentId === '' ? {} : { incidentId }),
    who: actorOf(agent),
    ...(typeof data.content === 'string' ? { text: data.content } : {}),
  };
}

/** Of an incident with our key, an integration does only what Andon told it to do. */
function actorOf(agent: PagerDutyEvent['agent']): RemoteActor {
  const { type, summary } = agent ?? {};
  if (type?.endsWith('integration_reference') === true) return { kind: 'andon' };
  return { kind: type === 'user_reference' ? 'person' : 'system', name: summary ?? '' };
}

function answerOf(result: RemoteResult): Answer {
  switch (result.kind) {
    case 'recorded':
    case 'unchanged':
      return json({ result: result.kind, incident: result.incidentId });
    case 'ignored':
      return json({ result: result.kind, because: result.because });
    case 'not-stored':
      return notStored(result.reason, result.detail, 'send it again');
  }
}
