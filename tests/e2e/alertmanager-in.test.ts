import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { aWorld, type World } from '../adapters/http/http-world.ts';
import { startAlertmanager } from '../support/alertmanager-server.ts';
import { anEvent, storyStart } from '../support/incident-story.ts';
import type { RealServer } from '../support/real-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { until } from '../support/until.ts';

let cleanUp: AsyncDisposableStack;
let secrets: { readonly path: string };
beforeEach(async () => {
  cleanUp = new AsyncDisposableStack();
  secrets = cleanUp.use(await temporaryDirectory());
  await writeFile(join(secrets.path, 'token'), 'a-token-of-alertmanager');
});
afterEach(async () => {
  await cleanUp.disposeAsync();
});

/** An Alertmanager that posts to a world of ours, as docs/alertmanager-in.md shows it. */
async function alertmanagerTo(world: World, http: object): Promise<RealServer> {
  const url = `http://127.0.0.1:${world.address.port}/api/v1/hooks/alertmanager`;
  const webhook = { url, send_resolved: true, max_alerts: 0, http_config: http };
  const config = {
    global: { resolve_timeout: '1s' },
    route: { receiver: 'andon', group_by: ['service'], group_wait: '0s', group_interval: '1s', repeat_interval: '1s' },
    receivers: [{ name: 'andon', webhook_configs: [webhook] }],
  };
  return cleanUp.use(await startAlertmanager({ config }));
}

async function fire(alertmanager: RealServer, name: string, fields: object): Promise<void> {
  const labels = { alertname: name, service: 'checkout', severity: 'page' };
  const answer = await fetch(`${alertmanager.url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([{ labels, annotations: { summary: 'too many errors' }, ...fields }]),
  });
  expect(answer.status).toBe(200);
}

const alerted = (world: World) =>
  (world.book.get('inc-1')?.timeline ?? []).flatMap((event) => (event.type === 'alerted' ? [event] : []));

const startsAt = new Date(storyStart + 60_000).toISOString();

test('an alert of a real Alertmanager, firing and over, stands on the timeline once, however often it is repeated', async () => {
  const inbound = { alertmanager: { tokenFile: join(secrets.path, 'token'), serviceLabel: 'service' } };
  const world = cleanUp.use(await aWorld({ events: [anEvent('opened', 1, 100)], inbound }));
  const alertmanager = await alertmanagerTo(world, {
    authorization: { type: 'Bearer', credentials_file: join(secrets.path, 'token') },
  });
  await fire(alertmanager, 'HighErrorRate', { startsAt, endsAt: new Date(Date.now() + 600_000).toISOString() });
  // The first of them is evidence, the others are repeats.
  await until(() => (world.outside.outcomes.length >= 3 ? true : undefined), {
    what: 'a repeated notification',
    withinMs: 15_000,
    explain: () => alertmanager.log(),
  });
  expect(alerted(world)).toHaveLength(1);
  expect(alerted(world)[0]).toMatchObject({
    status: 'firing',
    at: storyStart + 60_000,
    alert: { name: 'HighErrorRate', labels: { service: 'checkout', severity: 'page' } },
  });
  expect(alerted(world)[0]?.alert.endsAt).toBeUndefined();
  const endsAt = new Date(storyStart + 500_000).toISOString();
  await fire(alertmanager, 'HighErrorRate', { startsAt, endsAt });
  await until(() => alerted(world)[1], { what: 'the end', withinMs: 15_000, explain: () => alertmanager.log() });
  expect(alerted(world)[1]).toMatchObject({ status: 'resolved', alert: { endsAt: storyStart + 500_000 } });
  expect(world.outside.outcomes.filter((outcome) => outcome === 'evidence')).toHaveLength(2);
  expect(world.book.get('inc-1')?.incident.firstAlert).toMatchObject({ name: 'HighErrorRate' });
}, 60_000);

test('a real Alertmanager comes in with basic authentication, and not with a wrong password', async () => {
  await writeFile(join(secrets.path, 'password'), 'correct horse\n');
  const basicAuth = { username: 'andon', passwordFile: join(secrets.path, 'password') };
  const inbound = { alertmanager: { basicAuth, serviceLabel: 'service' } };
  const world = cleanUp.use(await aWorld({ events: [anEvent('opened', 1, 100)], inbound }));
  const endsAt = new Date(Date.now() + 600_000).toISOString();
  const wrong = await alertmanagerTo(world, { basic_auth: { username: 'andon', password: 'wrong' } });
  await fire(wrong, 'FromNobody', { startsAt, endsAt });
  await until(() => (world.requests.some(({ status }) => status === 401) ? true : undefined), {
    what: 'a refusal',
    withinMs: 15_000,
    explain: () => wrong.log(),
  });
  const right = await alertmanagerTo(world, { basic_auth: { username: 'andon', password: 'correct horse' } });
  await fire(right, 'HighErrorRate', { startsAt, endsAt });
  await until(() => alerted(world)[0], { what: 'the alert', withinMs: 15_000, explain: () => right.log() });
  expect(alerted(world).map(({ alert }) => alert.name)).toEqual(['HighErrorRate']);
}, 60_000);
