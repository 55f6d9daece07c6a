import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AndonProcess } from '../support/andon-process.ts';
import type { IncidentRecord, Status } from '../support/andon-client.ts';
import { startPrometheus } from '../support/prometheus-server.ts';
import { until } from '../support/until.ts';
import { status, WebhookReceiver, type Answerer } from '../support/webhook-receiver.ts';
import { openShop, shopRules } from './shop.ts';
import { holds } from './story.ts';

/** How each receiver behaves towards its first requests; after them it accepts. */
const moods = {
  healthy: () => status(200),
  throttling: (_request, count) => (count === 1 ? status(429, { 'retry-after': '2' }) : status(200)),
  failing: (_request, count) => (count <= 2 ? status(500) : status(200)),
  hanging: (_request, count) => (count === 1 ? { kind: 'hang' } : status(200)),
  dripping: (_request, count) => (count === 1 ? { kind: 'drip-headers' } : status(200)),
  'cutting-off': (_request, count) => (count === 1 ? { kind: 'cut-off' } : status(200)),
  rejecting: () => status(400),
  gone: () => status(410),
  down: () => status(200),
} as const satisfies Readonly<Record<string, Answerer>>;
type Mood = keyof typeof moods;
const names = Object.keys(moods) as Mood[];

/** Retries wait for at most this long, ms. */
const retryCapMs = 15_000;

interface Arrival {
  readonly id: string;
  readonly type: string;
  readonly at: number;
  readonly accepted: boolean;
}

const secretPath = 'secret-path-that-nobody-may-see-4711';
const arrivals = new Map<Mood, Arrival[]>(names.map((name) => [name, []]));
const cleanUp = new AsyncDisposableStack();
let record: IncidentRecord;
let seen: Status;
let metrics: string;
let stderr: string;
let firstAcceptedAt: number;
let cameBackAt: number;

// One daemon pages all of them about one incident: what one receiver does must not touch the others.
beforeAll(async () => {
  const shop = cleanUp.use(await openShop());
  const prometheus = cleanUp.use(await startPrometheus({ jobs: [{ job: 'shop', targets: [shop.target.address] }] }));
  const folder = await mkdtemp(join(tmpdir(), 'andon-e2e-hooks-'));
  cleanUp.defer(async () => rm(folder, { recursive: true, force: true }));
  const receivers = new Map<Mood, WebhookReceiver>();
  for (const name of names) {
    const receiver = cleanUp.use(await WebhookReceiver.start());
    receivers.set(name, receiver);
    receiver.answer = (request, count) => {
      const answer = moods[name](request, count);
      const { type } = JSON.parse(request.text) as { type: string };
      const accepted = answer.kind === 'answer' && answer.status === 200;
      arrivals.get(name)?.push({ id: request.headers['webhook-id'] ?? '', type, at: performance.now(), accepted });
      return answer;
    };
    await writeFile(join(folder, name), `${receiver.origin}/${secretPath}`);
  }
  await receivers.get('down')?.refuse();
  await shop.target.scraped(2);
  const andon = cleanUp.use(
    await AndonProcess.start({
      rules: { 'shop.yaml': shopRules() },
      settings: {
        sources: [{ url: prometheus.url }],
        channels: names.map((name) => ({ name, webhook: { urlFile: join(folder, name), timeout: '1s' } })),
      },
    }),
  );
  const patience = { withinMs: 30_000, explain: () => andon.tail() };
  await holds(andon);
  shop.fail(0.5);
  firstAcceptedAt = await until(() => arrivals.get('healthy')?.find(({ accepted }) => accepted)?.at, {
    what: 'the page at the healthy receiver',
    ...patience,
  });
  // While it is open, and so that both its pages wait for the receiver that is down.
  await until(() => (acceptedBy('hanging').length >= 1 ? true : undefined), { what: 'the repeated page', ...patience });
  shop.fail(0);
  await until(() => (acceptedBy('healthy').length >= 2 ? true : undefined), { what: 'the all-clear', ...patience });
  // It was down for the whole incident.
  await receivers.get('down')?.comeBack();
  cameBackAt = performance.now();
  await until(() => (names.every((name) => neverAccept.has(name) || acceptedBy(name).length >= 2) ? true : undefined), {
    what: 'both pages at every receiver',
    ...patience,
  });
  const [incident] = await andon.api.incidents();
  record = await andon.api.incident(incident?.id ?? '');
  seen = await until(
    async () => {
      const now = await andon.api.status();
      return now.channels.every(({ pending }) => pending === 0) ? now : undefined;
    },
    { what: 'an empty outbox', ...patience },
  );
  metrics = await andon.api.metrics();
  await andon.end('SIGTERM');
  stderr = andon.stderr;
}, 120_000);
afterAll(async () => cleanUp.disposeAsync(), 20_000);

