import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AndonProcess, runCli, type AndonOptions } from '../support/andon-process.ts';
import { programUnderTest } from '../support/program-under-test.ts';
import { startPrometheus } from '../support/prometheus-server.ts';
import type { RealServer } from '../support/real-server.ts';
import { until } from '../support/until.ts';
import { WebhookReceiver } from '../support/webhook-receiver.ts';
import { oldNode } from './old-node.ts';
import { shopRules } from './shop.ts';
import { mayMount, mountSmallDisk } from './small-disk.ts';

const cleanUp = new AsyncDisposableStack();
let prometheus: RealServer;
let folder: string;

beforeAll(async () => {
  prometheus = cleanUp.use(await startPrometheus());
  folder = await mkdtemp(join(tmpdir(), 'andon-e2e-operations-'));
  cleanUp.defer(async () => rm(folder, { recursive: true, force: true }));
});
afterAll(async () => cleanUp.disposeAsync(), 20_000);

const options = (more: Partial<AndonOptions> = {}): AndonOptions => ({
  rules: { 'shop.yaml': shopRules({ summary: 'first' }) },
  settings: { sources: [{ url: prometheus.url }] },
  ...more,
});
const summary = async (andon: AndonProcess): Promise<string> => (await andon.api.service('shop')).endState;
const saysSoon = async (andon: AndonProcess, text: string): Promise<true> =>
  until(async () => ((await summary(andon)) === text ? true : undefined), {
    what: `the rules that say "${text}"`,
    withinMs: 10_000,
    explain: () => andon.tail(),
  });
const timesRead = (andon: AndonProcess): number =>
  andon.logLines().filter(({ message }) => message === 'the rule files were read').length;

describe('reading the rule files again', () => {
  let andon: AndonProcess;
  beforeAll(async () => {
    andon = cleanUp.use(await AndonProcess.start(options()));
  }, 40_000);

  test('on SIGHUP, though no file has changed', async () => {
    const before = timesRead(andon);
    andon.signal('SIGHUP');
    await until(() => (timesRead(andon) > before ? true : undefined), { what: 'a reload', withinMs: 5_000 });
  });

  test('on POST /-/reload, which answers when the new rules run', async () => {
    const before = timesRead(andon);
    expect(await andon.api.post('/-/reload')).toMatchObject({ status: 200 });
    expect(timesRead(andon)).toBe(before + 1);
  });

  test('when a file changes, by itself', async () => {
    await andon.writeRule('shop.yaml', shopRules({ summary: 'second' }));
    await saysSoon(andon, 'second');
  });

  test('refuses a bad file, keeps the rules before it, and says so in API, metric and log', async () => {
    await andon.writeRule('shop.yaml', shopRules({ summary: 'third' }).replace('"hold":"3s"', '"hold":"soon"'));
    const answer = await andon.api.post('/-/reload');
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('shop.yaml:1:');
    const { reload } = await andon.api.status();
    expect(reload.ok).toBe(false);
    expect(reload.problems.join('\n')).toMatch(/shop\.yaml:1:\d+: .*soon/);
    expect(await andon.api.metric('andon_rules_reload_success')).toBe(0);
    expect(andon.logLines()).toContainEqual(
      expect.objectContaining({
        level: 'error',
        message: 'the rule files have problems; the rules before them still run',
      }),
    );
    expect(await summary(andon)).toBe('second');

    await andon.writeRule('shop.yaml', shopRules({ summary: 'mended' }));
    await saysSoon(andon, 'mended');
    // Told once what ran before is closed.
    await until(async () => ((await andon.api.status()).reload.ok ? true : undefined), {
      what: 'the reload to be told',
      withinMs: 5_000,
    });
    expect(await andon.api.metric('andon_rules_reload_success')).toBe(1);
  }, 20_000);

  test('when Kubernetes swaps the symlink under a mounted ConfigMap', async () => {
    const mounted = cleanUp.use(await AndonProcess.prepare(options({ rules: {} })));
    const version = async (name: string, text: string): Promise<void> => {
      await mkdir(join(mounted.rulesFolder, name));
      await writeFile(join(mounted.rulesFolder, name, 'shop.yaml'), shopRules({ summary: text }));
      await symlink(name, join(mounted.rulesFolder, '..data_tmp'));
      await rename(join(mounted.rulesFolder, '..data_tmp'), join(mounted.rulesFolder, '..data'));
    };
    await version('..2026_11_01', 'mounted');
    await symlink('..data/shop.yaml', join(mounted.rulesFolder, 'shop.yaml'));
    await mounted.launch();
    await mounted.ready();
    expect(await summary(mounted)).toBe('mounted');
    await version('..2026_11_02', 'swapped');
    await rm(join(mounted.rulesFolder, '..2026_11_01'), { recursive: true });
    await saysSoon(mounted, 'swapped');
    expect(await mounted.end('SIGTERM')).toEqual({ code: 0, signal: null });
  }, 40_000);

  test('ends on SIGINT with 0', async () => {
    expect(await andon.end('SIGINT')).toEqual({ code: 0, signal: null });
  });
});

