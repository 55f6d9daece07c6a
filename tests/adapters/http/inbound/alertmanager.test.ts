import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { IncidentRecordWire } from '../../../../src/adapters/http/wire/timeline.ts';
import { anEvent, storyStart } from '../../../support/incident-story.ts';
import { aWorld, type World } from '../http-world.ts';
import { problemOf } from '../problem-of.ts';

const path = '/api/v1/hooks/alertmanager';
const token = 'a-token-of-alertmanager';
const bearer = { authorization: `Bearer ${token}` };
const opened = anEvent('opened', 1, 100);
const limit = 2 * 1024 * 1024;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'andon-inbound-'));
  await writeFile(join(folder, 'token'), `${token}\n`);
  await writeFile(join(folder, 'password'), 'correct horse: battery\n');
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const inbound = () => ({ alertmanager: { tokenFile: join(folder, 'token'), serviceLabel: 'service' } });

function anAlert(changes: object = {}) {
  return {
    status: 'firing',
    labels: { alertname: 'HighErrorRate', service: 'checkout', severity: 'page' },
    annotations: { summary: 'too many errors' },
    startsAt: new Date(storyStart + 60_000).toISOString(),
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: 'http://prometheus:9090/graph?g0.expr=up',
    fingerprint: '5ef77f1f8a3ecf8d',
    ...changes,
  };
}

function aWebhook(alerts: readonly object[] = [anAlert()], changes: object = {}) {
  return {
    version: '4',
    groupKey: '{}/{severity="page"}:{alertname="HighErrorRate"}',
    truncatedAlerts: 0,
    status: 'firing',
    receiver: 'andon',
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    externalURL: 'http://alertmanager:9093',
    alerts,
    ...changes,
  };
}

async function timeline(world: World) {
  const record = await (await world.get('/api/v1/incidents/inc-1')).json();
  return IncidentRecordWire.parse(record);
}

describe('alerts that Alertmanager posts', () => {
  test('stand on the timeline of the incident, and say who saw it first', async () => {
    await using world = await aWorld({ events: [opened], inbound: inbound() });
    const answer = await world.post(path, aWebhook(), bearer);
    expect([answer.status, await answer.json()]).toEqual([200, { alerts: { evidence: 1 } }]);
    const { incident, timeline: events } = await timeline(world);
    expect(events.at(-1)).toMatchObject({
      type: 'alerted',
      status: 'firing',
      alert: 'HighErrorRate',
      fingerprint: '5ef77f1f8a3ecf8d',
      labels: { severity: 'page' },
    });
    expect(events.at(-1)).not.toHaveProperty('endsAt');
    expect(incident.detectedBy).toMatchObject({ by: 'alert', alert: 'HighErrorRate', beforeAndonSeconds: 40 });
    const page = await (await world.get('/incidents/inc-1')).text();
    expect(page).toContain('HighErrorRate fires (service&#x3D;checkout, severity&#x3D;page)');
    expect(page).toContain('HighErrorRate, 40s before Andon');
  });

  test('may be firing and over in one message, with fields that nobody knows yet', async () => {
    await using world = await aWorld({ events: [opened], inbound: inbound() });
    const over = anAlert({
      status: 'resolved',
      fingerprint: '0001',
      endsAt: new Date(storyStart + 90_000).toISOString(),
      novelty: { deep: [1] },
    });
    const post = aWebhook([anAlert(), over], { notification_reason: 'some alerts resolved', routeLabels: { a: 'b' } });
    expect(await (await world.post(path, post, bearer)).json()).toEqual({ alerts: { evidence: 2 } });
    expect(await (await world.post(path, post, bearer)).json()).toEqual({ alerts: { repeated: 2 } });
    expect((await timeline(world)).timeline.slice(1)).toMatchObject([
      { status: 'firing', fingerprint: '5ef77f1f8a3ecf8d' },
      { status: 'resolved', fingerprint: '0001', endsAt: '2026-08-22T02:01:30.000Z' },
    ]);
  });

  test('that ended before they began are counted as such, and are no evidence', async () => {
    await using world = await aWorld({ events: [opened], inbound: inbound() });
    const endsAt = new Date(storyStart + 59_000).toISOString();
    const post = aWebhook([anAlert({ status: 'resolved', endsAt })]);
    expect(await (await world.post(path, post, bearer)).json()).toEqual({ alerts: { impossible: 1 } });
  });

  test('that were cut from the message are said', async () => {
    await using world = await aWorld({ events: [opened], inbound: inbound() });
    await world.post(path, aWebhook([], { truncatedAlerts: 7 }), bearer);
    expect(world.outside.outcomes).toHaveLength(7);
  });
});

test('what is wrong with a message is told ten times at the most', async () => {
  await using world = await aWorld({ events: [opened], inbound: inbound() });
  const wrong = Array.from({ length: 12 }, () => anAlert({ status: 'flickering' }));
  const problem = await problemOf(await world.post(path, aWebhook(wrong), bearer));
  expect(problem).toMatchObject({ status: 400, reason: 'invalid-request' });
  expect(problem.problems).toHaveLength(10);
});

