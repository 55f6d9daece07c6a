import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { anEvent, storyStart } from '../../../support/incident-story.ts';
import { aWorld, type World } from '../http-world.ts';
import { problemOf } from '../problem-of.ts';

const path = '/api/v1/hooks/pagerduty';
const secret = 'T0KEN0fTheSubscription';
const oldSecret = 'T0KENbefore';
const opened = anEvent('opened', 1, 100);
const limit = 256 * 1024;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'andon-inbound-'));
  await writeFile(join(folder, 'new'), `${secret}\n`);
  await writeFile(join(folder, 'old'), oldSecret);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const inbound = (...names: readonly string[]) => ({
  pagerduty: { secretFiles: (names.length === 0 ? ['new'] : names).map((name) => join(folder, name)) },
});

function aWebhook(type: string, changes: object = {}, data: object = {}) {
  return {
    event: {
      id: `01-${type}`,
      event_type: type,
      resource_type: 'incident',
      occurred_at: new Date(storyStart + 200_000).toISOString(),
      agent: {
        html_url: 'https://acme.pagerduty.com/users/P1',
        id: 'P1',
        summary: 'Tenex Engineer',
        type: 'user_reference',
      },
      client: null,
      data: { id: 'PGR0VU2', type: 'incident', number: 2, incident_key: 'inc-1', title: 'A little bump', ...data },
      ...changes,
    },
  };
}

const aNote = () =>
  aWebhook('incident.annotated', {
    data: {
      incident: { id: 'PGR0VU2', summary: 'A little bump', type: 'incident_reference' },
      id: 'P2LA89X',
      content: 'rolled back',
      trimmed: false,
      type: 'incident_note',
    },
  });

function sign(body: string, key = secret): string {
  return `v1=${createHmac('sha256', key).update(body).digest('hex')}`;
}

async function post(world: World, body: object | string, signature?: string): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return await world.post(path, text, {
    'content-type': 'application/json',
    'x-pagerduty-signature': signature ?? sign(text),
  });
}

/** What the log has beyond the opening. */
function acts(world: World): readonly string[] {
  return (world.book.get('inc-1')?.timeline ?? []).flatMap((event) => {
    if (event.type === 'acknowledged') return [`${event.by} acknowledged`];
    return event.type === 'noted' ? [`${event.by}: ${event.note}`] : [];
  });
}

describe('what people do in PagerDuty', () => {
  test('acknowledges, ends the acknowledgement, resolves and notes here', async () => {
    await using world = await aWorld({ events: [opened], inbound: inbound() });
    const results = [];
    for (const body of [
      aWebhook('incident.triggered'),
      aWebhook('incident.acknowledged'),
      aWebhook('incident.unacknowledged'),
      aNote(),
      aWebhook('incident.resolved'),
    ]) {
      const answer = await post(world, body);
      results.push([answer.status, await answer.json()]);
    }
    const recorded = [200, { result: 'recorded', incident: 'inc-1' }];
    const seen = [200, { result: 'ignored', because: 'nothing-to-record' }];
    expect(results).toEqual([seen, recorded, recorded, recorded, recorded]);
    expect(acts(world)).toEqual([
      'Tenex Engineer (PagerDuty) acknowledged',
      'Tenex Engineer (PagerDuty): the acknowledgement ended in PagerDuty',
      'Tenex Engineer (PagerDuty): rolled back',
      'Tenex Engineer (PagerDuty): resolved it in PagerDuty; here it is over once its end state has held',
    ]);
    expect(world.book.get('inc-1')?.incident.phase).toBe('open');
  });

  test('counts once however often it is posted', async () => {
    await using world = await aWorld({ events: [opened], inbound: inbound() });
    await post(world, aWebhook('incident.acknowledged'));
    for (const body of [aWebhook('incident.acknowledged'), aNote(), aNote()]) await post(world, body);
    // The same note, told by a second subscription.
    await post(world, { event: { ...aNote().event, id: '02-another' } });
    expect(acts(world)).toHaveLength(2);
  });

  test.each([
    ['a ping', aWebhook('pagey.ping', { data: { message: 'Hello from your friend Pagey!', type: 'ping' } })],
    ['a service', aWebhook('service.updated', { agent: null, data: { id: 'PF9KMXH', type: 'service' } })],
    [
      'an incident of others',
      aWebhook('incident.acknowledged', {}, { incident_key: 'd3640fbd41094207a1c11e58e46b1662' }),
    ],
    ['an incident without a key', aWebhook('incident.acknowledged', {}, { incident_key: null })],
    ['an event to come', aWebhook('incident.custom_field_values.updated', {}, { novelty: [1] })],
    ['a type that is a word of the language', aWebhook('constructor')],
    [
      'what Andon did there itself',
      aWebhook('incident.resolved', { agent: { type: 'inbound_integration_reference', summary: 'Events API V2' } }),
    ],
  ])('is fine and leaves no trace when it is %s', async (_what, body) => {
    await using world = await aWorld({ events: [opened], inbound: inbound() });
    const answer = await post(world, body);
    expect([answer.status, await answer.json()]).toMatchObject([200, { result: 'ignored' }]);
    expect(world.outside.written).toEqual([]);
  });
});