describe('reading the settings again', () => {
  const sources = (): readonly unknown[] => [{ url: prometheus.url }];
  let andon: AndonProcess;
  beforeAll(async () => {
    andon = cleanUp.use(await AndonProcess.start(options()));
  }, 40_000);

  test('on POST /-/reload: sources, channels and what rules name of them', async () => {
    await using receiver = await WebhookReceiver.start();
    await andon.writeSettings({
      sources: [...sources(), { name: 'second', url: prometheus.url }],
      channels: [{ name: 'on-call', webhook: { url: `${receiver.origin}/hook` } }],
      log: { level: 'debug' },
    });
    await andon.writeRule('shop.yaml', shopRules({ summary: 'moved', source: 'second' }));
    expect(await andon.api.post('/-/reload')).toEqual({ status: 200, text: '{"reloaded":true,"atNextStart":[]}' });
    const status = await andon.api.status();
    expect(status.sources.map(({ name }) => name)).toEqual(['default', 'second']);
    expect(status.channels.map(({ name }) => name)).toEqual(['on-call']);
    expect((await andon.api.service('shop')).source).toBe('second');
    await until(async () => ((await andon.api.service('shop')).lastPollAt === undefined ? undefined : true), {
      what: 'a poll of the new source',
      withinMs: 10_000,
      explain: () => andon.tail(),
    });
  }, 20_000);

  test('when the file changes, by itself, and tells what takes effect at the next start', async () => {
    await andon.writeRule('shop.yaml', shopRules({ summary: 'back' }));
    await andon.writeSettings({ sources: sources(), data: join(folder, 'elsewhere') });
    const status = await until(
      async () => {
        const now = await andon.api.status();
        return now.sources.length === 1 && now.reload.atNextStart.length > 0 ? now : undefined;
      },
      { what: 'the source to be gone', withinMs: 10_000, explain: () => andon.tail() },
    );
    const [change = ''] = status.reload.atNextStart;
    expect(change).toContain(`data: ${join(folder, 'elsewhere')} takes effect at the next start`);
    expect(andon.logLines()).toContainEqual(
      expect.objectContaining({ level: 'warn', message: 'a setting takes effect at the next start', change }),
    );
  }, 20_000);

  test('refuses a bad file, runs on as before, and says so in API, metric and log', async () => {
    await andon.writeSettings({ sources: [{ url: prometheus.url, timeuot: '3s' }] });
    const answer = await andon.api.post('/-/reload');
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('"settings-refused"');
    expect(answer.text).toMatch(/andon\.yaml:1:\d+: .*timeout/);
    const { reload, sources: seen } = await andon.api.status();
    expect(reload.ok).toBe(false);
    expect(seen).toHaveLength(1);
    expect(await andon.api.metric('andon_rules_reload_success')).toBe(0);
    expect(andon.logLines()).toContainEqual(
      expect.objectContaining({ level: 'error', message: 'the settings have problems; everything runs as before' }),
    );

    await rm(andon.settingsFile);
    expect((await andon.api.post('/-/reload')).text).toContain('there is no such file');

    await andon.writeSettings({ sources: sources(), channels: [], api: { tokenFile: join(folder, 'no-token') } });
    const unusable = await andon.api.post('/-/reload');
    expect(unusable.status).toBe(422);
    expect(unusable.text).toContain('no-token');
  }, 20_000);

  test('asks for the new token from then on', async () => {
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, 'a-new-token');
    await andon.writeSettings({ sources: sources(), api: { tokenFile } });
    expect(await andon.api.post('/-/reload')).toMatchObject({ status: 200 });
    expect(await andon.api.post('/-/reload')).toMatchObject({ status: 401 });
    expect(await andon.end('SIGTERM')).toEqual({ code: 0, signal: null });
  }, 20_000);
});

