import { z } from 'zod';
import { incidentNow } from '../../../app/views/incident-now.ts';
import { shadowStopsKept } from '../../../app/shadow/shadow-book.ts';
import type { Incident } from '../../../domain/incident/incident.ts';
import type { SilencedBy } from '../../../domain/incident/silenced-by.ts';
import { endpoint, json, text, type Answer, type Endpoint } from '../endpoint.ts';
import type { HttpParts } from '../http-parts.ts';
import { incidentPage, missingIncidentPage } from '../incident-page.ts';
import { openApiDocument } from '../openapi.ts';
import { statusPage } from '../status-page.ts';
import { flaggerEndpoints } from './flagger.ts';
import { alertmanagerEndpoints } from './alertmanager.ts';
import { pagerDutyEndpoints } from './pagerduty.ts';
import { changeEndpoints } from './changes.ts';
import { channelEndpoints } from './channels.ts';
import { deliveryEndpoints } from './delivery.ts';
import { gateEndpoints } from './gates.ts';
import { protectionEndpoints } from './protections.ts';
import { hookEndpoints } from './hooks.ts';
import { incidentEndpoints } from './incidents.ts';
import { operationEndpoints } from './operations.ts';
import { serviceEndpoints } from './services.ts';
import { silenceEndpoints } from './silences.ts';
import { shadowEndpoints } from './shadow.ts';

const mostIncidentsShown = 100;
const html = 'text/html; charset=utf-8';

/** The whole surface: the API with its own description, and the pages for people, which are no part of the API. */
export function allEndpoints(parts: HttpParts, version: string): readonly Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/',
      name: 'getPage',
      summary: 'A page with every line, target and open incident',
      answers: { 200: { description: 'The page.', contentType: 'text/html' } },
      answer: () => text(pageOf(parts), html),
    }),
    endpoint({
      method: 'get',
      path: '/incidents/{id}',
      name: 'getIncidentPage',
      summary: 'A page of one incident; the link in a page leads here',
      params: z.strictObject({ id: z.string() }),
      answers: {
        200: { description: 'The page.', contentType: 'text/html' },
        404: { description: 'No such incident is kept, as a page.', contentType: 'text/html' },
      },
      answer: ({ params }) => incidentPageOf(parts, params.id),
    }),
    ...apiEndpoints(parts, version),
  ];
}

/** The endpoints that the OpenAPI document describes, itself among them. */
export function apiEndpoints(parts: HttpParts, version: string): readonly Endpoint[] {
  const endpoints: readonly Endpoint[] = [
    ...serviceEndpoints(parts),
    ...incidentEndpoints(parts),
    ...gateEndpoints(parts),
    ...protectionEndpoints(parts),
    ...silenceEndpoints(parts),
    ...changeEndpoints(parts),
    ...hookEndpoints(parts),
    ...pagerDutyEndpoints(parts),
    ...alertmanagerEndpoints(parts),
    ...shadowEndpoints(parts),
    ...flaggerEndpoints(parts),
    ...deliveryEndpoints(parts),
    ...channelEndpoints(parts),
    ...operationEndpoints(parts),
    endpoint({
      method: 'get',
      path: '/api/v1/openapi.json',
      name: 'getOpenApi',
      summary: 'This description',
      answers: { 200: { description: 'An OpenAPI 3.1 document.', contentType: 'application/json' } },
      answer: () => json(openApiDocument(endpoints, version)),
    }),
  ];
  return endpoints;
}

/** What keeps the pages of an incident back that may still page. */
function silencedNow({ silences }: HttpParts, incident: Incident): SilencedBy | undefined {
  return incident.phase === 'closed' ? undefined : silences.of(incident);
}

function incidentPageOf(parts: HttpParts, id: string): Answer {
  const record = parts.incidents.get(id);
  if (record === undefined) return text(missingIncidentPage(id), html, 404);
  const { incident } = record;
  const { service } = incident;
  const views = parts.services();
  const page = incidentPage(record, parts.now(), {
    standing: incidentNow(views, incident),
    gate: views.some((view) => view.service === service) ? parts.gates.of(service) : undefined,
    silenced: silencedNow(parts, incident),
    grafana: parts.grafana?.(),
    claims: parts.changes.claims(incident.id),
  });
  return text(page, html);
}

function pageOf(parts: HttpParts): string {
  return statusPage({
    services: parts.services(),
    incidents: [
      ...parts.incidents.list({ phase: 'open', limit: mostIncidentsShown }),
      ...parts.incidents.list({ phase: 'watching', limit: mostIncidentsShown }),
    ],
    gates: parts.gates.answers(),
    overrides: parts.gates.overrides(),
    shadows: parts.shadows.list({ limit: shadowStopsKept }),
    silences: parts.silences.silences(),
    grafana: parts.grafana?.(),
    silencedBy: (incident) => parts.silences.of(incident),
    status: parts.status(),
    readiness: parts.readiness(),
    now: parts.now(),
  });
}
