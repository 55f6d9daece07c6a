import type { AndonApi, Incident, Service } from './api.ts';
import { eventually, type Patience } from './eventually.ts';
import type { OnCall, ReceivedPage } from './on-call.ts';
import { noFault, type Shop } from './shop.ts';
import { estimateText, readingsText, scores, storyLine, type Score, type Style } from './story.ts';

/** Who plays, and how the story is told. */
export interface Cast {
  readonly shop: Shop;
  readonly onCall: OnCall;
  readonly api: AndonApi;
  readonly serviceName: string;
  readonly scrapeIntervalMs: number;
  readonly style: Style;
  readonly say: (line: string) => void;
  readonly patience: Pick<Patience, 'unless' | 'signal'>;
}

const fault = { errorRatio: 0.2, delayMs: 0 };
const shortestFaultMs = 15_000;
/** Longest waits for each step, s; what they sum up to is more than the demo takes, because they overlap in practice. */
const withinSeconds = { healthy: 60, detected: 30, stopped: 10, paged: 15, settled: 30, resolved: 75, moving: 10 };

/**
 * Breaks the shop, watches Andon notice, page, and tell when the shop is well again, and answers with Andon's numbers
 * beside the truth. Rejects with a DemoError that names the step that did not happen in time.
 */
export async function tellStory(cast: Cast): Promise<readonly Score[]> {
  const { shop, onCall, api, serviceName, say } = cast;
  let brokenAt: number | undefined;
  const tell = (at: number, what: string, told: string): void => {
    say(storyLine(cast.style, at, brokenAt, what, told));
  };
  const wait = <T>(step: keyof typeof withinSeconds, what: string, look: () => Promise<T | undefined>): Promise<T> =>
    eventually(look, { ...cast.patience, what, withinMs: withinSeconds[step] * 1000 });
  const service = async (): Promise<Service | undefined> =>
    (await api.services()).find((each) => each.service === serviceName);
  const page = async (kind: string, incidentId: string): Promise<ReceivedPage | undefined> =>
    onCall.pages.find((each) => each.kind === kind && each.incidentId === incidentId);

  const healthy = await wait('healthy', `${serviceName} to be healthy`, async () => {
    const found = await service();
    return found !== undefined && isHealthy(found) ? found : undefined;
  });
  tell(Date.now(), 'healthy', `the line moves: ${readingsText(healthy)}`);
  const known = new Set((await api.incidents()).map(({ id }) => id));

  brokenAt = shop.setFault(fault);
  tell(
    brokenAt,
    'broken',
    `from now on ${fault.errorRatio * 100} % of the shop's answers are errors (only the demo knows)`,
  );

  const opened = await wait('detected', 'Andon to open an incident', async () => newest(await api.incidents(), known));
  tell(opened.onset.at, 'onset', `Andon's estimate: ${estimateText(opened.onset, brokenAt)} (${opened.onset.method})`);
  tell(opened.detectedAt, 'detected', `rule ${opened.rules.join(', ')}: ${opened.title}`);

  const firing = await wait('paged', 'the page to reach on-call', () => page('incident.firing', opened.id));
  tell(firing.at, 'paged', `on-call was reached, signature verified: “${firing.title}”`);

  await wait('stopped', 'the line to stop', async () => ((await service())?.scopes.some(isStopped) ? true : undefined));
  tell(Date.now(), 'stopped', `GET /api/v1/services says that the line of ${serviceName} is stopped`);

  const sinceBroken = brokenAt;
  await wait('settled', 'the estimate of the onset to settle', async () => {
    const { incident } = await api.incident(opened.id);
    return incident.onsetSettled && Date.now() - sinceBroken >= shortestFaultMs ? true : undefined;
  });
  const healedAt = shop.setFault(noFault);
  tell(healedAt, 'healed', "from now on all of the shop's answers are right again (only the demo knows)");

  const resolved = await wait('resolved', 'on-call to hear that it is resolved', () =>
    page('incident.resolved', opened.id),
  );
  const { incident, recovery } = await wait('resolved', 'the incident to tell its recovery', async () => {
    const record = await api.incident(opened.id);
    const found = record.timeline.findLast((event) => event.recovery !== undefined)?.recovery;
    return found && { incident: record.incident, recovery: found };
  });
  tell(recovery.at, 'recovered', `Andon's estimate: ${estimateText(recovery, healedAt)}`);
  tell(resolved.at, 'resolved', `the end state has held long enough; on-call was told: “${resolved.title}”`);
  const again = await wait('moving', 'the line to move again', async () => {
    const found = await service();
    return found !== undefined && !found.scopes.some(isStopped) ? found : undefined;
  });
  tell(Date.now(), 'moving', `the line moves again: ${readingsText(again)}`);

  const account = { onset: incident.onset, detectedAt: incident.detectedAt, recovery };
  return scores({ brokenAt, healedAt }, account, cast.scrapeIntervalMs);
}

function isHealthy({ scopes }: Service): boolean {
  return (
    scopes.length > 0 &&
    scopes.every(({ line, targets }) => line === 'moving' && targets.every(({ verdict }) => verdict === 'held'))
  );
}

function isStopped({ line }: Service['scopes'][number]): boolean {
  return line === 'stopped';
}

function newest(incidents: readonly Incident[], known: ReadonlySet<string>): Incident | undefined {
  return incidents.find(({ id }) => !known.has(id));
}