describe('what keeps it from starting is one message with a remedy and no stack', () => {
  const startsNot = async (broken: AndonOptions, prepare?: (andon: AndonProcess) => Promise<void>): Promise<string> => {
    await using andon = await AndonProcess.prepare(broken);
    await prepare?.(andon);
    await andon.spawn();
    const ending = await andon.ended();
    expect({ ...ending, stderr: andon.stderr }).toMatchObject({ code: 1, signal: null });
    expect(andon.stderr).not.toMatch(/^\s+at |node:internal|unexpected/m);
    return andon.stderr
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('{'))
      .join('\n');
  };

  test('a data folder that is a file', async () => {
    const data = join(folder, 'not-a-folder');
    await writeFile(data, '');
    const said = await startsNot(options({ data }));
    expect(said).toContain(data);
    expect(said).toContain('name another folder');
  });

  test('a database that is damaged', async () => {
    const data = join(folder, 'damaged');
    await mkdir(data);
    await writeFile(join(data, 'andon.db'), 'this has never been a database, whatever its name says'.repeat(100));
    expect(await startsNot(options({ data }))).toContain(join(data, 'andon.db'));
  });

  // Only root may mount, and not in every container.
  const describeWhereMountable = mayMount() ? describe : describe.skip;
  describeWhereMountable('on a disk of its own', () => {
    test('a data folder that cannot be written to', async () => {
      await using disk = await mountSmallDisk({ readOnly: true });
      const said = await startsNot(options({ data: join(disk.folder, 'data') }));
      expect(said).toContain(disk.folder);
      expect(said).toContain('cannot be written');
    });
  });

  test('a folder that another Andon works on', async () => {
    await using first = await AndonProcess.start(options());
    expect(await startsNot(options({ data: first.dataFolder }))).toContain('another Andon runs on this folder');
  }, 40_000);

  test('a port that is taken', async () => {
    const { port } = prometheus;
    expect(await startsNot(options({ listen: `127.0.0.1:${port}` }))).toContain(`127.0.0.1:${port}`);
  });

  test('rule files with problems', async () => {
    const rules = { 'shop.yaml': shopRules().replace('"hold":"3s"', '"hold":"soon"') };
    expect(await startsNot(options({ rules }))).toMatch(/shop\.yaml:1:\d+: /);
  });

  test('settings with problems, with exit code 2', async () => {
    const settings = join(folder, 'wrong.yaml');
    await writeFile(settings, 'sources:\n  - url: http://127.0.0.1:9090\n    timeuot: 3s\n');
    const { code, stderr } = await runCli(['run', '--settings', settings]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/wrong\.yaml:3:5[^]*timeout/);
  });

  const node = oldNode();
  const describeWithOldNode = node === undefined ? describe.skip : describe;
  describeWithOldNode('on an old Node', () => {
    test('one line that names the Node it needs', async () => {
      const main = await programUnderTest();
      const { code, stderr, stdout } = await runCli(['run'], { command: [node ?? '', main] });
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^andon needs Node 24 or newer, and this is v\d+\.\d+\.\d+; .*\n$/);
    }, 60_000);
  });
});

