import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AndonProcess, runCli, type Finished } from '../support/andon-process.ts';
import { makeAuthority, makeCertificate } from '../support/certificates.ts';
import { startPrometheus } from '../support/prometheus-server.ts';
import { ProxyServer } from '../support/proxy-server.ts';
import { startStub, type StubServer } from '../support/stub-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { until } from '../support/until.ts';
import { WebhookReceiver } from '../support/webhook-receiver.ts';
import { openShop, shopRules } from './shop.ts';
import { holds } from './story.ts';

/** What the password holds, and the beginning of what is made of it for a header. */
const mark = 'S3CRET-of-the-proxy';
const marks = [
  mark,
  Buffer.from(`andon:${mark}`).toString('base64'),
  Buffer.from(`andon:not-${mark}`).toString('base64'),
];

const cleanUp = new AsyncDisposableStack();
let andon: AndonProcess;
let proxy: ProxyServer;
let receiver: WebhookReceiver;
let secure: StubServer;
/** Warnings of the environment, where the settings name no proxy, and after they do. */
let warned: readonly Readonly<Record<string, unknown>>[];
let straight: number;
let refused: string;
let passed: readonly string[];
let tests: readonly Finished[];
let afterwards: number;
const said: [string, string][] = [];

beforeAll(async () => {
  const shop = cleanUp.use(await openShop());
  const prometheus = cleanUp.use(await startPrometheus({ jobs: [{ job: 'shop', targets: [shop.target.address] }] }));
  const folder = cleanUp.use(await temporaryDirectory());
  const file = (name: string): string => join(folder.path, name);
  await writeFile(file('right'), `${mark}\n`);
  await writeFile(file('wrong'), `not-${mark}\n`);
  const ca = await makeAuthority(folder.path, 'ca');
  const { certFile, keyFile } = await makeCertificate(folder.path, 'hooks.test', ca);
  const tls = { cert: await readFile(certFile), key: await readFile(keyFile) };
  receiver = cleanUp.use(await WebhookReceiver.start());
  secure = cleanUp.use(await startStub((_request, response) => response.writeHead(200).end(), tls));
  proxy = cleanUp.use(await ProxyServer.start());
  proxy.login = `andon:${mark}`;
  const port = (url: string): number => Number(new URL(url).port);
  Object.assign(proxy.hosts, {
    'prometheus.test': port(prometheus.url),
    'receiver.test': receiver.port,
    'hooks.test': port(secure.url),
  });

  const near = {
    sources: [{ url: prometheus.url }],
    channels: [
      { name: 'plain', webhook: { url: `${receiver.origin}/x` } },
      { name: 'secure', webhook: { url: `${receiver.origin}/x` } },
    ],
    log: { level: 'debug' },
  };
  const far = (passwordFile: string) => ({
    sources: [{ url: 'http://prometheus.test:9090' }],
    channels: [
      { name: 'plain', webhook: { url: 'http://receiver.test/x' } },
      { name: 'secure', webhook: { url: 'https://hooks.test/x' } },
    ],
    proxy: { url: proxy.url, basicAuth: { username: 'andon', passwordFile: file(passwordFile) } },
    log: { level: 'debug' },
  });
  const env = {
    NODE_EXTRA_CA_CERTS: ca.certFile,
    https_proxy: `http://andon:${mark}@127.0.0.1:1`,
    HTTP_PROXY: proxy.url,
    NO_COLOR: '1',
  };
  await shop.target.scraped(2);
  andon = cleanUp.use(await AndonProcess.start({ rules: { 'shop.yaml': shopRules() }, settings: near, env }));
  const patience = { withinMs: 25_000, explain: () => andon.tail() };
  const configure = async (settings: Readonly<Record<string, unknown>>): Promise<void> => {
    await andon.writeSettings(settings);
    expect(await andon.api.post('/-/reload')).toMatchObject({ status: 200 });
  };
  const keep = (where: string, text: string): void => void said.push([where, text]);
  const look = async (stage: string): Promise<void> => {
    for (const path of ['/', '/metrics', '/api/v1/status', '/api/v1/services', '/api/v1/incidents'])
      keep(`${stage}: GET ${path}`, (await andon.api.get(path)).text);
  };
  const notify = async (channel: string, from: readonly string[]): Promise<Finished> => {
    const finished = await runCli(['notify', 'test', channel, '--by', 'Ada', ...from], { env });
    keep(`notify test ${channel} ${from.join(' ')}`, finished.stdout + finished.stderr);
    return finished;
  };
  await holds(andon);
  straight = proxy.requests.length;

  await configure(far('wrong'));
  refused = await until(
    async () => {
      const { text } = await andon.api.get('/api/v1/status');
      return text.includes('does not accept the user name') ? text : undefined;
    },
    { what: 'the source to be refused', ...patience },
  );
  await notify('secure', ['--url', andon.url]);
  await look('with a wrong password');

  const before = proxy.requests.length;
  await configure(far('right'));
  await holds(andon);
  const settings = ['--settings', andon.settingsFile];
  tests = [
    await notify('plain', ['--url', andon.url]),
    await notify('secure', ['--url', andon.url]),
    await notify('plain', settings),
    await notify('secure', settings),
    await runCli(['evaluate', ...settings], { env }),
    await runCli(['check', '--source', 'default', ...settings], { env }),
  ];
  passed = proxy.requests.slice(before).map(({ method, target }) => `${method} ${target}`);
  await look('with the right password');

  await configure(near);
  await until(() => proxy.open === 0 || undefined, { what: 'the connections by the proxy to end', ...patience });
  const then = proxy.requests.length;
  await holds(andon);
  await notify('plain', ['--url', andon.url]);
  afterwards = proxy.requests.length - then;
  warned = andon.logLines().filter(({ message }) => String(message).includes('name a proxy and do nothing'));
  await andon.end('SIGTERM');
  keep('the log', andon.stderr);
  for (const name of await readdir(andon.dataFolder, { recursive: true }))
    keep(`the file ${name}`, await readFile(join(andon.dataFolder, name), 'latin1').catch(() => ''));
}, 120_000);
afterAll(async () => cleanUp.disposeAsync(), 20_000);

