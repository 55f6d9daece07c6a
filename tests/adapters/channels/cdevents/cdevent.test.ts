import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { cdEventOf } from '../../../../src/adapters/channels/cdevents/cdevent.ts';
import { cloudEventPost } from '../../../../src/adapters/channels/cdevents/cloud-event.ts';
import { factSheetOf } from '../../../../src/adapters/channels/facts/render-fact-sheet.ts';
import type { Attempt } from '../../../../src/app/ports/channel.ts';
import { aNotification } from '../../../support/a-notification.ts';
import { expectGolden } from '../facts/golden.ts';
import { stories, storyNames } from '../facts/stories.ts';
import { wildAttempts } from '../facts/wild-attempts.ts';
import { incidentSchema } from './incident-schema.ts';

const origin = { source: '/andon/eu', environment: 'production' };
const ajv = new Ajv2020({ allErrors: true });
const schemas = {
  detected: ajv.compile(incidentSchema('detected')),
  resolved: ajv.compile(incidentSchema('resolved')),
};

function eventOf(attempt: Attempt) {
  return cdEventOf(factSheetOf(attempt), attempt.notification.id, origin);
}

function holdsTo(attempt: Attempt): void {
  const event = eventOf(attempt);
  const validate = schemas[['resolved', 'test'].includes(attempt.notification.kind) ? 'resolved' : 'detected'];
  expect(validate(event) ? [] : validate.errors).toEqual([]);
  for (const value of Object.values(cloudEventPost(event, 'binary').headers)) {
    expect(value).toMatch(/^[\u0021-\u007e]+$/);
  }
}

test.each(storyNames)('%s is as in its golden file, and what CDEvents asks for', (name) => {
  holdsTo(stories[name]);
  expectGolden(`cdevents/${name}`, JSON.parse(cloudEventPost(eventOf(stories[name]), 'structured').body));
});

test('any notification is what CDEvents asks for', () => {
  fc.assert(fc.property(wildAttempts, holdsTo), { numRuns: 100 });
});

test('the schema refuses what does not belong there', () => {
  const event = eventOf(stories.firing);
  const content = { ...event.subject.content, onset: '2026-08-22T02:07:12Z' };
  expect(schemas.detected({ ...event, subject: { ...event.subject, content } })).toBe(false);
  expect(schemas.resolved(event)).toBe(false);
});

describe('an event', () => {
  test.each([
    ['firing', 'detected', 'incident.firing', '2026-08-22T02:07:42.000Z'],
    ['escalated', 'detected', 'incident.escalated', '2026-08-22T02:08:47.000Z'],
    ['relapsed', 'detected', 'incident.relapsed', '2026-08-22T02:58:12.000Z'],
    ['resolved', 'resolved', 'incident.resolved', '2026-08-22T02:41:05.000Z'],
    ['closed-by-hand', 'resolved', 'incident.resolved', '2026-08-22T03:42:12.000Z'],
  ] as const)('of %s is %s, with the time it happened', (name, predicate, type, timestamp) => {
    const event = eventOf(stories[name]);
    expect(event.context).toMatchObject({ type: `dev.cdevents.incident.${predicate}.0.3.0`, timestamp });
    expect(event.subject).toMatchObject({ id: 'checkout-20260822T020742Z', content: { service: { id: 'checkout' } } });
    expect(event.customData).toMatchObject({ event: type, onset: { at: '2026-08-22T02:07:12.000Z' } });
  });

  test('has the id of its notification, on every try and for everything that stands for others', () => {
    const again = { ...stories.firing, attempt: 7 };
    expect(eventOf(again)).toEqual(eventOf(stories.firing));
    expect(eventOf(again).context.id).toBe(stories.firing.notification.id);
  });
});

describe('over HTTP', () => {
  const event = eventOf(stories.firing);
  const context = {
    specversion: '1.0',
    id: 'checkout-20260822T020742Z:1:oncall',
    source: '/andon/eu',
    type: 'dev.cdevents.incident.detected.0.3.0',
    subject: 'checkout-20260822T020742Z',
    time: '2026-08-22T02:07:42.000Z',
  };

  test('structured is one envelope', () => {
    const { body, headers } = cloudEventPost(event, 'structured');
    expect(headers).toEqual({ 'content-type': 'application/cloudevents+json' });
    expect(JSON.parse(body)).toEqual({ ...context, datacontenttype: 'application/cdevents+json', data: event });
  });

  test('binary has the context in headers', () => {
    const { body, headers } = cloudEventPost(event, 'binary');
    expect(headers).toEqual({
      ...Object.fromEntries(Object.entries(context).map(([name, value]) => [`ce-${name}`, value])),
      'content-type': 'application/cdevents+json',
    });
    expect(JSON.parse(body)).toEqual(event);
  });

  test('binary encodes what no header may hold', () => {
    const incidentId = 'Ä "50%"\r\n🔴';
    const attempt = { ...stories.firing, notification: aNotification({ incidentId }) };
    expect(cloudEventPost(eventOf(attempt), 'binary').headers['ce-subject']).toBe(
      '%C3%84%20%2250%25%22%0D%0A%F0%9F%94%B4',
    );
  });
});
