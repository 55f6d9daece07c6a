import { z } from 'zod';
import type { GateActResult } from '../../../app/gate/gate-acts.ts';
import { present } from '../../../app/views/json-fields.ts';
import { everyService, freezeLifts } from '../../../domain/gate/gate-event.ts';
import { invalidField, notStored, unknownService } from '../act-problem.ts';
import { endpoint, json, type Answer, type Endpoint } from '../endpoint.ts';
import type { HttpParts } from '../http-parts.ts';
import { problem } from '../problem.ts';
import { ActBy, DurationText, PlainText } from '../wire/act.ts';
import {
  FreezesWire,
  FreezeWire,
  GatesWire,
  GateWire,
  OverridesWire,
  OverrideWire,
  toFreezeWire,
  toGateWire,
  toOverrideWire,
} from '../wire/gate.ts';

const ServiceParam = z.strictObject({ service: z.string().min(1).max(253) });
const IdParam = z.strictObject({ id: z.string().min(1).max(200) });
const ChangeId = z.string().min(1).max(200);

const FreezeBody = z
  .strictObject({
    by: ActBy,
    reason: PlainText,
    for: DurationText.optional(),
    liftsWhen: z
      .enum(freezeLifts)
      .optional()
      .meta({ description: '`end-state-held`: it lifts by itself once the end state has held. Default `by-hand`.' }),
  })
  .meta({ id: 'FreezeRequest' });
const OverrideBody = z
  .strictObject({
    by: ActBy,
    reason: PlainText,
    for: DurationText,
    change: ChangeId.optional().meta({ description: 'Only this change may pass; absent: any.' }),
  })
  .meta({ id: 'OverrideRequest' });
const EndingBody = z.strictObject({ by: ActBy, reason: PlainText }).meta({ id: 'Ending' });

const actAnswers = {
  404: { description: 'There is no such thing, or it is over.' },
  422: { description: 'A field does not fit.' },
  503: { description: 'The store could not keep it; nothing happened.' },
};

/** What deployment tools are told, and what people do about it. */
export function gateEndpoints({ gates }: Pick<HttpParts, 'gates'>): readonly Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/api/v1/gate',
      name: 'listGates',
      summary: 'What the gate of every service says',
      answers: { 200: { description: 'The gates, by service.', schema: GatesWire } },
      answer: () => json({ gates: gates.answers().map(toGateWire) }),
    }),
    endpoint({
      method: 'get',
      path: '/api/v1/gate/{service}',
      name: 'getGate',
      summary: 'What the gate of a service says; always 200 with an object, whatever is missing',
      params: z.object({ service: z.string() }),
      // However it is asked: an error status would make some tools roll back, and others go on.
      query: z.looseObject({
        change: z
          .string()
          .optional()
          .catch(undefined)
          .meta({ description: 'The change that asks: one that remedies an incident passes.' }),
      }),
      answers: { 200: { description: 'The answer.', schema: GateWire } },
      answer: ({ params, query }) =>
        json(toGateWire(gates.ask(params.service, query.change === '' ? undefined : query.change))),
    }),
    endpoint({
      method: 'get',
      path: '/api/v1/freezes',
      name: 'listFreezes',
      summary: 'The lines that people stopped, oldest first',
      answers: { 200: { description: 'The freezes.', schema: FreezesWire } },
      answer: () => json({ freezes: gates.freezes().map(toFreezeWire) }),
    }),
    endpoint({
      method: 'get',
      path: '/api/v1/overrides',
      name: 'listOverrides',
      summary: 'The gates that people overrode, oldest first',
      answers: { 200: { description: 'The overrides.', schema: OverridesWire } },
      answer: () => json({ overrides: gates.overrides().map(toOverrideWire) }),
    }),
    endpoint({
      method: 'post',
      path: '/api/v1/gate/{service}/freeze',
      name: 'freezeGate',
      summary: `Stop the line of a service by hand; \`${everyService}\` stops every one`,
      params: ServiceParam,
      body: FreezeBody,
      answers: { 200: { description: 'The freeze.', schema: FreezeWire }, ...actAnswers },
      answer: async ({ params: { service }, body: { by, reason, for: forMs, liftsWhen } }) =>
        answerAct(await gates.acts.freeze({ service, by, reason, ...present({ forMs, liftsWhen }) }), toFreezeWire),
    }),
    endpoint({
      method: 'post',
      path: '/api/v1/freezes/{id}/lift',
      name: 'liftFreeze',
      summary: 'Let a line move again that a person stopped',
      params: IdParam,
      body: EndingBody,
      answers: { 200: { description: 'The freeze that is over.', schema: FreezeWire }, ...actAnswers },
      answer: async ({ params, body }) =>
        answerAct(await gates.acts.lift(params.id, body.by, body.reason), toFreezeWire),
    }),
    endpoint({
      method: 'post',
      path: '/api/v1/gate/{service}/override',
      name: 'overrideGate',
      summary: 'Let changes pass for a while, whatever the gate sees; it is recorded who and why',
      params: ServiceParam,
      body: OverrideBody,
      answers: { 200: { description: 'The override.', schema: OverrideWire }, ...actAnswers },
      answer: async ({ params: { service }, body: { by, reason, for: forMs, change } }) =>
        answerAct(await gates.acts.override({ service, by, reason, forMs, ...present({ change }) }), toOverrideWire),
    }),
    endpoint({
      method: 'post',
      path: '/api/v1/overrides/{id}/end',
      name: 'endOverride',
      summary: 'End an override before its time',
      params: IdParam,
      body: EndingBody,
      answers: { 200: { description: 'The override that is over.', schema: OverrideWire }, ...actAnswers },
      answer: async ({ params, body }) =>
        answerAct(await gates.acts.endOverride(params.id, body.by, body.reason), toOverrideWire),
    }),
  ];
}

function answerAct<T>(result: GateActResult<T>, toWire: (value: T) => unknown): Answer {
  switch (result.kind) {
    case 'recorded':
      return json(toWire(result.value));
    case 'unknown-service':
      return unknownService(result.service);
    case 'unknown-freeze':
      return problem(404, {
        reason: result.kind,
        title: 'No such freeze',
        detail: `there is no freeze ${JSON.stringify(result.id)}, or it is over`,
        hint: 'GET /api/v1/freezes lists those that stand.',
      });
    case 'unknown-override':
      return problem(404, {
        reason: result.kind,
        title: 'No such override',
        detail: `there is no override ${JSON.stringify(result.id)}, or it is over`,
        hint: 'GET /api/v1/overrides lists those that stand.',
      });
    case 'invalid':
      return invalidField(result.field, result.problem);
    case 'not-stored':
      return notStored(result.reason, result.detail);
  }
}
