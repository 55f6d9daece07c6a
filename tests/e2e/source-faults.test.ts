import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FactSheet } from '../../src/adapters/channels/facts/fact-sheet.ts';
import { AndonProcess } from '../support/andon-process.ts';
import type { Incident, Service } from '../support/andon-client.ts';
import { queryFaults, startFaultProxy, type FaultProxy, type QueryFault } from '../support/fault-proxy.ts';
import { startPrometheus } from '../support/prometheus-server.ts';
import { pause, until } from '../support/until.ts';
import { WebhookReceiver } from '../support/webhook-receiver.ts';
import { openShop, shopRules } from './shop.ts';
import { widestGap } from './widest-gap.ts';

/** How long every fault lasts, ms: longer than window and hold together. */
const faultMs = 7_000;
const scrapeMs = 1_000;
const timeoutMs = 1_000;
/** Two polls, of which each may take until the source's timeout. */
const visibleWithinMs = 2 * (scrapeMs + timeoutMs);
/** Old samples are not believed to be old before they are this old, ms; then one poll has to notice. */
const staleAfterMs = 5_000;

interface Observed {
  /** From the fault to the first look that showed a reading as unknown, ms; by service. */
  readonly unknownAfterMs: ReadonlyMap<string, number>;
  /** When the shop began to fail, ms since the epoch. */
  readonly failedAt: number;
  /** Between two scrapes about then, ms. */
  readonly widestGapMs: number;
  readonly whenBlind: ReadonlyMap<string, Service>;
  readonly afterFault: readonly Incident[];
  readonly pagesAfterFault: readonly FactSheet[];
  readonly faulted: ReadonlyMap<QueryFault, number>;
  readonly afterHeal: readonly Incident[];
  readonly pagesAfterHeal: readonly FactSheet[];
}
let observed: Observed;
const cleanUp = new AsyncDisposableStack();

// One daemon with one source a fault: all faults happen at once, and none may touch another's services.
beforeAll(async () => {
  const shop = cleanUp.use(await openShop());
  const calm = cleanUp.use(await openShop());
  const prometheus = cleanUp.use(
    await startPrometheus({
      jobs: [
        { job: 'shop', targets: [shop.target.address] },
        { job: 'calm', targets: [calm.target.address] },
      ],
    }),
  );
  const receiver = cleanUp.use(await WebhookReceiver.start());
  const proxies = new Map<QueryFault, FaultProxy>();
  for (const fault of queryFaults) proxies.set(fault, cleanUp.use(await startFaultProxy(prometheus.url)));
  await shop.target.scraped(2);
  const andon = cleanUp.use(
    await AndonProcess.start({
      rules: Object.fromEntries(
        queryFaults.flatMap((fault) => [
          [`${fault}.yaml`, shopRules({ name: fault, source: fault })],
          [`calm-${fault}.yaml`, shopRules({ name: `calm-${fault}`, job: 'calm', source: fault })],
        ]),
      ),
      settings: {
        sources: queryFaults.map((fault) => ({ name: fault, url: proxies.get(fault)?.url, timeout: `${timeoutMs}ms` })),
        channels: [{ name: 'on-call', webhook: { url: receiver.origin } }],
        // Each service's pages are looked at one by one.
        grouping: { within: '0s' },
      },
    }),
  );
  const pages = () => receiver.requests.map(({ text }) => FactSheet.parse(JSON.parse(text)));
  const explain = (): string => andon.tail();
  await until(
    async () =>
      (await andon.api.services()).every((each) => each.scopes[0]?.targets[0]?.verdict === 'held') ? true : undefined,
    { what: 'every target to hold', withinMs: 20_000, explain },
  );
  shop.fail(0.5);
  const failedAt = Date.now();
  await until(() => (receiver.requests.length >= queryFaults.length ? true : undefined), {
    what: 'one page a fault',
    withinMs: 20_000,
    explain,
  });

  const faultFrom = performance.now();
  await Promise.all(queryFaults.map(async (fault) => proxies.get(fault)?.set(fault)));
  const unknownAfterMs = new Map<string, number>();
  const whenBlind = new Map<string, Service>();
  while (performance.now() - faultFrom < faultMs) {
    for (const service of await andon.api.services()) {
      const verdict = service.scopes[0]?.targets[0]?.verdict;
      if (verdict !== 'unknown' || unknownAfterMs.has(service.service)) continue;
      unknownAfterMs.set(service.service, performance.now() - faultFrom);
      whenBlind.set(service.service, service);
    }
    await pause(100);
  }
  // Samples an hour old only count as stale some seconds after the last fresh one; the tests tell which fault fell short.
  await until(
    async () =>
      (await andon.api.incidents()).every((each) => harmless.has(each.service) || each.blind) ? true : undefined,
    { what: 'every incident to be blind', withinMs: 10_000, explain },
  ).catch(() => undefined);
  const faulted = new Map(queryFaults.map((fault) => [fault, proxies.get(fault)?.faulted ?? 0]));
  const [afterFault, pagesAfterFault] = [await andon.api.incidents(), pages()];

  await Promise.all(queryFaults.map(async (fault) => proxies.get(fault)?.set(undefined)));
  shop.fail(0);
  await until(
    async () => ((await andon.api.incidents()).every((incident) => incident.phase === 'closed') ? true : undefined),
    { what: 'every incident to close', withinMs: 30_000, explain },
  );
  observed = {
    failedAt,
    widestGapMs: await widestGap(prometheus, 'shop', failedAt),
    unknownAfterMs,
    whenBlind,
    afterFault,
    pagesAfterFault,
    faulted,
    afterHeal: await andon.api.incidents(),
    pagesAfterHeal: pages(),
  };
}, 90_000);
afterAll(async () => cleanUp.disposeAsync(), 20_000);

