import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { signingKey } from '../../src/adapters/channels/webhook/sign.ts';
import { WebhookChannel } from '../../src/adapters/channels/webhook/webhook-channel.ts';
import { startShop } from '../../demo/shop.ts';
import { startTraffic } from '../../demo/traffic.ts';
import { webhookOptions } from '../adapters/channels/webhook/webhook-bench.ts';
import { aNotification } from '../support/a-notification.ts';
import { memoryLog } from '../support/memory-log.ts';
import { startPrometheus } from '../support/prometheus-server.ts';
import { until } from '../support/until.ts';
import { Checkout, type Outcome, type Started } from './checkout.ts';
import { allPages, readPage, root, type Block } from './pages.ts';

const told = { prometheus: 'http://127.0.0.1:9090', receiver: 'http://127.0.0.1:8080' };

const stage = new AsyncDisposableStack();
let prometheusUrl = '';

beforeAll(async () => {
  const shop = await startShop();
  stage.defer(async () => await shop.close());
  const traffic = startTraffic(shop.url, 20);
  stage.defer(async () => await traffic.stop());
  const target = new URL(shop.url).host;
  const prometheus = stage.use(
    await startPrometheus({ jobs: [{ job: 'shop', targets: [target] }], scrapeIntervalMs: 500 }),
  );
  prometheusUrl = prometheus.url;
  await until(
    async () => {
      const query = new URLSearchParams({ query: 'http_requests_total{job="shop"}' });
      const answer = await fetch(`${prometheusUrl}/api/v1/query?${query.toString()}`);
      return (await answer.text()).includes('"value"') ? true : undefined;
    },
    { what: 'a scrape of the shop', withinMs: 20_000 },
  );
}, 40_000);

afterAll(async () => {
  await stage.disposeAsync();
});

