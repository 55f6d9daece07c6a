import { z } from 'zod';
import { closedIncidentsKept } from '../../../app/recording/incident-book.ts';
import { incidentNow } from '../../../app/views/incident-now.ts';
import { present } from '../../../app/views/json-fields.ts';
import { byLimit } from '../../../app/person-text.ts';
import type { ActResult } from '../../../app/respond.ts';
import type { Incident } from '../../../domain/incident/incident.ts';
import { invalidField, notStored } from '../act-problem.ts';
import { endpoint, json, type Answer, type Endpoint } from '../endpoint.ts';
import type { HttpParts } from '../http-parts.ts';
import { problem, type Problem } from '../problem.ts';
import { PlainText } from '../wire/act.ts';
import { incidentPhases, IncidentsWire, IncidentWire, toIncidentWire } from '../wire/incident.ts';
import { toIncidentNowWire } from '../wire/incident-now.ts';
import { IncidentRecordWire, toTimelineWire } from '../wire/timeline.ts';

const mostListed = 500;

const IncidentId = z.strictObject({ id: z.string().min(1).max(200) });

const IncidentsQuery = z.strictObject({
  service: z.string().min(1).max(253).optional(),
  phase: z.enum(incidentPhases).optional(),
  limit: z.coerce.number().int().min(1).max(mostListed).default(50),
  before: z.string().max(200).optional().meta({ description: 'Id of an incident: only those that opened before it.' }),
});

const By = z.string().min(1).max(byLimit).meta({ description: 'Who acts.' });
const AcknowledgementBody = z.strictObject({ by: By, note: PlainText.optional() }).meta({ id: 'Acknowledgement' });
const ClosingBody = z
  .strictObject({ by: By, because: PlainText.meta({ description: 'Why it is over; plain text.' }) })
  .meta({ id: 'Closing' });
const NoteBody = z.strictObject({ by: By, note: PlainText }).meta({ id: 'Note' });

const actAnswers = {
  200: { description: 'The incident after it.', schema: IncidentWire },
  404: { description: 'No such incident is kept.' },
  422: { description: 'A field is blank.' },
  503: { description: 'The store could not keep it; nothing happened.' },
};

/** What happened, and what people add to it. */
export function incidentEndpoints(parts: HttpParts): readonly Endpoint[] {
  const silenced = (incident: Incident) => (incident.phase === 'closed' ? undefined : parts.silences.of(incident));
  return [
    endpoint({
      method: 'get',
      path: '/api/v1/incidents',
      name: 'listIncidents',
      summary: 'Incidents, newest first',
      query: IncidentsQuery,
      answers: {
        200: { description: 'The incidents.', schema: IncidentsWire },
        404: { description: 'Unknown `before`.' },
      },
      answer: ({ query: { service, phase, limit, before } }) => {
        if (before !== undefined && parts.incidents.get(before) === undefined) return unknownIncident(before);
        const found = parts.incidents.list({ limit: limit + 1, ...present({ service, phase, before }) });
        const incidents = found.slice(0, limit);
        const next = found.length > limit ? incidents.at(-1)?.id : undefined;
        return json({
          incidents: incidents.map((each) => toIncidentWire(each, silenced(each))),
          ...present({ before: next }),
        });
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/v1/incidents/{id}',
      name: 'getIncident',
      summary: 'One incident with its timeline, and what keeps it open now',
      params: IncidentId,
      answers: {
        200: { description: 'The incident.', schema: IncidentRecordWire },
        404: { description: 'No such incident is kept.' },
      },
      answer: ({ params }) => {
        const record = parts.incidents.get(params.id);
        if (record === undefined) return unknownIncident(params.id);
        const now = incidentNow(parts.services(), record.incident);
        return json({
          incident: toIncidentWire(record.incident, silenced(record.incident)),
          ...present({ now: now && toIncidentNowWire(now) }),
          timeline: toTimelineWire(record.timeline, parts.changes.claims(record.incident.id)),
        });
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/v1/incidents/{id}/acknowledge',
      name: 'acknowledgeIncident',
      summary: 'Say that a person is on it; a second time changes nothing',
      params: IncidentId,
      body: AcknowledgementBody,
      answers: { ...actAnswers, 409: { description: 'The incident is closed.' } },
      answer: async ({ params, body }) => answerAct(await parts.responder.acknowledge(params.id, body.by, body.note)),
    }),
    endpoint({
      method: 'post',
      path: '/api/v1/incidents/{id}/notes',
      name: 'noteIncident',
      summary: 'Write a note into the timeline',
      params: IncidentId,
      body: NoteBody,
      answers: actAnswers,
      answer: async ({ params, body }) => answerAct(await parts.responder.note(params.id, body.by, body.note)),
    }),
    endpoint({
      method: 'post',
      path: '/api/v1/incidents/{id}/close',
      name: 'closeIncident',
      summary: 'Close an incident that nothing else can close, because it is unwatched or blind',
      params: IncidentId,
      body: ClosingBody,
      answers: { ...actAnswers, 409: { description: 'The incident is closed, or closes by itself.' } },
      answer: async ({ params, body }) => answerAct(await parts.responder.close(params.id, body.by, body.because)),
    }),
  ];
}

function answerAct(result: ActResult): Answer {
  switch (result.kind) {
    case 'recorded':
    case 'already-acknowledged':
      return json(toIncidentWire(result.incident));
    case 'unknown-incident':
      return unknownIncident(result.id);
    case 'closed-incident':
      return problem(409, {
        reason: result.kind,
        title: 'The incident is closed',
        detail: `incident ${result.id} is closed: it can no longer be acknowledged or closed`,
        hint: 'Write a note instead: POST /api/v1/incidents/{id}/notes.',
      });
    case 'still-watched':
      return problem(409, {
        reason: result.kind,
        title: 'The incident closes by itself',
        detail: `incident ${result.id} is watched and can be seen: it resolves when its end state has held, and closes after its watch window`,
        hint: 'If its service is gone for good, take it out of the rule files first. If a target is wrong, mend the rule file.',
      });
    case 'invalid':
      return invalidField(result.field, result.problem);
    case 'not-stored':
      return notStored(result.reason, result.detail);
  }
}

function unknownIncident(id: string): Problem {
  return problem(404, {
    reason: 'unknown-incident',
    title: 'No such incident',
    detail: `no incident ${JSON.stringify(id)} is kept`,
    hint: `GET /api/v1/incidents lists them; of the closed ones Andon keeps the newest ${closedIncidentsKept} at hand.`,
  });
}