test('variables of the environment are warned of once, by their names, and do nothing', () => {
  expect(straight).toBe(0);
  expect(warned).toMatchObject([{ level: 'warn', variables: 'HTTP_PROXY, https_proxy' }]);
});

test('a proxy that does not take the password is told of in place of the source', () => {
  expect(refused).toContain(`${proxy.name} does not accept the user name and password of proxy.basicAuth (HTTP 407)`);
  expect(said.find(([where]) => where.startsWith('notify test secure --url'))?.[1]).toContain(proxy.name);
});

test('once the password is mended, source and channels are reached by the proxy, over HTTP and through tunnels', () => {
  expect(passed).toContain('POST http://prometheus.test:9090/api/v1/query');
  expect(passed).toContain('POST http://receiver.test/x');
  expect(passed).toContain('CONNECT hooks.test:443');
  expect(secure.requests.map(({ path }) => path)).toContain('/x');
});

test('the commands that go out go by the proxy of the settings', () => {
  expect(tests.map(({ code, stderr }) => [code, stderr])).toEqual(tests.map(() => [0, '']));
  expect(passed.filter((each) => each === 'POST http://receiver.test/x')).toHaveLength(2);
  // One of the daemon, and one of the command.
  expect(passed.filter((each) => each === 'CONNECT hooks.test:443')).toHaveLength(2);
  expect(passed).toContain('POST http://prometheus.test:9090/api/v1/series');
});

test('without the proxy nothing goes by it any more', () => {
  expect(afterwards).toBe(0);
});

test('its password shows nowhere, though the proxy says it back', () => {
  expect(said.length).toBeGreaterThan(15);
  expect(said.flatMap(([where, text]) => (marks.some((each) => text.includes(each)) ? [where] : []))).toEqual([]);
});