describe('who may post alerts', () => {
  const wrong = [
    ['nothing', {}, 'credentials-missing'],
    ['another token', { authorization: `Bearer ${token}x` }, 'credentials-wrong'],
    ['the beginning of the token', { authorization: `Bearer ${token.slice(0, -1)}` }, 'credentials-wrong'],
    ['no token', { authorization: 'Bearer ' }, 'credentials-wrong'],
    ['a password', { authorization: `Basic ${btoa(`a:${token}`)}` }, 'credentials-wrong'],
  ] as const;
  test.each(wrong)('with a token, not who shows %s', async (_what, headers, reason) => {
    await using world = await aWorld({ events: [opened], inbound: inbound() });
    const problem = await problemOf(await world.post(path, aWebhook(), headers));
    expect(problem).toMatchObject({ status: 401, reason });
    expect(JSON.stringify(problem)).not.toContain(token);
    expect(world.outside.written).toEqual([]);
  });

  const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
  test.each([
    ['andon:correct horse: battery', 200],
    ['andon:correct horse', 401],
    ['Andon:correct horse: battery', 401],
    ['andon', 401],
    [':', 401],
  ])('with basic authentication, %j gets %d', async (text, status) => {
    const basicAuth = { username: 'andon', passwordFile: join(folder, 'password') };
    const settings = { alertmanager: { basicAuth, serviceLabel: 'service' } };
    await using world = await aWorld({ events: [opened], inbound: settings });
    expect((await world.post(path, aWebhook(), basic(text))).status).toBe(status);
    expect(world.outside.written).toHaveLength(status === 200 ? 1 : 0);
  });

  test('nobody while the secret cannot be read: Alertmanager is to try again', async () => {
    const settings = { alertmanager: { tokenFile: join(folder, 'none'), serviceLabel: 'service' } };
    await using world = await aWorld({ inbound: settings });
    expect(await problemOf(await world.post(path, aWebhook(), bearer))).toMatchObject({ status: 503 });
  });

  test('nobody unless it is set up', async () => {
    await using world = await aWorld();
    const problem = await problemOf(await world.post(path, aWebhook(), bearer));
    expect(problem).toMatchObject({ status: 404, reason: 'switched-off' });
    expect(problem.hint).toContain('tokenFile');
  });
});

describe('what is no message of Alertmanager', () => {
  const filled = (bytes: number): string => {
    const empty = JSON.stringify(aWebhook([], { filler: '' }));
    return JSON.stringify(aWebhook([], { filler: 'x'.repeat(bytes - empty.length) }));
  };
  test.each([
    ['nothing', '', 400, 'malformed-json'],
    ['half of it', JSON.stringify(aWebhook()).slice(0, -1), 400, 'malformed-json'],
    ['a list', '[]', 400, 'invalid-request'],
    ['null', 'null', 400, 'invalid-request'],
    ['an older version', aWebhook([], { version: '3' }), 400, 'invalid-request'],
    ['no version', aWebhook([], { version: undefined }), 400, 'invalid-request'],
    ['no alerts', aWebhook([], { alerts: undefined }), 400, 'invalid-request'],
    ['an alert without a fingerprint', aWebhook([anAlert(), anAlert({ fingerprint: '' })]), 400, 'invalid-request'],
    ['an unknown status', aWebhook([anAlert({ status: 'suppressed' })]), 400, 'invalid-request'],
    ['a time that is none', aWebhook([anAlert({ startsAt: 'yesterday' })]), 400, 'invalid-request'],
    ['labels that are no texts', aWebhook([anAlert({ labels: { service: 7 } })]), 400, 'invalid-request'],
    ['one byte too many', filled(limit + 1), 413, 'body-too-large'],
  ] as const)('%s is refused, and nothing is stored', async (_what, body, status, reason) => {
    await using world = await aWorld({ events: [opened], inbound: inbound() });
    const problem = await problemOf(await world.post(path, body, { ...bearer, 'content-type': 'application/json' }));
    expect(problem).toMatchObject({ status, reason });
    expect(world.outside.written).toEqual([]);
    expect(world.outside.outcomes).toEqual([]);
  });

  test('bytes that are no UTF-8 are refused', async () => {
    await using world = await aWorld({ inbound: inbound() });
    const answer = await fetch(`${world.address.url}${path}`, {
      method: 'POST',
      headers: bearer,
      body: Buffer.from([0x7b, 0xff, 0x7d]),
    });
    expect(await problemOf(answer)).toMatchObject({ status: 400, reason: 'malformed-json' });
  });

  test('as many bytes as are allowed are taken', async () => {
    await using world = await aWorld({ inbound: inbound() });
    expect((await world.post(path, filled(limit), bearer)).status).toBe(200);
  });
});

test('a store that takes nothing is a reason to try again', async () => {
  await using world = await aWorld({ events: [opened], inbound: inbound() });
  world.outside.store.refuses = true;
  expect(await problemOf(await world.post(path, aWebhook(), bearer))).toMatchObject({
    status: 503,
    reason: 'not-stored',
  });
});
