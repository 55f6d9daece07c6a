import { chmod, chown, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openShop, shopRules } from '../e2e/shop.ts';
import { andonClient } from '../support/andon-client.ts';
import { buildImage, type BuiltImage } from '../support/image/build-image.ts';
import { secretMarker } from '../support/image/npm-secrets.ts';
import { readyUrl, runContainer, startContainer } from '../support/image/start-container.ts';
import { whyNoImages } from '../support/image/why-no-images.ts';
import { startPrometheus } from '../support/prometheus-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { until } from '../support/until.ts';

const user = 65_532;
const repository = new URL('../../', import.meta.url);
const why = whyNoImages();
const describeWhereBuilt = why === undefined ? describe : describe.skip;

describeWhereBuilt(`the image${why === undefined ? '' : ` (did not run: ${why})`}`, () => {
  const cleanUp = new AsyncDisposableStack();
  let image: BuiltImage;
  let folder: string;

  beforeAll(async () => {
    folder = cleanUp.use(await temporaryDirectory()).path;
    await chmod(folder, 0o755);
    image = cleanUp.use(await buildImage({ VERSION: '1.2.3', REVISION: 'abc' }));
  }, 420_000);
  afterAll(async () => cleanUp.disposeAsync(), 60_000);

  /** A folder for the state that belongs to the image's user, as an engine makes a volume. */
  async function aState(name: string): Promise<string> {
    const state = join(folder, name);
    await mkdir(state);
    await chown(state, user, user);
    return state;
  }

  test('says how it is run, and by whom', () => {
    const { Labels, ...config } = image.config;
    expect(config).toMatchObject({
      User: `${user}:${user}`,
      Cmd: ['run'],
      WorkingDir: '/etc/andon',
      ExposedPorts: { '9655/tcp': {} },
      Volumes: { '/var/lib/andon': {} },
    });
    // A SIGTERM, which ends Andon in order.
    expect(config).not.toHaveProperty('StopSignal');
    // Each line of both is explained and measured in docs/image.md; one more or less is a decision.
    expect(config.Env.filter((line) => !line.startsWith('PATH=')).sort()).toEqual([
      'ANDON_DATA=/var/lib/andon',
      'ANDON_LISTEN=:9655',
      'MALLOC_ARENA_MAX=1',
      'MALLOC_MMAP_THRESHOLD_=32768',
      'MALLOC_TOP_PAD_=0',
      'MALLOC_TRIM_THRESHOLD_=65536',
    ]);
    expect(config.Entrypoint).toEqual([
      '/usr/local/bin/node',
      '--disable-warning=ExperimentalWarning',
      '--max-semi-space-size=2',
      '--memory-saver-mode',
      '--invocation-count-for-turbofan=300000',
      '--invocation-count-for-osr=50000',
      '--invocation-count-for-maglev=40000',
      '--invocation-count-for-maglev-osr=10000',
      '--invocation-count-for-feedback-allocation=100',
      '--bytecode-old-age=2',
      '/app/main.js',
    ]);
    expect(Labels).toMatchObject({
      'org.opencontainers.image.title': 'Andon',
      'org.opencontainers.image.licenses': 'Apache-2.0',
      'org.opencontainers.image.version': '1.2.3',
      'org.opencontainers.image.revision': 'abc',
    });
  });

  test('runs the program as its first line does', async () => {
    const [firstLine = ''] = (await readFile(new URL('src/main.ts', repository), 'utf8')).split('\n', 1);
    const words = firstLine.split(' ').slice(2);
    expect([...image.config.Env, ...image.config.Entrypoint]).toEqual(
      expect.arrayContaining(words.filter((word) => word !== 'node')),
    );
  });

  test('holds Node, the bundle and the places for rules and state, and nothing else over its base', async () => {
    const entries = await readdir(image.files, { recursive: true, withFileTypes: true });
    const paths = entries.map(({ parentPath, name }) => join(parentPath, name).slice(image.files.length));
    const own = paths.filter((path) => !/\.so(\.\d+)*$/.test(path) && !path.startsWith('/app/parts/'));
    expect(own.filter((path) => !/^\/(dev|lib|lib64|proc|run|sys|tmp)$/.test(path)).sort()).toEqual([
      '/app',
      '/app/LICENSE',
      '/app/THIRD-PARTY-LICENSES.txt',
      '/app/main.js',
      '/app/package.json',
      '/app/parts',
      '/etc',
      '/etc/andon',
      '/etc/andon/rules',
      '/usr',
      '/usr/lib',
      expect.stringMatching(/^\/usr\/lib\/[\w-]+$/),
      '/usr/lib64',
      '/usr/local',
      '/usr/local/bin',
      '/usr/local/bin/node',
      '/var',
      '/var/lib',
      '/var/lib/andon',
    ]);
    const parts = await readdir(join(image.files, 'app/parts'));
    expect(parts.filter((name) => !/\.js$|\.LEGAL\.txt$/.test(name))).toEqual([]);
  });

  test('carries production dependencies only', async () => {
    const notices = await readFile(join(image.files, 'app/THIRD-PARTY-LICENSES.txt'), 'utf8');
    const { packages } = JSON.parse(await readFile(new URL('package-lock.json', repository), 'utf8')) as {
      readonly packages: Readonly<Record<string, { readonly version: string; readonly dev?: boolean }>>;
    };
    const isDev = new Map(
      Object.entries(packages).map(([path, { version, dev = false }]) => [
        `${path.replace(/^.*node_modules\//, '')} ${version}`,
        dev,
      ]),
    );
    const carried = notices.split('\n').map((line) => line.replace(/(?<= \d+\.\d+\.\d+[^:]*):.*$/, ''));
    expect(carried.filter((name) => isDev.get(name) === false)).toContainEqual(expect.stringMatching(/^express \d/));
    expect(carried.filter((name) => isDev.get(name) === true)).toEqual([]);
  });

  test('lets its user write to the state only', async () => {
    const entries = await readdir(image.files, { recursive: true, withFileTypes: true });
    const writable: string[] = [];
    for (const entry of entries) {
      if (entry.isSymbolicLink()) continue;
      const path = join(entry.parentPath, entry.name);
      const { uid, gid, mode } = await stat(path);
      if (uid === user || gid === user || (mode & 0o002) !== 0) writable.push(path.slice(image.files.length));
      expect(mode & 0o6000).toBe(0);
    }
    expect(writable.sort()).toEqual(['/tmp', '/var/lib/andon']);
  });

  test('is built without running what packages bring along', async () => {
    const installs = (await readFile(new URL('Dockerfile', repository), 'utf8')).match(/npm (?:ci|install|i)\b.*/g);
    expect(installs).toEqual([expect.stringContaining('--ignore-scripts')]);
  });

  test('keeps what the build was told in secret out of files, configuration and history', async () => {
    expect(image.inspected).toContain('ENTRYPOINT');
    expect(image.inspected).not.toContain(secretMarker);
    for (const name of await readdir(image.files, { recursive: true })) {
      const path = join(image.files, name);
      const found = await stat(path).catch(() => undefined);
      if (found?.isFile() === true && !name.endsWith('bin/node'))
        expect((await readFile(path)).includes(secretMarker)).toBe(false);
    }
  });

  test('has no shell, and needs none to say the version', async () => {
    const state = await aState('version');
    const shell = await runContainer(image, { entrypoint: ['/bin/sh'], args: ['-c', 'true'], state });
    expect(shell).toMatchObject({ code: 127, output: expect.stringContaining('No such file') });
    expect(await runContainer(image, { args: ['version'], state })).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^andon \d+\.\d+\.\d+ \(Node\.js 24\./),
    });
  });

  test('says what is wrong where the state cannot be written', async () => {
    const state = join(folder, 'foreign');
    await mkdir(state, { mode: 0o755 });
    const rules = await rulesFolder('for-foreign');
    const env = { ANDON_LISTEN: '127.0.0.1:0', ANDON_SOURCE: 'http://127.0.0.1:1' };
    const { code, output } = await runContainer(image, { mounts: { '/etc/andon/rules': rules }, env, state });
    expect(code).toBe(1);
    expect(output).toMatch(/^andon: .*\/var\/lib\/andon/m);
    expect(output).not.toMatch(/^ +at /m);
  });

  test('checks rules that are mounted, by the command line', async () => {
    const rules = await rulesFolder('to-check');
    const plan = { args: ['check', 'rules'], mounts: { '/etc/andon/rules': rules }, state: await aState('check') };
    expect(await runContainer(image, plan)).toMatchObject({ code: 0 });
    await writeFile(join(rules, 'shop.yaml'), 'apiVersion: andon/v1\nkind: Servise\n');
    expect(await runContainer(image, plan)).toMatchObject({ code: 1, output: expect.stringMatching(/shop\.yaml:2:7/) });
  });

  test('watches a service on Prometheus, reads changed rules, keeps its state, and ends with 0 when told to', async () => {
    await using shop = await openShop();
    await using prometheus = await startPrometheus({
      scrapeIntervalMs: 500,
      jobs: [{ job: 'shop', targets: [shop.target.address] }],
    });
    const rules = await rulesFolder('watched');
    const settings = join(folder, 'andon.yaml');
    await writeFile(settings, JSON.stringify({ sources: [{ url: prometheus.url }] }));
    const state = await aState('watching');
    const plan = {
      mounts: { '/etc/andon/rules': rules, '/etc/andon/andon.yaml': settings },
      env: { ANDON_LISTEN: '127.0.0.1:0' },
      state,
    };
    {
      await using container = await startContainer(image, plan);
      const api = andonClient(await readyUrl(container));
      expect((await api.get('/-/healthy')).status).toBe(200);
      expect(await api.metrics()).toMatch(/^andon_build_info\{version="\d+\.\d+\.\d+",node="v24\.[\d.]+"\} 1$/m);
      expect((await api.services()).map(({ service }) => service)).toEqual(['shop']);
      expect(await identity(container.pid)).toEqual({
        user: [user],
        group: [user],
        groups: [],
        capabilities: 0,
        noNewPrivileges: '1',
      });
      await writeFile(join(rules, 'shop.yaml'), shopRules({ summary: 'Customers can pay again' }));
      await until(async () => ((await api.get('/')).text.includes('Customers can pay again') ? true : undefined), {
        what: 'the changed rules',
        withinMs: 15_000,
        explain: container.log,
      });
      container.signal('SIGTERM');
      expect(await container.ended).toBe(0);
      expect(container.log()).not.toMatch(/EROFS|EACCES|EPERM|read-only/i);
    }
    expect(await readdir(state)).toContain('andon.db');
    await using again = await startContainer(image, plan);
    await readyUrl(again);
    again.signal('SIGINT');
    expect(await again.ended).toBe(0);
  }, 90_000);

  async function rulesFolder(name: string): Promise<string> {
    const rules = join(folder, name);
    await mkdir(rules);
    await writeFile(join(rules, 'shop.yaml'), shopRules({ summary: 'Customers can pay' }));
    return rules;
  }
});

/** Who a process is to the kernel, and what it may do. */
async function identity(pid: number) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const words = (field: string): readonly string[] =>
    (new RegExp(`^${field}:[ \\t]*(.*)$`, 'm').exec(status)?.[1] ?? '').split(/\s+/).filter((word) => word !== '');
  const numbers = (field: string): readonly number[] => [...new Set(words(field).map(Number))];
  return {
    user: numbers('Uid'),
    group: numbers('Gid'),
    groups: words('Groups'),
    capabilities: Number.parseInt(words('CapEff')[0] ?? '', 16),
    noNewPrivileges: words('NoNewPrivs')[0],
  };
}