describe('the README, read from top to bottom', () => {
  const { blocks } = readPage('README.md');
  const find = (marker: string, value?: string): Block => {
    const found = blocks.find(
      (block) => block.marker === marker && (value === undefined || block.options[marker] === value),
    );
    if (found === undefined) throw new Error(`README.md has no block marked ${marker}`);
    return found;
  };

  test('every command does what it says', async () => {
    await using checkout = await Checkout.make();
    const started = new Map<string, Started>();
    let receiverUrl = told.receiver;
    const meant = (text: string): string =>
      text.replaceAll(told.prometheus, prometheusUrl).replaceAll(told.receiver, receiverUrl);
    for (const block of blocks) {
      switch (block.marker) {
        case 'receiver':
          await checkout.write('receiver.mjs', block.text);
          break;
        case 'run':
          await runAll(checkout, { ...block, text: meant(block.text) });
          break;
        case 'daemon': {
          // Ports of its own: the ones that the page names may be taken.
          checkout.set('PORT', '0');
          checkout.set('ANDON_LISTEN', '127.0.0.1:0');
          await checkout.write('andon.yaml', meant(find('settings').text));
          const name = block.options['daemon'] ?? '';
          const program = checkout.start(block.text.trim());
          started.set(name, program);
          if (name === 'receiver')
            receiverUrl = `http://127.0.0.1:${(await program.printed(/listening on port (\d+)/))[1] ?? ''}`;
          else checkout.set('ANDON_URL', await untilReady(program));
        }
      }
    }
    const [andon, receiver] = [started.get('andon'), started.get('receiver')];
    expect(signingKey((await readFile(join(checkout.path, 'webhook-secret'), 'utf8')).trim())).toBeDefined();
    expect((await stat(join(checkout.path, '.andon'))).isDirectory()).toBe(true);
    expect(await andon?.end()).toBe(0);
    expect(receiver?.output()).toMatch(/^listening on port \d+\n$/);
  }, 60_000);

  test('its receiver takes a signed page once, and no forged one', async () => {
    await using checkout = await Checkout.make();
    await checkout.run(secretCommand());
    await checkout.write('receiver.mjs', find('receiver').text);
    checkout.set('PORT', '0');
    const receiver = checkout.start(find('daemon', 'receiver').text.trim());
    const [, port] = await receiver.printed(/listening on port (\d+)/);
    const url = `http://127.0.0.1:${port ?? ''}/andon`;
    const channel = new WebhookChannel(webhookOptions({ url, secretFiles: [join(checkout.path, 'webhook-secret')] }), {
      clock: { now: () => Date.now() },
      log: memoryLog(),
    });
    const attempt = { notification: aNotification(), collapsed: [], attempt: 1 };
    const sent = [];
    for (let time = 0; time < 2; time += 1) sent.push((await channel.send(attempt, new AbortController().signal)).kind);
    await channel.close();
    expect(sent).toEqual(['accepted', 'accepted']);
    const forged = await fetch(url, {
      method: 'POST',
      body: '{"type":"incident.resolved","data":{"incidentId":"checkout-1","title":"all is well"}}',
      headers: {
        'webhook-id': 'forged',
        'webhook-timestamp': `${Math.floor(Date.now() / 1000)}`,
        'webhook-signature': 'v1,forged',
      },
    });
    expect(forged.status).toBe(401);
    const [, ...lines] = receiver.output().trim().split('\n');
    const { incidentId, page } = attempt.notification;
    expect(lines).toEqual([`incident.firing ${incidentId} ${page.title}`]);
  }, 30_000);

  test('the alias runs the command line of the checkout', async () => {
    await using checkout = await Checkout.make();
    const alias = find('run').text.trim();
    const { code, stdout } = await checkout.run(`cd "${root}"\n${alias}\nandon version`);
    expect(stdout).toMatch(/^andon \d+\.\d+\.\d+ \(Node\.js 2\d\./);
    expect(code).toBe(0);
  }, 30_000);

  function secretCommand(): string {
    const found = blocks.find(({ text }) => text.includes('> webhook-secret'));
    return found?.text ?? '';
  }
});

test.each(
  allPages().filter(({ path, blocks }) => path !== 'README.md' && blocks.some(({ marker }) => marker === 'run')),
)(
  'every command of $path does what it says',
  async ({ blocks }) => {
    await using checkout = await Checkout.make();
    let isUp = false;
    for (const block of blocks) {
      if (block.marker === 'settings') await checkout.writeSettings(block.text);
      if (block.options['needs'] === 'andon' && !isUp) {
        isUp = true;
        await checkout.write('service.yaml', blocks.find(({ marker }) => marker === 'rule')?.text ?? '');
        checkout.set('ANDON_LISTEN', '127.0.0.1:0');
        const andon = checkout.start(`andon run --rules service.yaml --source ${prometheusUrl}`);
        checkout.set('ANDON_URL', await untilReady(andon));
      }
      if (block.marker === 'run') await runAll(checkout, block);
    }
  },
  30_000,
);

async function untilReady(andon: Started): Promise<string> {
  const [, url = ''] = await andon.printed(/"url":"(http:[^"]+)"[^\n]*"message":"Andon is up"/);
  await until(async () => ((await fetch(`${url}/-/ready`)).status === 200 ? true : undefined), {
    what: 'Andon to be ready',
    withinMs: 30_000,
    explain: () => andon.output(),
  });
  return url;
}

/** Runs what a block shows, one command after the other, and compares output and exit code with what it says. */
async function runAll(checkout: Checkout, block: Block): Promise<void> {
  const codes = (block.options['exit'] ?? '0').split(',').map(Number);
  const shown = block.language === 'console' ? block.text.split(/^\$ /m).slice(1) : block.text.trimEnd().split('\n');
  for (const each of shown) {
    const [command = '', ...output] = each.split('\n');
    const outcome = await checkout.run(command);
    if (!codes.includes(outcome.code ?? -1)) throw new Error(`${block.where}: ${command}\n${toldOf(outcome)}`);
    if (block.language === 'console') expect(outcome.stdout).toMatch(patternOf(output.join('\n')));
  }
}

function toldOf({ code, stdout, stderr }: Outcome): string {
  return `ended with ${code}\n${stdout}${stderr}`;
}

/** A line with nothing but `…` stands for any output. */
function patternOf(output: string): RegExp {
  const parts = output.split(/^…$\n?/m).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('[^]*')}$`);
}
