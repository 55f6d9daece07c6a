import { generateKeyPairSync } from 'node:crypto';
import { mkdir, readdir, rename, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Checkout } from '../docs/checkout.ts';
import { until } from '../support/until.ts';
import { chartsForTests } from './charts.ts';
import { daemonIn, containersOf, podsOf, type Container, type KubernetesObject, type Pod } from './objects.ts';
import { scenarios } from './scenarios.ts';

const privateKey = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
}).privateKey;
const charts = await chartsForTests();

test.each(['smallest', 'fleet', 'sidecar-native', 'sidecar-plain-with-volume'] as const)(
  'settings and rules of %s pass the check that runs before an upgrade',
  async (scenario) => {
    const objects = await charts.objects(...scenarios[scenario]);
    await using checkout = await Checkout.make();
    const { pod } = daemonIn(objects);
    const job = podsOf(objects)
      .flatMap(containersOf)
      .find(({ args }) => args?.[0] === 'check');
    const args = job?.args ?? ['check', '--settings', '/etc/andon/settings/andon.yaml', '/etc/andon/rules'];
    await mountAll(checkout, pod, objects);
    const { code, stdout, stderr } = await checkout.run(`andon ${args.map(inside(checkout)).join(' ')}`);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^no problems in \d file/);
    expect(code).toBe(0);
  },
  30_000,
);

test('a ConfigMap that may be missing, and is, hinders neither the others nor the check', async () => {
  const set = 'rules.configMaps[0].name=gone,rules.configMaps[0].optional=true';
  const objects = await charts.objects(...scenarios.smallest, '--set', set);
  const { pod, container } = daemonIn(objects);
  expect(pod.spec.volumes).toContainEqual({ name: 'andon-rules-0', configMap: { name: 'gone', optional: true } });
  expect(container.volumeMounts?.map(({ mountPath }) => mountPath)).toContain('/etc/andon/rules/gone');
  await using checkout = await Checkout.make();
  await mountAll(checkout, pod, objects);
  const words = ['check', '--settings', '/etc/andon/settings/andon.yaml', '/etc/andon/rules'].map(inside(checkout));
  const { code, stdout } = await checkout.run(`andon ${words.join(' ')}`);
  expect(stdout).toMatch(/^no problems in \d file/);
  expect(code).toBe(0);
}, 30_000);

test.each(['settings', 'rules'])('the check before an upgrade sees the %s that the daemon will see', async (what) => {
  const objects = await charts.objects(...scenarios.fleet);
  const dataOf = (name: string) => objects.find(({ metadata }) => metadata.name === name)?.data;
  expect(dataOf(`andon-${what}`)).toBeDefined();
  expect(dataOf(`andon-check-${what}`)).toEqual(dataOf(`andon-${what}`));
});

test.each(['fleet', 'sidecar-native'] as const)(
  'the daemon of %s starts with the arguments of its container, answers its probes, takes a changed ConfigMap, and ends',
  async (scenario) => {
    const objects = await charts.objects(...scenarios[scenario]);
    await using checkout = await Checkout.make();
    const { pod, container } = daemonIn(objects);
    await mountAll(checkout, pod, objects);
    const andon = checkout.start(`andon ${(container.args ?? []).map(inside(checkout)).join(' ')}`);
    const [, url = ''] = await andon.printed(/"url":"(http:[^"]+)"[^\n]*"message":"Andon is up"/);
    for (const path of probePaths(container)) {
      await until(async () => ((await fetch(url + path)).status === 200 ? true : undefined), {
        what: `200 from ${path}`,
        withinMs: 20_000,
        explain: () => andon.output(),
      });
    }
    const rules = objects.find(({ metadata }) => metadata.name.endsWith('andon-rules'))?.data;
    const [name = ''] = Object.keys(rules ?? {});
    const changed = { ...rules, [name]: (rules?.[name] ?? '').replace(/^ {2}name: .*$/m, '  name: renamed') };
    await swap(join(checkout.path, 'etc/andon/rules/chart'), changed);
    await until(
      async () => ((await (await fetch(`${url}/api/v1/services`)).text()).includes('"renamed"') ? true : undefined),
      { what: 'the renamed service', withinMs: 20_000, explain: () => andon.output() },
    );
    expect(await andon.end()).toBe(0);
  },
  60_000,
);