const neverAccept: ReadonlySet<Mood> = new Set(['rejecting', 'gone']);

function arrivedAt(name: Mood): readonly Arrival[] {
  return arrivals.get(name) ?? [];
}

function acceptedBy(name: Mood): readonly Arrival[] {
  return arrivedAt(name).filter(({ accepted }) => accepted);
}

describe.each(names.filter((name) => !neverAccept.has(name)))('a receiver that is %s', (name) => {
  test('accepts each page once, in order, and every repeat bears the same id', () => {
    expect(acceptedBy(name).map(({ type }) => type)).toEqual(['incident.firing', 'incident.resolved']);
    const ids = arrivedAt(name).map(({ id }) => id);
    const { id } = record.incident;
    expect(new Set(ids)).toEqual(new Set([`${id}:1:${name}`, `${id}:2:${name}`]));
    expect(ids.toSorted()).toEqual(ids);
  });
});

test('receivers in trouble delay the page of no other by a second', () => {
  for (const name of names) {
    if (name === 'down') continue;
    expect(Math.abs((arrivedAt(name)[0]?.at ?? Infinity) - firstAcceptedAt)).toBeLessThan(1_000);
  }
});

test('a receiver that names the time of the next try is asked again then, and not before', () => {
  const [first, second] = arrivedAt('throttling');
  const waited = (second?.at ?? Infinity) - (first?.at ?? 0);
  expect(waited).toBeGreaterThanOrEqual(1_990);
  expect(waited).toBeLessThan(4_000);
});

test.each(['hanging', 'dripping'] as const)('a receiver that is %s is given up on after its timeout', (name) => {
  const [first, second] = arrivedAt(name);
  const waited = (second?.at ?? Infinity) - (first?.at ?? 0);
  expect(waited).toBeGreaterThanOrEqual(950);
  expect(waited).toBeLessThan(4_000);
});

test('a receiver that was down gets both pages, in order, within the longest wait between two tries', () => {
  const [firing, resolved] = acceptedBy('down');
  expect((firing?.at ?? 0) - firstAcceptedAt).toBeGreaterThan(5_000);
  expect((resolved?.at ?? Infinity) - cameBackAt).toBeLessThan(retryCapMs + 2_000);
  // The first success ends the outage for all that waits.
  expect((resolved?.at ?? Infinity) - (firing?.at ?? 0)).toBeLessThan(1_000);
});

test('a refusal is final, and told in timeline, status and metrics', () => {
  expect(arrivedAt('rejecting').map(({ type }) => type)).toEqual(['incident.firing', 'incident.resolved']);
  expect(arrivedAt('gone').map(({ type }) => type)).toEqual(['incident.firing']);
  const undeliverable = record.timeline.flatMap((event) =>
    event.type === 'undeliverable' ? [`${event.channel} ${event.reason}`] : [],
  );
  expect(undeliverable.toSorted()).toEqual(['gone gone', 'gone gone', 'rejecting rejected', 'rejecting rejected']);
  expect(seen.channels.find((channel) => channel.name === 'rejecting')?.lastError?.reason).toBe('rejected');
  expect(metrics).toContain('andon_undeliverable_pages_total{service="shop",channel="rejecting"} 2');
  expect(metrics).toContain('andon_undeliverable_pages_total{service="shop",channel="gone"} 2');
  for (const [channel, pages] of Object.entries({ rejecting: 2, gone: 2, down: 0 }))
    expect(metrics).toContain(`andon_channel_undeliverable_pages_total{channel="${channel}"} ${pages}`);
  expect(metrics).toContain('andon_outbox_depth{channel="down"} 0');
});

test('the URLs of receivers, which are secrets, are told to nobody', () => {
  for (const text of [stderr, metrics, JSON.stringify(seen), JSON.stringify(record)])
    expect(text).not.toContain(secretPath);
});
