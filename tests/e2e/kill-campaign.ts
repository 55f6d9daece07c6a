import { AndonProcess } from '../support/andon-process.ts';
import type { IncidentRecord } from '../support/andon-client.ts';
import { startPrometheus } from '../support/prometheus-server.ts';
import { pause, until } from '../support/until.ts';
import { status, WebhookReceiver } from '../support/webhook-receiver.ts';
import { openShop, shopRules, type Shop } from './shop.ts';

export interface CampaignPlan {
  readonly kills: number;
  /** Shops that fail and heal at the same time, out of step. */
  readonly shops: number;
  /** Told after each kill. */
  readonly onKill?: (kill: number, how: KillMode) => void;
}

export type KillMode = (typeof killModes)[number];
const killModes = [
  'while-starting',
  'any-time',
  'any-time',
  'page-unanswered',
  'page-just-answered',
  'rules-just-swapped',
  'sigterm-mid-send',
] as const;

/** A page as the receiver saw it. */
export interface Arrival {
  readonly id: string;
  readonly incident: string;
  readonly service: string;
  readonly type: string;
  readonly at: number;
  /** False when the receiver never answered, because the sender was killed meanwhile. */
  readonly answered: boolean;
}

/** A fault as it truly was, ms since the epoch. */
export interface Fault {
  readonly service: string;
  readonly failedAt: number;
  readonly healedAt: number;
}

export interface Campaign {
  readonly modes: ReadonlyMap<KillMode, number>;
  /** Ends other than by SIGKILL, or by SIGTERM with 0. */
  readonly strangeEndings: readonly string[];
  readonly faults: readonly Fault[];
  readonly arrivals: readonly Arrival[];
  readonly records: readonly IncidentRecord[];
  /** Lines of the log at level error. */
  readonly errors: readonly unknown[];
}

const pageWithinMs = 120_000;
/** Longer than the watch window, so that the next fault is an incident of its own. */
const restMs = 3_000;