test('what the helm test asks is taken by the command line', async () => {
  await using checkout = await Checkout.make();
  const pod = podsOf(await charts.objects(...scenarios.smallest)).find(({ of }) => of.startsWith('Pod '));
  const [container] = pod === undefined ? [] : containersOf(pod);
  // Nobody answers there: the command has understood what it was told, and says so.
  const words = (container?.args ?? []).map((word) => word.replace(/^http:.*$/, 'http://127.0.0.1:1'));
  const { code, stderr } = await checkout.run(`andon ${words.join(' ')}`);
  expect(stderr).toContain('http://127.0.0.1:1');
  expect(code).toBe(1);
}, 30_000);

function probePaths(container: Container): readonly string[] {
  const probes = [container.livenessProbe, container.startupProbe, container.readinessProbe];
  const paths = probes.flatMap((probe) => probe?.httpGet?.path ?? []);
  expect(paths).toContain('/-/healthy');
  return [...paths, '/metrics'];
}

/** The same path below the folder of a checkout, and an address that nobody else has. */
function inside(checkout: Checkout): (word: string) => string {
  return (word) =>
    word
      .replaceAll(/\/(?:etc|run|var)\/[\w./-]+/g, (path) => checkout.path + path)
      .replace(/^--listen=:\d+$/, '--listen=127.0.0.1:0');
}

/** Writes the volumes of a pod where its container mounts them, as the kubelet does. */
async function mountAll(checkout: Checkout, pod: Pod, objects: readonly KubernetesObject[]): Promise<void> {
  const { container } = daemonIn(objects);
  const settings = JSON.stringify(objects.map(({ data }) => data));
  for (const { name, mountPath } of container.volumeMounts ?? []) {
    const folder = join(checkout.path, mountPath);
    await mkdir(folder, { recursive: true });
    const volume = pod.spec.volumes?.find((each) => each.name === name);
    const files: Record<string, string> = {};
    const held = objects.find(
      ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === volume?.configMap?.name,
    );
    for (const [key, text] of Object.entries(held?.data ?? {})) files[key] = moved(checkout, text);
    if (volume?.secret !== undefined) {
      const named = [...settings.matchAll(/\/run\/secrets\/[\w./-]+/g)].filter(([path]) => dirname(path) === mountPath);
      for (const [path] of named) files[path.slice(mountPath.length + 1)] = secretFor(path);
      for (const { key } of volume.secret.items ?? []) files[key] ??= 'something';
    }
    if (Object.keys(files).length > 0) await swap(folder, files);
  }
}

function moved(checkout: Checkout, text: string): string {
  return (
    text
      .replaceAll(/\/run\/secrets\/[\w./-]+/g, (path) => checkout.path + path)
      // Nothing leaves this machine: nobody listens on this port.
      .replaceAll(/(url: )https?:\/\/\S+/g, '$1http://127.0.0.1:1')
  );
}

function secretFor(path: string): string {
  if (path.endsWith('.pem')) return privateKey;
  if (path.endsWith('/routing-key')) return 'R'.repeat(32);
  if (path.endsWith('/url')) return 'http://127.0.0.1:1/';
  return `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
}

let versions = 0;

/** As the kubelet writes a volume: the files in a folder of their own, `..data` that leads there, and links through it. */
async function swap(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  versions += 1;
  const version = `..version_${versions}`;
  await mkdir(join(folder, version));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, version, name), text);
  await symlink(version, join(folder, '..data_tmp'));
  await rename(join(folder, '..data_tmp'), join(folder, '..data'));
  const links = new Set(await readdir(folder));
  for (const name of Object.keys(files)) if (!links.has(name)) await symlink(join('..data', name), join(folder, name));
}
