import { readdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AndonProcess, runCli } from '../support/andon-process.ts';
import { startStub, type StubServer } from '../support/stub-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { until } from '../support/until.ts';
import { shopRules } from '../e2e/shop.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
/** The first line of the program asks for `node`, which must be this one. */
const env = { PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter) };
const cleanUp = new AsyncDisposableStack();
let folder: string;
let main: string;

beforeAll(async () => {
  folder = cleanUp.use(await temporaryDirectory()).path;
  main = join(folder, 'dist', 'main.js');
  const { code, stderr } = await runBuild(join(folder, 'dist'));
  if (code !== 0 || stderr !== '') throw new Error(`the build ended with ${code}: ${stderr}`);
}, 60_000);
afterAll(async () => cleanUp.disposeAsync(), 20_000);

async function runBuild(out: string) {
  const node = [process.execPath, '--disable-warning=ExperimentalWarning'];
  return await runCli([out], { command: [...node, join(repository, 'tools', 'build.ts')] });
}

async function andon(...args: readonly string[]) {
  return await runCli(args, { command: [main], env });
}

/** The daemon as it is installed, run by its own first line. */
async function startBuilt(settings: Readonly<Record<string, unknown>>): Promise<AndonProcess> {
  return await AndonProcess.start({
    rules: { 'shop.yaml': shopRules({ summary: 'Customers can pay' }) },
    settings,
    env,
    // What would run the sources is cut off: Node, its flag and the file.
    wrapper: ['sh', '-c', 'shift 3; exec "$0" "$@"', main],
  });
}

async function startSilentSource(): Promise<StubServer> {
  return await startStub((_request, response) => response.writeHead(503).end());
}

describe('the build, in a folder without node_modules', () => {
  test('says the version', async () => {
    const { version } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8')) as { version: string };
    expect(await andon('version')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`andon ${version} (Node`),
    });
  });

  test('checks rules', async () => {
    expect(await andon('check', join(repository, 'rules'))).toMatchObject({ code: 0, stderr: '' });
    const bad = join(folder, 'bad.yaml');
    await writeFile(bad, 'apiVersion: andon/v1\nkind: Servise\n');
    expect(await andon('check', bad)).toMatchObject({ code: 1, stdout: expect.stringMatching(/bad\.yaml:2:7/) });
  });

  test.each([
    { name: 'http', url: 'http://127.0.0.1:1' },
    { name: 'https', url: 'https://127.0.0.1:1' },
  ])('evaluates against a source over $name', async ({ url }) => {
    const rules = join(folder, 'shop.yaml');
    await writeFile(rules, shopRules({ summary: 'Customers can pay' }));
    const { code, stdout, stderr } = await andon('evaluate', '--rules', rules, '--source', url);
    expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
    expect(stdout).toContain('ECONNREFUSED');
  });

  test('runs the daemon with store, pages, API, metrics and spans, and ends when told to', async () => {
    await using source = await startSilentSource();
    await using collector = await startStub((_request, response) => response.writeHead(200).end());
    await using running = await startBuilt({
      sources: [{ url: source.url }],
      channels: [{ name: 'pager', webhook: { url: source.url, template: '{"text":"{{title}}"}' } }],
      tracing: { otlpEndpoint: collector.url },
    });
    const { api } = running;
    expect(await api.get('/')).toMatchObject({ status: 200, text: expect.stringContaining('Customers can pay') });
    expect(await api.get('/api/v1/openapi.json')).toMatchObject({ status: 200 });
    expect(await api.metrics()).toContain('andon_build_info');
    expect(await api.post('/api/v1/incidents/none/notes', { by: 'ann', note: 'ü' })).toMatchObject({ status: 404 });
    const url = String(running.logLines().find(({ message }) => message === 'Andon is up')?.['url']);
    const list = await andon('incidents', 'list', '--url', url);
    expect({ code: list.code, stderr: list.stderr }).toEqual({ code: 0, stderr: '' });
    expect(await running.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(await readdir(running.dataFolder)).toContain('andon.db');
    await until(() => (collector.requests.some(({ path }) => path === '/v1/traces') ? true : undefined), {
      what: 'spans',
      withinMs: 5_000,
    });
  }, 40_000);

  test('keeps tracing out of what other commands load', async () => {
    const loaded = await loadedWith(main);
    expect(loaded.length).toBeGreaterThan(1);
    expect(loaded.some((text) => text.includes('BatchSpanProcessor'))).toBe(false);
  });

  test('carries the notices of the packages in it', async () => {
    const notices = await readFile(join(folder, 'dist', 'THIRD-PARTY-LICENSES.txt'), 'utf8');
    expect(notices).toMatch(/^express \d+\.\d+\.\d+: MIT$/m);
    expect(notices).toMatch(/^zod \d/m);
    expect(notices).toContain('Copyright');
    expect(notices).not.toMatch(/^jest /m);
  });

  test('replaces an earlier build, and nothing that is not one', async () => {
    await writeFile(join(folder, 'dist', 'left-over.js'), '');
    expect(await runBuild(join(folder, 'dist'))).toMatchObject({ code: 0 });
    expect(await readdir(join(folder, 'dist'))).not.toContain('left-over.js');
    const { code, stderr } = await runBuild(folder);
    expect(code).toBe(1);
    expect(stderr).toContain('holds something else than a build');
  }, 40_000);
});

/** The texts of the program and of all files that every command loads: what main imports, and what that imports statically. */
async function loadedWith(file: string, known = new Set<string>()): Promise<readonly string[]> {
  if (known.has(file)) return [];
  known.add(file);
  const text = await readFile(file, 'utf8');
  const imported = file === main ? /import\("(\.[^"]+)"\)/g : /(?:from|import)"(\.[^"]+)"/g;
  const texts = [text];
  for (const [, path = ''] of text.matchAll(imported))
    texts.push(...(await loadedWith(join(dirname(file), path), known)));
  return texts;
}
