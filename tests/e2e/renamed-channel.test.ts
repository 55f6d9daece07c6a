import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Status } from '../support/andon-client.ts';
import { AndonProcess } from '../support/andon-process.ts';
import { startPrometheus } from '../support/prometheus-server.ts';
import { until } from '../support/until.ts';
import { status, WebhookReceiver } from '../support/webhook-receiver.ts';
import { openShop, shopRules } from './shop.ts';
import { holds, received } from './story.ts';

const cleanUp = new AsyncDisposableStack();
/** Accepts everything. */
let onCall: WebhookReceiver;
/** Is away while the incident is open. */
let pager: WebhookReceiver;
/** Is there only while the other two are not configured. */
let stranger: WebhookReceiver;
let andon: AndonProcess;
let whileAway: Status;
let afterRestart: Status;
let waitingInMetrics: readonly (number | undefined)[];

interface Message {
  readonly type: string;
  readonly data: { readonly sequence: number };
}

// One daemon in which both channels get other names during an incident, and a kill before they have their own back.
beforeAll(async () => {
  const shop = cleanUp.use(await openShop());
  const prometheus = cleanUp.use(await startPrometheus({ jobs: [{ job: 'shop', targets: [shop.target.address] }] }));
  onCall = cleanUp.use(await WebhookReceiver.start());
  pager = cleanUp.use(await WebhookReceiver.start());
  stranger = cleanUp.use(await WebhookReceiver.start());
  pager.answer = () => status(503);
  const settings = (receivers: Readonly<Record<string, WebhookReceiver>>) => ({
    sources: [{ url: prometheus.url }],
    channels: Object.entries(receivers).map(([name, { origin }]) => ({ name, webhook: { url: `${origin}/pages` } })),
  });
  await shop.target.scraped(2);
  andon = cleanUp.use(
    await AndonProcess.start({
      rules: { 'shop.yaml': shopRules() },
      settings: settings({ 'on-call': onCall, pager }),
    }),
  );
  const patience = { withinMs: 25_000, explain: () => andon.tail() };
  const configure = async (receivers: Readonly<Record<string, WebhookReceiver>>): Promise<void> => {
    await andon.writeSettings(settings(receivers));
    expect(await andon.api.post('/-/reload')).toMatchObject({ status: 200 });
  };
  const owes = async (): Promise<Status> =>
    until(
      async () => {
        const now = await andon.api.status();
        return now.channels.reduce((sum, { pending }) => sum + pending, 0) === 3 ? now : undefined;
      },
      { what: 'three notifications to wait', ...patience },
    );
  await holds(andon);
  shop.fail(0.5);
  await received(onCall, 1, andon);
  await received(pager, 1, andon);
  await configure({ other: stranger });
  shop.fail(0);
  whileAway = await owes();
  await andon.end('SIGKILL');
  await andon.launch();
  await andon.ready();
  afterRestart = await owes();
  waitingInMetrics = [
    await andon.api.metric('andon_outbox_depth{channel="on-call"}'),
    await andon.api.metric('andon_outbox_depth{channel="pager"}'),
  ];
  pager.answer = () => status(200);
  const missed = pager.requests.length;
  await configure({ 'on-call': onCall, pager });
  await received(onCall, 2, andon);
  await received(pager, missed + 2, andon);
  await until(
    async () => ((await andon.api.status()).channels.every(({ pending }) => pending === 0) ? true : undefined),
    { what: 'an empty outbox', ...patience },
  );
}, 120_000);
afterAll(async () => cleanUp.disposeAsync(), 20_000);

const messages = ({ requests }: WebhookReceiver) =>
  requests.map(({ text }) => {
    const { type, data } = JSON.parse(text) as Message;
    return [type, data.sequence];
  });
const story = [
  ['incident.firing', 1],
  ['incident.resolved', 2],
];

test('who accepted the page before its channel was renamed hears of the end when the name is back', () => {
  expect(messages(onCall)).toEqual(story);
});

test('who had not accepted the page gets page and end, in order', () => {
  expect(messages(pager).slice(-2)).toEqual(story);
});

test('who stood in hears of no end of what it was not told', () => {
  expect(stranger.requests).toEqual([]);
});

test('what is owed meanwhile shows in status, metrics and log, after a restart too', () => {
  const owed = [
    expect.objectContaining({ name: 'other', configured: true, pending: 0 }),
    expect.objectContaining({ name: 'on-call', configured: false, pending: 1 }),
    expect.objectContaining({ name: 'pager', configured: false, pending: 2 }),
  ];
  for (const { channels } of [whileAway, afterRestart]) {
    expect(channels).toHaveLength(owed.length);
    expect(channels).toEqual(expect.arrayContaining(owed));
  }
  expect(waitingInMetrics).toEqual([1, 2]);
  const lines = andon
    .logLines()
    .filter(({ reason, level }) => level === 'error' && reason === 'no-such-channel')
    .map(({ channel }) => channel);
  // One of the page that waited, one of each end, and all three again when the next process took them up.
  expect(lines.toSorted((a, b) => String(a).localeCompare(String(b)))).toEqual([
    'on-call',
    'on-call',
    'pager',
    'pager',
    'pager',
    'pager',
  ]);
});
