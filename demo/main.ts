import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import picocolors from 'picocolors';
import { newWebhookSecret, startAndon } from './andon.ts';
import { andonApi } from './api.ts';
import { DemoError } from './demo-error.ts';
import { EndedBySignal, endOnSignals } from './end-on-signals.ts';
import { startOnCall } from './on-call.ts';
import { scrapeIntervalMs, startPrometheus } from './prometheus.ts';
import { demoTimes, shortenRules } from './shorten-rules.ts';
import { startShop } from './shop.ts';
import { scoreTable, type Style } from './story.ts';
import { tellStory } from './tell-story.ts';
import { startTraffic } from './traffic.ts';

const shippedRules = fileURLToPath(new URL('../rules/checkout.yaml', import.meta.url));
const requestsPerSecond = 40;
/** With --once the whole demo ends within three minutes, whatever happens. */
const onceWithinMs = 170_000;

const say = (line: string): void => console.log(line);

const ending = endOnSignals();
try {
  const { values } = parseArgs({ options: { once: { type: 'boolean', default: false } } });
  process.exitCode = await demo(values.once);
} catch (error) {
  process.exitCode = explain(error);
}

async function demo(once: boolean): Promise<number> {
  const signal = once ? AbortSignal.any([ending, AbortSignal.timeout(onceWithinMs)]) : ending;
  const style: Style = { colors: picocolors.createColors(process.stdout.isTTY && picocolors.isColorSupported) };
  await using stage = new AsyncDisposableStack();

  const folder = await mkdtemp(join(tmpdir(), 'andon-demo-'));
  stage.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  const rulesFolder = join(folder, 'rules');
  await mkdir(rulesFolder);
  await writeFile(join(rulesFolder, 'checkout.yaml'), shortenRules(await readFile(shippedRules, 'utf8')));

  say('A shop, its customers, a real Prometheus, an on-call person and Andon, all on this machine.');
  const { windows, hold, watch } = demoTimes;
  say(
    `rules/checkout.yaml with shorter times for the demo: windows up to 5m become ${windows}, for ${demoTimes.for}, hold ${hold}, watch ${watch}.\n`,
  );

  const shop = await startShop();
  stage.defer(() => shop.close());
  const traffic = startTraffic(shop.url, requestsPerSecond);
  stage.defer(() => traffic.stop());
  const webhookSecret = newWebhookSecret();
  const onCall = await startOnCall(webhookSecret);
  stage.defer(() => onCall.close());
  const prometheus = await startPrometheus({
    binary: process.env['PROMETHEUS_BIN'] ?? 'prometheus',
    shopUrl: shop.url,
    folder: join(folder, 'prometheus'),
    signal,
  });
  stage.defer(() => prometheus.child.stop());
  const andon = await startAndon({
    rulesFolder,
    prometheusUrl: prometheus.url,
    onCallUrl: onCall.url,
    webhookSecret,
    folder: join(folder, 'andon'),
    unless: [prometheus.child.crashed],
    signal,
  });
  stage.defer(() => andon.child.stop());

  const crashed = [prometheus.child.crashed, andon.child.crashed];
  const scores = await tellStory({
    shop,
    onCall,
    api: andonApi(andon.url),
    serviceName: 'checkout',
    scrapeIntervalMs,
    style,
    say,
    patience: { unless: crashed, signal },
  });
  say(`\n${scoreTable(scores, style)}\n`);
  const outside = scores.filter(({ within }) => !within).map(({ name }) => name);
  if (outside.length > 0) say(`Outside the stated bounds: ${outside.join(', ')}.`);

  if (!once) {
    say(addresses(andon.url, prometheus.url, shop.url));
    await Promise.race([untilAborted(signal), ...crashed]);
  }
  return outside.length > 0 ? 1 : 0;
}

function addresses(andon: string, prometheus: string, shop: string): string {
  const graph = new URLSearchParams({
    'g0.expr': 'sum by (code) (rate(http_requests_total{job="shop"}[10s]))',
    'g0.tab': '0',
    'g0.range_input': '5m',
  });
  return [
    `Andon       ${andon}/`,
    `  API       ${andon}/api/v1/incidents`,
    `  metrics   ${andon}/metrics`,
    `Prometheus  ${prometheus}/graph?${graph.toString()}`,
    `shop        ${shop}/`,
    '',
    'Everything goes on running. Ctrl-C ends it and leaves nothing behind.',
  ].join('\n');
}

function untilAborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  signal.addEventListener('abort', () => resolve());
  return promise;
}

/** Tells a person what went wrong and answers with the exit code. */
function explain(error: unknown): number {
  const cause: unknown = ending.aborted ? ending.reason : error;
  if (cause instanceof EndedBySignal) return cause.exitCode;
  if (cause instanceof DemoError) {
    console.error(`\n${cause.message}`);
    if (cause.log !== undefined) console.error(`The last lines it printed:\n${cause.log.replace(/^/gm, '    ')}`);
    return 1;
  }
  if (cause instanceof Error && cause.name === 'TimeoutError') {
    console.error(`\nThe demo did not finish within ${onceWithinMs / 1000} s.`);
    return 1;
  }
  console.error(`\nThe demo failed: ${cause instanceof Error ? cause.message : String(cause)}`);
  return 1;
}
