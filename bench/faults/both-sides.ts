import { z } from 'zod';
import { AndonProcess } from '../../tests/support/andon-process.ts';
import { startFaultProxy, type FaultProxy, type QueryFault } from '../../tests/support/fault-proxy.ts';
import { startPrometheus } from '../../tests/support/prometheus-server.ts';
import { pause, until } from '../../tests/support/until.ts';
import { WebhookReceiver } from '../../tests/support/webhook-receiver.ts';
import { openShop, shopRules } from '../../tests/e2e/shop.ts';
import { startReferenceAlertmanager, startVmalert } from './reference-chain.ts';

/** What one monitor told on-call about one fault. Times are seconds. */
export interface SideResult {
  /** After the fault began, with the shop still failing; absent when it never said so. */
  readonly falseResolveAfter?: number;
  /** Whether on-call was told once the shop was well and the fault was gone. */
  readonly resolvedInTheEnd: boolean;
  /** Pages that say the shop fails, of which one is right. */
  readonly firingPages: number;
}

export interface FaultResult {
  readonly fault: QueryFault;
  readonly andon: SideResult;
  readonly reference: SideResult;
}

export interface FaultPlan {
  readonly faults: readonly QueryFault[];
  readonly faultMs: number;
  readonly say: (line: string) => void;
}

/** A page as a receiver noted it, `at` in ms on the monotonic clock. */
interface Told {
  readonly fault: string;
  readonly says: 'firing' | 'resolved';
  readonly at: number;
}

const AndonPage = z.object({ type: z.string(), data: z.object({ service: z.string() }) });
const AlertmanagerPage = z.object({
  alerts: z.array(z.object({ status: z.enum(['firing', 'resolved']), labels: z.object({ chain: z.string() }) })),
});

/** Lets Andon and vmalert with Alertmanager watch one failing shop through the same faulty proxies, at the same time. */
export async function compareUnderFaults({ faults, faultMs, say }: FaultPlan): Promise<readonly FaultResult[]> {
  await using cleanUp = new AsyncDisposableStack();
  const shop = cleanUp.use(await openShop());
  const prometheus = cleanUp.use(await startPrometheus({ jobs: [{ job: 'shop', targets: [shop.target.address] }] }));
  const proxies = new Map<QueryFault, FaultProxy>();
  for (const fault of faults) proxies.set(fault, cleanUp.use(await startFaultProxy(prometheus.url)));
  const urlOf = (fault: QueryFault): string => proxies.get(fault)?.url ?? '';
  const andonTold: Told[] = [];
  const referenceTold: Told[] = [];
  const receiver = cleanUp.use(await WebhookReceiver.start());
  receiver.answer = ({ path, text }) => {
    const at = performance.now();
    if (path === '/andon') {
      const { type, data } = AndonPage.parse(JSON.parse(text));
      andonTold.push({ fault: data.service, says: type === 'incident.resolved' ? 'resolved' : 'firing', at });
    } else {
      const { alerts } = AlertmanagerPage.parse(JSON.parse(text));
      referenceTold.push(...alerts.map(({ status, labels }): Told => ({ fault: labels.chain, says: status, at })));
    }
    return { kind: 'answer', status: 200 };
  };
  await shop.target.scraped(6);

  const alertmanager = cleanUp.use(await startReferenceAlertmanager(`${receiver.origin}/reference`));
  for (const fault of faults) {
    const rule = { chain: fault, datasourceUrl: urlOf(fault), alertmanagerUrl: alertmanager.url };
    cleanUp.use(await startVmalert(rule));
  }
  cleanUp.use(
    await AndonProcess.start({
      rules: Object.fromEntries(
        faults.map((fault) => [`${fault}.yaml`, shopRules({ name: fault, source: fault, over: '5s', hold: '3s' })]),
      ),
      settings: {
        sources: faults.map((fault) => ({ name: fault, url: urlOf(fault), timeout: '2s' })),
        channels: [{ name: 'on-call', webhook: { url: `${receiver.origin}/andon` } }],
        // Each service's pages are looked at one by one.
        grouping: { within: '0s' },
      },
    }),
  );

  shop.fail(0.5);
  const allSay = (says: Told['says'], since: number): boolean =>
    [andonTold, referenceTold].every((told) =>
      faults.every((fault) => told.some((each) => each.fault === fault && each.says === says && each.at >= since)),
    );
  await until(() => (allSay('firing', 0) ? true : undefined), {
    what: 'a page from both sides for each chain',
    withinMs: 60_000,
  });
  say('Both sides have paged on every chain. Now the faults begin; the shop goes on failing.');

  const from = performance.now();
  await Promise.all(faults.map(async (fault) => proxies.get(fault)?.set(fault)));
  await pause(faultMs);
  await Promise.all(faults.map(async (fault) => proxies.get(fault)?.set(undefined)));
  const to = performance.now();
  say('The faults are gone. The shop fails for ten more seconds, then it is well.');
  await pause(10_000);
  const healedAt = performance.now();
  shop.fail(0);
  // Who does not say so within this time is noted as not having said so.
  await until(() => (allSay('resolved', healedAt) ? true : undefined), { what: 'all-clears', withinMs: 40_000 }).catch(
    () => undefined,
  );
  const sideOf = (told: readonly Told[], fault: QueryFault): SideResult => {
    const mine = told.filter((each) => each.fault === fault);
    const early = mine.find(({ says, at }) => says === 'resolved' && at >= from && at < healedAt);
    return {
      ...(early === undefined ? {} : { falseResolveAfter: Math.round((early.at - from) / 100) / 10 }),
      resolvedInTheEnd: mine.some(({ says, at }) => says === 'resolved' && at >= healedAt),
      firingPages: mine.filter(({ says }) => says === 'firing').length,
    };
  };
  say(`The faults lasted ${Math.round((to - from) / 100) / 10} s.`);
  return faults.map((fault) => ({
    fault,
    andon: sideOf(andonTold, fault),
    reference: sideOf(referenceTold, fault),
  }));
}