describe('signatures', () => {
  const text = JSON.stringify(aWebhook('incident.acknowledged'));
  test.each([
    ['of the new secret', sign(text), ['new', 'old']],
    ['of the old secret', sign(text, oldSecret), ['new', 'old']],
    ['of several secrets', `${sign(text, 'another')},${sign(text)}`, ['new']],
    ['of several versions', `v9=abc, ${sign(text)}`, ['new']],
    ['while another secret cannot be read', sign(text), ['none', 'new']],
  ])('%s open the door', async (_which, signature, files) => {
    await using world = await aWorld({ events: [opened], inbound: inbound(...files) });
    expect((await post(world, text, signature)).status).toBe(200);
    expect(acts(world)).toHaveLength(1);
  });

  test.each([
    ['of another secret', sign(text, 'another'), 401, 'signature-wrong'],
    ['of another body', sign(`${text} `), 401, 'signature-wrong'],
    ['of a version that is not known', sign(text).replace('v1', 'v2'), 401, 'signature-wrong'],
    ['that are cut', sign(text).slice(0, -2), 401, 'signature-wrong'],
    ['that are none', 'v1=', 401, 'signature-wrong'],
    ['that are empty', '', 401, 'signature-wrong'],
  ])('%s do not, and nothing is stored', async (_which, signature, status, reason) => {
    await using world = await aWorld({ events: [opened], inbound: inbound('new', 'old') });
    const problem = await problemOf(await post(world, text, signature));
    expect(problem).toMatchObject({ status, reason });
    expect(JSON.stringify(problem)).not.toContain('T0KEN');
    expect(world.outside.written).toEqual([]);
  });

  test('are asked for before anything is read', async () => {
    await using world = await aWorld({ events: [opened], inbound: inbound() });
    const answer = await world.post(path, '{', { 'content-type': 'application/json' });
    expect(await problemOf(answer)).toMatchObject({ status: 401, reason: 'signature-missing' });
  });

  test('cannot be checked while no secret can be read: PagerDuty is to try again', async () => {
    await using world = await aWorld({ events: [opened], inbound: inbound('none') });
    expect(await problemOf(await post(world, text))).toMatchObject({ status: 503, reason: 'token-unreadable' });
  });

  test('do not help where the way in is not set up', async () => {
    await using world = await aWorld({ events: [opened] });
    const problem = await problemOf(await post(world, text));
    expect(problem).toMatchObject({ status: 404, reason: 'switched-off' });
    expect(problem.hint).toContain('secretFiles');
  });
});

describe('what is no message of PagerDuty', () => {
  const filled = (bytes: number): string => {
    const empty = JSON.stringify({ ...aWebhook('pagey.ping'), filler: '' });
    return JSON.stringify({ ...aWebhook('pagey.ping'), filler: 'x'.repeat(bytes - empty.length) });
  };
  test.each([
    ['nothing', '', 400, 'malformed-json'],
    ['half of it', JSON.stringify(aWebhook('pagey.ping')).slice(0, -1), 400, 'malformed-json'],
    ['null', 'null', 400, 'invalid-request'],
    ['no event', '{}', 400, 'invalid-request'],
    ['no id', aWebhook('incident.acknowledged', { id: '' }), 400, 'invalid-request'],
    ['no time', aWebhook('incident.acknowledged', { occurred_at: 'now' }), 400, 'invalid-request'],
    ['no data', aWebhook('incident.acknowledged', { data: null }), 400, 'invalid-request'],
    ['one byte too many', filled(limit + 1), 413, 'body-too-large'],
  ] as const)('%s is refused, though it is signed, and nothing is stored', async (_what, body, status, reason) => {
    await using world = await aWorld({ events: [opened], inbound: inbound() });
    expect(await problemOf(await post(world, body))).toMatchObject({ status, reason });
    expect(world.outside.written).toEqual([]);
  });

  test('as many bytes as are allowed are taken', async () => {
    await using world = await aWorld({ inbound: inbound() });
    expect((await post(world, filled(limit))).status).toBe(200);
  });
});

test('a store that takes nothing is a reason to try again', async () => {
  await using world = await aWorld({ events: [opened], inbound: inbound() });
  world.outside.store.refuses = true;
  const problem = await problemOf(await post(world, aWebhook('incident.acknowledged')));
  expect(problem).toMatchObject({ status: 503, reason: 'not-stored' });
});
