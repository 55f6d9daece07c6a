import { z } from 'zod';
import { reportLimits } from '../../../app/changes/check-report.ts';
import type { ChangeReportResult } from '../../../app/changes/change-desk.ts';
import { byLimit, noteLimit } from '../../../app/person-text.ts';
import { present } from '../../../app/views/json-fields.ts';
import { changeKinds, changeOutcomes } from '../../../domain/change/change-event.ts';
import { unknownService } from '../act-problem.ts';
import { changeProblem } from '../change-problem.ts';
import { endpoint, json, type Answer, type Endpoint } from '../endpoint.ts';
import type { HttpParts } from '../http-parts.ts';
import { problem } from '../problem.ts';
import { ChangesWire, ChangeTakenWire, ChangeWire, toChangeWire } from '../wire/change.ts';

const mostListed = 500;

const ServiceName = z.string().min(1).max(253);
const ChangeId = z.string().min(1).max(reportLimits.change);
const short = (field: keyof typeof reportLimits) => z.string().max(reportLimits[field]).optional();
const Time = z.iso
  .datetime({ offset: true, error: 'must be a time such as 2026-08-22T02:07:11Z' })
  .max(40)
  .transform((text) => Date.parse(text))
  .optional();

const ChangeReportBody = z
  .strictObject({
    change: ChangeId.meta({ description: 'Your id of the change. Every further report about it bears the same.' }),
    service: ServiceName,
    kind: z.enum(changeKinds).optional().meta({ description: 'Default `deployment`.' }),
    version: short('version').meta({ description: 'What is deployed: a version, a tag, a commit.' }),
    before: short('before').meta({ description: 'What was there before.' }),
    summary: short('summary'),
    by: short('by'),
    environment: short('environment'),
    link: short('link').meta({ description: 'An http or https URL.' }),
    rollback: short('rollback').meta({ description: 'The way back: a command, a version or a URL.' }),
    startedAt: Time.meta({ description: 'Default: when the first report comes in.' }),
    finishedAt: Time.meta({ description: 'Default: when an outcome is first reported.' }),
    outcome: z.enum(changeOutcomes).optional(),
    remedies: z
      .strictObject({
        incident: z.string().min(1).max(200),
        by: z.string().min(1).max(byLimit),
        reason: z.string().min(1).max(noteLimit),
      })
      .optional()
      .meta({
        description:
          'That the change is the fix of an open incident of its service or of one that it depends on: its gate lets it pass.',
      }),
  })
  .meta({ id: 'ChangeReport' });

/** Where pipelines and people tell of changes, and where everybody sees them. */
export function changeEndpoints({ changes }: Pick<HttpParts, 'changes'>): readonly Endpoint[] {
  return [
    endpoint({
      method: 'post',
      path: '/api/v1/changes',
      name: 'reportChange',
      summary: 'Tell of a change: as often as something about it is news, always with the same id',
      body: ChangeReportBody,
      answers: {
        200: { description: 'The change after it.', schema: ChangeTakenWire },
        404: { description: 'No such service is watched.' },
        422: {
          description:
            'A field does not fit, or the incident to remedy is not open, is not seen by the gate of the service, or is younger than the change.',
        },
        503: { description: 'The store could not keep it; nothing happened.' },
      },
      answer: async ({ body, header }) => {
        // The command line is told from other clients by its name, which is no secret: it changes nothing but a word.
        const origin = header('user-agent')?.startsWith('andon-cli') === true ? 'cli' : 'api';
        return answerReport(await changes.report(present(body), origin));
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/v1/changes',
      name: 'listChanges',
      summary: 'Changes, newest first by when they began',
      query: z.strictObject({
        service: ServiceName.optional().meta({ description: 'Only of this service.' }),
        limit: z.coerce.number().int().min(1).max(mostListed).default(50),
      }),
      answers: {
        200: { description: 'The changes.', schema: ChangesWire },
        404: { description: 'No such service.' },
      },
      answer: ({ query: { service, limit } }) => {
        const found = changes.list(service, limit);
        if (found === undefined) return unknownService(service ?? '', changes.meant(service ?? ''));
        return json({ changes: found.map(toChangeWire) });
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/v1/services/{name}/changes/{id}',
      name: 'getChange',
      summary: 'One change of a service',
      params: z.strictObject({ name: ServiceName, id: ChangeId }),
      answers: { 200: { description: 'The change.', schema: ChangeWire }, 404: { description: 'There is none.' } },
      answer: ({ params: { name, id } }) => {
        const change = changes.get(name, id);
        if (change !== undefined) return json(toChangeWire(change));
        return problem(404, {
          reason: 'unknown-change',
          title: 'No such change',
          detail: `no change ${JSON.stringify(id)} of ${JSON.stringify(name)} is kept`,
          hint: 'GET /api/v1/changes?service=… lists the newest.',
        });
      },
    }),
  ];
}

function answerReport(result: ChangeReportResult): Answer {
  if (result.kind !== 'recorded' && result.kind !== 'unchanged') return changeProblem(result);
  return json({ result: result.kind, change: toChangeWire(result.change) });
}