interface Collector extends AsyncDisposable {
  readonly url: string;
  readonly spans: () => readonly { readonly name: string }[];
}

async function startCollector(): Promise<Collector> {
  const bodies: string[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks).toString());
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  type Export = { resourceSpans: { scopeSpans: { spans: { name: string }[] }[] }[] };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans: () =>
      bodies.flatMap((body) =>
        (JSON.parse(body) as Export).resourceSpans.flatMap(({ scopeSpans }) =>
          scopeSpans.flatMap(({ spans }) => spans),
        ),
      ),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

describe('what it tells others about itself', () => {
  test('sends its spans to an OTLP endpoint, the last ones on its way out', async () => {
    await using collector = await startCollector();
    await using andon = await AndonProcess.start(
      options({ settings: { sources: [{ url: prometheus.url }], tracing: { otlpEndpoint: collector.url } } }),
    );
    await until(async () => ((await andon.api.service('shop')).lastPollAt === undefined ? undefined : true), {
      what: 'a poll',
      withinMs: 10_000,
    });
    expect(await andon.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(collector.spans().map(({ name }) => name)).toContain('poll');
  }, 40_000);

  test('keeps secrets out of log, metrics and API when source and receiver refuse them', async () => {
    const secrets = {
      bearer: 'bearer-seen-by-nobody-0815',
      hook: 'hook-path-seen-by-nobody-4711',
      header: 'header-seen-by-nobody-1234',
    };
    for (const [name, text] of Object.entries(secrets)) await writeFile(join(folder, name), text);
    // It repeats what it was sent, as careless servers do.
    const careless = createServer((request, response) => {
      response.writeHead(401).end(`no: ${request.url} ${JSON.stringify(request.headers)}`);
    });
    await new Promise<void>((resolve) => {
      careless.listen(0, '127.0.0.1', resolve);
    });
    await using closing = new AsyncDisposableStack();
    closing.defer(() => {
      careless.closeAllConnections();
      careless.close();
    });
    const origin = `http://127.0.0.1:${(careless.address() as AddressInfo).port}`;
    await writeFile(join(folder, 'hook-url'), `${origin}/${secrets.hook}`);
    const blind = shopRules({ name: 'blind', source: 'careless' });
    // No shop is scraped: the rule takes its silence for a stop, so that a page goes to the careless receiver.
    const silent = shopRules().replace('"severity":"page"', '"severity":"page","onUnknown":{"openAfter":"1s"}');
    await using andon = await AndonProcess.start(
      options({
        rules: { 'blind.yaml': blind, 'silent.yaml': silent },
        settings: {
          log: { level: 'debug' },
          sources: [
            { url: prometheus.url },
            {
              name: 'careless',
              url: origin,
              bearerTokenFile: join(folder, 'bearer'),
              headerFiles: { 'X-Api-Key': join(folder, 'header') },
            },
          ],
          channels: [
            {
              name: 'careless',
              webhook: { urlFile: join(folder, 'hook-url'), headerFiles: { 'X-Api-Key': join(folder, 'header') } },
            },
          ],
        },
      }),
    );
    const status = await until(
      async () => {
        const now = await andon.api.status();
        const failed = [...now.sources, ...now.channels].filter(({ lastError }) => lastError !== undefined);
        return failed.length < 2 ? undefined : now;
      },
      { what: 'source and receiver to have refused', withinMs: 10_000, explain: () => andon.tail() },
    );
    const seen = [
      andon.stderr,
      JSON.stringify(status),
      await andon.api.metrics(),
      JSON.stringify(await andon.api.services()),
    ];
    await andon.end('SIGTERM');
    for (const text of [...seen, andon.stderr])
      for (const secret of Object.values(secrets)) expect(text).not.toContain(secret);
  }, 40_000);
});
