import { z } from 'zod';
import type { SilenceActResult } from '../../../app/silence/silence-acts.ts';
import { present } from '../../../app/views/json-fields.ts';
import { invalidField, notStored, unknownService } from '../act-problem.ts';
import { endpoint, json, type Answer, type Endpoint } from '../endpoint.ts';
import type { HttpParts } from '../http-parts.ts';
import { problem } from '../problem.ts';
import { ActBy, DurationText, PlainText } from '../wire/act.ts';
import { SeverityWire } from '../wire/common.ts';
import { SilencesWire, SilenceWire, toSilencesWire, toSilenceWire } from '../wire/silence.ts';

const Name = z.string().min(1).max(253);
/** So many labels say enough of what is meant. */
const mostLabels = 20;
const Labels = z
  .record(z.string().min(1).max(200), z.string().max(1000))
  .refine((labels) => Object.keys(labels).length <= mostLabels, `at most ${mostLabels} labels`)
  .refine((labels) => Object.keys(labels).length > 0, 'name at least one label, or leave it out');

const Instant = z.iso
  .datetime({ offset: true, error: 'must be an instant such as 2026-11-01T22:00:00Z' })
  .max(40)
  .transform((text) => Date.parse(text));

const SilenceBody = z
  .strictObject({
    matcher: z
      .strictObject({
        service: Name.optional().meta({ description: 'A service’s name, or `*` for every service.' }),
        severity: SeverityWire.optional(),
        owner: z.string().min(1).max(200).optional(),
        rule: Name.optional(),
        labels: Labels.optional().meta({ description: 'Labels that the incident must carry with these values.' }),
        group: Labels.optional().meta({ description: 'Labels that must tell the group with these values.' }),
      })
      .meta({ description: 'Incidents that fit all that is named; at least one thing is.' }),
    by: ActBy,
    reason: PlainText,
    from: Instant.optional().meta({ description: 'Default: now.' }),
    until: Instant.optional().meta({ description: 'When it ends. Give this or `for`.' }),
    for: DurationText.optional().meta({
      description: 'How long it lasts: `2h`. At most 90d; at most 24h for everything.',
    }),
  })
  .refine((body) => (body.until === undefined) !== (body.for === undefined), {
    message: 'give exactly one of `until` and `for`',
    path: ['until'],
  })
  .meta({ id: 'SilenceRequest' });
const EndingBody = z.strictObject({ by: ActBy, reason: PlainText }).meta({ id: 'SilenceEnding' });

const actAnswers = {
  404: { description: 'There is no such thing, or it is over.' },
  409: { description: 'There are too many silences.' },
  422: { description: 'A field does not fit.' },
  503: { description: 'The store could not keep it; nothing happened.' },
};

/** Pages that people keep back: nothing else changes by it. */
export function silenceEndpoints({ silences }: Pick<HttpParts, 'silences'>): readonly Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/api/v1/silences',
      name: 'listSilences',
      summary: 'The silences that stand or are to come, the first to end first',
      answers: { 200: { description: 'The silences.', schema: SilencesWire } },
      answer: () => json(toSilencesWire(silences.silences())),
    }),
    endpoint({
      method: 'post',
      path: '/api/v1/silences',
      name: 'createSilence',
      summary: 'Keep pages back for a while: incidents, gates, budgets and times stay as they are',
      body: SilenceBody,
      answers: { 200: { description: 'The silence.', schema: SilenceWire }, ...actAnswers },
      answer: async ({ body: { matcher, by, reason, from, until, for: forMs = 0 } }) =>
        answerAct(
          await silences.acts.create({
            matcher: present(matcher),
            by,
            reason,
            until: until ?? { forMs },
            ...present({ from }),
          }),
        ),
    }),
    endpoint({
      method: 'post',
      path: '/api/v1/silences/{id}/end',
      name: 'endSilence',
      summary: 'End a silence before its time: what burns under it pages at once',
      params: z.strictObject({ id: z.string().min(1).max(300) }),
      body: EndingBody,
      answers: { 200: { description: 'The silence that is over.', schema: SilenceWire }, ...actAnswers },
      answer: async ({ params, body }) => answerAct(await silences.acts.end(params.id, body.by, body.reason)),
    }),
  ];
}

function answerAct(result: SilenceActResult): Answer {
  switch (result.kind) {
    case 'recorded':
      return json(toSilenceWire(result.silence));
    case 'unknown-service':
      return unknownService(result.service, result.meant);
    case 'unknown-silence':
      return problem(404, {
        reason: result.kind,
        title: 'No such silence',
        detail: `there is no silence ${JSON.stringify(result.id)}, or it is over`,
        hint: 'GET /api/v1/silences lists those that stand.',
      });
    case 'too-many':
      return problem(409, {
        reason: 'too-many-silences',
        title: 'Too many silences',
        detail: `there are ${result.most} silences already`,
        hint: 'End some, or silence by owner or label instead of service by service.',
      });
    case 'invalid':
      return invalidField(result.field, result.problem);
    case 'not-stored':
      return notStored(result.reason, result.detail);
  }
}
