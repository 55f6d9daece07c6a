import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FactSheet } from '../../src/adapters/channels/facts/fact-sheet.ts';
import { AndonProcess } from '../support/andon-process.ts';
import type { IncidentRecord } from '../support/andon-client.ts';
import { startPrometheus } from '../support/prometheus-server.ts';
import type { RealServer } from '../support/real-server.ts';
import { pause, until } from '../support/until.ts';
import { WebhookReceiver } from '../support/webhook-receiver.ts';
import { offTheTruth } from './campaign-laws.ts';
import { openShop, shopRules, type Shop } from './shop.ts';
import { mayMount, mountSmallDisk } from './small-disk.ts';
import { holds, received } from './story.ts';

/** How long the process sleeps, ms. */
const stallMs = 4_000;

const cleanUp = new AsyncDisposableStack();
const shops = new Map<string, Shop>();
let prometheus: RealServer;

beforeAll(async () => {
  for (const job of ['full', 'limited', 'stalled']) shops.set(job, cleanUp.use(await openShop()));
  const jobs = [...shops].map(([job, { target }]) => ({ job, targets: [target.address] }));
  prometheus = cleanUp.use(await startPrometheus({ jobs }));
  await shops.get('full')?.target.scraped(2);
}, 30_000);
afterAll(async () => cleanUp.disposeAsync(), 20_000);

interface World {
  readonly shop: Shop;
  readonly receiver: WebhookReceiver;
  readonly andon: AndonProcess;
}

/** A daemon of its own for one of the shops. */
async function watching(job: string, own: AsyncDisposableStack, data?: string): Promise<World> {
  const shop = shops.get(job);
  if (shop === undefined) throw new Error(`there is no shop ${job}`);
  const receiver = own.use(await WebhookReceiver.start());
  const andon = own.use(
    await AndonProcess.start({
      rules: { 'shop.yaml': shopRules({ job }) },
      settings: {
        sources: [{ url: prometheus.url }],
        channels: [{ name: 'on-call', webhook: { url: receiver.origin } }],
      },
      ...(data === undefined ? {} : { data }),
    }),
  );
  await holds(andon);
  return { shop, receiver, andon };
}

const pagesOf = (receiver: WebhookReceiver): readonly string[] =>
  receiver.requests.map(({ text }) => FactSheet.parse(JSON.parse(text)).type);

const degraded = async (andon: AndonProcess, value: 0 | 1): Promise<true> =>
  until(async () => ((await andon.api.metric('andon_store_degraded')) === value ? true : undefined), {
    what: `andon_store_degraded ${value}`,
    withinMs: 10_000,
    explain: () => andon.tail(),
  });

const onlyRecord = async (andon: AndonProcess): Promise<IncidentRecord> => {
  const incidents = await andon.api.incidents();
  expect(incidents).toHaveLength(1);
  return andon.api.incident(incidents[0]?.id ?? '');
};

/** A whole incident while nothing can be written, then room again, then a kill: who was paged, and what is remembered. */
async function outageWithoutStore(
  { shop, receiver, andon }: World,
  takeRoom: () => unknown,
  giveRoom: () => unknown,
): Promise<void> {
  await takeRoom();
  shop.fail(0.5);
  await received(receiver, 1, andon);
  await degraded(andon, 1);
  expect((await andon.api.status()).store).toMatchObject({ degraded: true });
  shop.fail(0);
  await received(receiver, 2, andon);
  await degraded(andon, 1);

  await giveRoom();
  await degraded(andon, 0);
  expect((await andon.api.status()).store).toEqual({ degraded: false });
  const before = await onlyRecord(andon);
  await andon.end('SIGKILL');
  await andon.launch();
  await andon.ready();
  const after = await onlyRecord(andon);
  expect(after.timeline.slice(0, before.timeline.length)).toEqual(before.timeline);
  expect(after.timeline.map(({ type }) => type)).toEqual(expect.arrayContaining(['opened', 'notified', 'resolved']));
  expect(pagesOf(receiver)).toEqual(['incident.firing', 'incident.resolved']);
}

// Side by side: most of the time all of them wait for scrapes.
describe('when it is Andon itself that is in trouble', () => {
  // Only root may mount, and not in every container.
  const describeWhereMountable = mayMount() ? describe : describe.skip;
  describeWhereMountable('on a disk of its own', () => {
    test.concurrent(
      'a full disk keeps no page back, shows, and is made up for when there is room',
      async () => {
        await using own = new AsyncDisposableStack();
        const disk = own.use(await mountSmallDisk());
        const world = await watching('full', own, join(disk.folder, 'data'));
        await outageWithoutStore(
          world,
          async () => disk.fill(),
          async () => disk.free(),
        );
      },
      60_000,
    );
  });

  test.concurrent(
    'a limit on the size of its files keeps no page back either',
    async () => {
      await using own = new AsyncDisposableStack();
      const world = await watching('limited', own);
      const limit = (bytes: string): void => {
        const { status, stderr } = spawnSync('prlimit', ['--pid', String(world.andon.pid), `--fsize=${bytes}:`]);
        expect({ status, stderr: String(stderr) }).toEqual({ status: 0, stderr: '' });
      };
      await outageWithoutStore(
        world,
        () => limit('1024'),
        () => limit('unlimited'),
      );
    },
    60_000,
  );

  test.concurrent(
    'a stalled process finds afterwards what it slept through, dated rightly, and pages once',
    async () => {
      await using own = new AsyncDisposableStack();
      const { shop, receiver, andon } = await watching('stalled', own);
      const stalled = async (during: () => number): Promise<number> => {
        andon.signal('SIGSTOP');
        const at = during();
        await pause(stallMs);
        andon.signal('SIGCONT');
        return at;
      };
      const failedAt = await stalled(() => shop.fail(0.5));
      await received(receiver, 1, andon);
      // A rule may get another name while it fires.
      const renamed = shopRules({ job: 'stalled' }).replace('"name":"failing"', '"name":"down","formerly":["failing"]');
      await andon.writeRule('shop.yaml', renamed);
      expect(await andon.api.post('/-/reload')).toMatchObject({ status: 200 });
      const healedAt = await stalled(() => shop.fail(0));
      await received(receiver, 2, andon);
      expect(pagesOf(receiver)).toEqual(['incident.firing', 'incident.resolved']);
      const record = await onlyRecord(andon);
      // What happened during a stall is read in one step, and the window has to pass after it.
      expect(offTheTruth(record, { failedAt, healedAt }, stallMs + 3_500)).toEqual([]);
      expect(record.timeline.filter(({ type }) => type === 'opened' || type === 'rule-joined')).toHaveLength(1);
    },
    60_000,
  );
});