/** Kills the daemon again and again while shops fail and heal, then lets it come to rest and collects what everybody saw. */
export async function runCampaign(plan: CampaignPlan): Promise<Campaign> {
  await using cleanUp = new AsyncDisposableStack();
  const shops: Shop[] = [];
  for (let shop = 0; shop < plan.shops; shop++) shops.push(cleanUp.use(await openShop()));
  const prometheus = cleanUp.use(
    await startPrometheus({
      jobs: shops.map(({ target }, index) => ({ job: nameOf(index), targets: [target.address] })),
    }),
  );
  const receiver = cleanUp.use(await WebhookReceiver.start());
  const rules = (summary: string) => shops.map((_, index) => shopRules({ ...rulesOf(index), summary }));
  await shops[0]?.target.scraped(3);
  const andon = cleanUp.use(
    await AndonProcess.start({
      rules: Object.fromEntries(rules('first').map((text, index) => [`${nameOf(index)}.yaml`, text])),
      settings: {
        sources: [{ url: prometheus.url }],
        channels: [{ name: 'on-call', webhook: { url: receiver.origin } }],
        // Each service's pages are looked at one by one.
        grouping: { within: '0s' },
      },
    }),
  );

  const arrivals: Arrival[] = [];
  let onPage: (() => 'answer' | 'ignore') | undefined;
  receiver.answer = ({ headers, text }) => {
    const { type, data } = JSON.parse(text) as { type: string; data: { incidentId: string; service: string } };
    const then = onPage?.() ?? 'answer';
    arrivals.push({
      id: headers['webhook-id'] ?? '',
      incident: data.incidentId,
      service: data.service,
      type,
      at: Date.now(),
      answered: then === 'answer',
    });
    return then === 'answer' ? status(200) : { kind: 'hang' };
  };
  const has = (service: string, type: string, count: number) => async (): Promise<true | undefined> => {
    const seen = arrivals.filter((each) => each.service === service && each.type === type && each.answered);
    return new Set(seen.map(({ incident }) => incident)).size >= count ? true : undefined;
  };

  // The shops go on failing and healing for as long as there are kills.
  const enough = new AbortController();
  const faults: Fault[] = [];
  const live = shops.map(async (shop, index) => {
    const service = nameOf(index);
    await pause(index * 900);
    for (let count = 1; !enough.signal.aborted; count++) {
      const patience = { withinMs: pageWithinMs, explain: () => andon.tail() };
      const failedAt = shop.fail(0.5);
      await until(has(service, 'incident.firing', count), { what: `page ${count} of ${service}`, ...patience });
      await pause(Math.random() * 1_500);
      const healedAt = shop.fail(0);
      faults.push({ service, failedAt, healedAt });
      await until(has(service, 'incident.resolved', count), { what: `all-clear ${count} of ${service}`, ...patience });
      await pause(restMs);
    }
  });
  const shopsDone = Promise.all(live);
  shopsDone.catch(() => undefined);

  const modes = new Map<KillMode, number>();
  const strangeEndings: string[] = [];
  /** How long the last start took: the next one is killed on its way. */
  let startMs = 500;
  for (let kill = 1; kill <= plan.kills; kill++) {
    const mode = killModes[Math.floor(Math.random() * killModes.length)] ?? 'any-time';
    modes.set(mode, (modes.get(mode) ?? 0) + 1);
    await killOnce(mode, kill);
    const ending = await andon.ended();
    const wanted =
      mode === 'sigterm-mid-send' ? ending.code === 0 || ending.signal === 'SIGKILL' : ending.signal === 'SIGKILL';
    if (!wanted) strangeEndings.push(`${mode}: ${JSON.stringify(ending)}`);
    onPage = undefined;
    plan.onKill?.(kill, mode);
    if (mode === 'while-starting') {
      await andon.spawn();
      await pause(Math.random() * startMs);
      andon.signal('SIGKILL');
      await andon.ended();
    }
    const from = performance.now();
    await andon.launch();
    startMs = performance.now() - from;
  }
  enough.abort();
  await shopsDone;
  const records = await until(
    async () => {
      const incidents = await andon.api.incidents();
      if (incidents.some(({ phase }) => phase !== 'closed')) return undefined;
      return Promise.all(incidents.map(async ({ id }) => andon.api.incident(id)));
    },
    { what: 'every incident to close', withinMs: 30_000, explain: () => andon.tail() },
  );
  const errors = andon.logLines().filter(({ level }) => level === 'error' || level === 'fatal');
  return { modes, strangeEndings, faults, arrivals, records, errors };

  async function killOnce(mode: KillMode, kill: number): Promise<void> {
    switch (mode) {
      case 'while-starting':
      case 'any-time':
        await pause(Math.random() * 1_500);
        andon.signal('SIGKILL');
        return;
      case 'page-unanswered':
      case 'page-just-answered':
        return onNextPage(() => {
          andon.signal('SIGKILL');
          return mode === 'page-unanswered' ? 'ignore' : 'answer';
        });
      case 'sigterm-mid-send':
        return onNextPage(() => {
          andon.signal('SIGTERM');
          // Its answer comes while the daemon stops.
          return 'answer';
        });
      case 'rules-just-swapped':
        for (const [index, text] of rules(`swapped before kill ${kill}`).entries())
          await andon.writeRule(`${nameOf(index)}.yaml`, text);
        andon.signal('SIGHUP');
        await pause(Math.random() * 60);
        andon.signal('SIGKILL');
    }
  }

  /** Kills when the next page comes, or after a while when none does. */
  async function onNextPage(act: () => 'answer' | 'ignore'): Promise<void> {
    await new Promise<void>((resolve) => {
      const patience = setTimeout(() => {
        onPage = undefined;
        andon.signal('SIGKILL');
        resolve();
      }, 4_000);
      onPage = () => {
        onPage = undefined;
        clearTimeout(patience);
        resolve();
        return act();
      };
    });
  }
}

function nameOf(index: number): string {
  return `shop-${index + 1}`;
}

function rulesOf(index: number) {
  return { name: nameOf(index), job: nameOf(index), over: '2s', hold: '2s', watch: '1s' };
}