/** Doubled series leave every ratio as it is, so that the reading need not become unknown. */
const harmless: ReadonlySet<string> = new Set(['duplicates']);

describe.each(queryFaults)('the source fails (%s) while an incident is open', (fault) => {
  const typesOf = (pages: readonly FactSheet[], service: string): readonly string[] =>
    pages.filter(({ data }) => data.service === service).map(({ type }) => type);

  test('does not resolve it, and shows within two polls that nobody can tell', () => {
    // Refused connections never reach the proxy.
    if (fault !== 'refused') expect(observed.faulted.get(fault)).toBeGreaterThan(0);
    expect(typesOf(observed.pagesAfterFault, fault)).toEqual(['incident.firing']);
    expect(observed.afterFault.filter(({ service }) => service === fault)).toMatchObject([
      { phase: 'open', relapses: 0, ...(harmless.has(fault) ? {} : { blind: true }) },
    ]);
    if (harmless.has(fault)) return;
    expect(observed.unknownAfterMs.get(fault) ?? Infinity).toBeLessThanOrEqual(
      fault === 'hour-old' ? staleAfterMs + scrapeMs : visibleWithinMs,
    );
    const reading = observed.whenBlind.get(fault)?.scopes[0]?.targets[0]?.reading;
    const reason = reading !== undefined && 'unknown' in reading ? reading.unknown.reason : undefined;
    expect(['source-down', 'no-data', 'stale', 'short-history']).toContain(reason);
  });

  test('resolves it once the service is well and can be seen again', () => {
    expect(typesOf(observed.pagesAfterHeal, fault)).toEqual(['incident.firing', 'incident.resolved']);
    const mine = observed.afterHeal.filter(({ service }) => service === fault);
    expect(mine).toMatchObject([{ phase: 'closed', relapses: 0 }]);
    const before = observed.afterFault.find(({ service }) => service === fault);
    expect(mine[0]?.detectedAt).toBe(before?.detectedAt);
    // The onset is settled only once readings are back, from steps that were read again.
    const { failedAt, widestGapMs } = observed;
    const onset = mine[0]?.onset;
    expect(Math.abs(Date.parse(onset?.at ?? '') - failedAt)).toBeLessThan(1.5 * widestGapMs);
    // A sample bears the time at which its scrape began, and may tell of what happened until it ended.
    expect(Date.parse(onset?.earliest ?? '')).toBeLessThanOrEqual(failedAt);
    expect(Date.parse(onset?.latest ?? '')).toBeGreaterThan(failedAt - widestGapMs);
  });

  test('opens nothing for a service that is well', () => {
    expect(typesOf(observed.pagesAfterHeal, `calm-${fault}`)).toEqual([]);
    expect(observed.afterHeal.filter(({ service }) => service === `calm-${fault}`)).toEqual([]);
  });
});
