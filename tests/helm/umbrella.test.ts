import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { chartsForTests } from './charts.ts';
import type { KubernetesObject } from './objects.ts';
import { referenceFaults } from './reference-faults.ts';

const charts = await chartsForTests();
const elsewhere = { secrets: ['shop-on-call', 'shop-api-token'] };

const namesOf = (objects: readonly KubernetesObject[], wanted: string): readonly string[] =>
  objects
    .filter(({ kind }) => kind === wanted)
    .map(({ metadata }) => metadata.name)
    .toSorted();

/** The example under another name, as a chart of a larger one. */
async function copyOfShop(name: string): Promise<void> {
  const to = join(charts.path, 'umbrella/charts', name);
  await cp(join(charts.path, 'helm/examples/shop'), to, { recursive: true });
  for (const file of ['Chart.yaml', 'values.yaml', 'templates/deployment.yaml', 'templates/service.yaml']) {
    const text = await readFile(join(to, file), 'utf8');
    await writeFile(
      join(to, file),
      text
        .replace('name: shop', `name: ${name}`)
        .replaceAll('app.kubernetes.io/name: shop', `app.kubernetes.io/name: ${name}`)
        .replace('name: {{ .Release.Name | quote }}', 'name: {{ .Chart.Name | quote }}'),
    );
  }
}

describe('a chart of two services, each with an Andon beside it', () => {
  beforeAll(async () => {
    await mkdir(join(charts.path, 'umbrella'));
    await writeFile(join(charts.path, 'umbrella/Chart.yaml'), 'apiVersion: v2\nname: umbrella\nversion: 0.1.0\n');
    for (const name of ['checkout', 'search']) await copyOfShop(name);
  }, 30_000);

  test('has all objects once, and each leads to its own', async () => {
    const objects = await charts.objects('prod', 'umbrella', '--namespace', 'prod');
    expect(referenceFaults(objects, elsewhere)).toEqual([]);
    expect(namesOf(objects, 'Service')).toEqual(['checkout', 'prod-checkout-andon', 'prod-search-andon', 'search']);
    expect(namesOf(objects, 'PodMonitor')).toEqual(['prod-checkout-andon', 'prod-search-andon']);
  });

  test('tells their metrics apart, also where each is found by its Service', async () => {
    const set = ['checkout', 'search'].flatMap((name) => [
      `${name}.andon.podMonitor.enabled=false`,
      `${name}.andon.serviceMonitor.enabled=true`,
    ]);
    const objects = await charts.objects('prod', 'umbrella', '--namespace', 'prod', '--set', set.join(','));
    expect(referenceFaults(objects, elsewhere)).toEqual([]);
    const jobs = JSON.stringify(objects).match(/up\{job=\\"[\w-]+/g);
    expect(jobs).toEqual([String.raw`up{job=\"prod-checkout-andon`, String.raw`up{job=\"prod-search-andon`]);
  });

  test('keeps names apart that are long and differ at their ends', async () => {
    const release = 'r'.repeat(53);
    const names = namesOf(await charts.objects(release, 'umbrella', '--namespace', 'prod'), 'PodMonitor');
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name).toMatch(/^r+-[0-9a-f]{8}-(?:checkout|search)-andon$/);
  });
});

test('one chart may have two Andons, each under an alias', async () => {
  const folder = join(charts.path, 'pair');
  await mkdir(join(folder, 'templates'), { recursive: true });
  const dependency = (alias: string) =>
    `  - { name: andon, version: 0.1.0, repository: 'file://../helm/andon', alias: ${alias} }\n`;
  const chart = `apiVersion: v2\nname: pair\nversion: 0.1.0\ndependencies:\n${dependency('left')}${dependency('right')}`;
  await writeFile(join(folder, 'Chart.yaml'), chart);
  const pod = (name: string) => `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: 1
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      initContainers:
        {{- include "andon.sidecar.initContainers" .Subcharts.${name} | nindent 8 }}
      containers: [{ name: own, image: own }]
      volumes:
        {{- include "andon.sidecar.volumes" .Subcharts.${name} | nindent 8 }}
`;
  await writeFile(join(folder, 'templates/pods.yaml'), pod('left') + pod('right'));
  const values = (name: string) => ({
    mode: 'sidecar',
    image: { repository: 'registry.example.com/andon' },
    sidecar: { selectorLabels: { app: name } },
    settings: { sources: [{ url: 'http://prometheus:9090' }] },
    rules: { files: { 'own.yaml': 'kind: Service\n' } },
  });
  await writeFile(join(folder, 'values.yaml'), JSON.stringify({ left: values('left'), right: values('right') }));
  const { code, stderr } = await charts.helm('dependency', 'update', '--skip-refresh', 'pair');
  expect([code, stderr]).toEqual([0, expect.anything()]);
  const objects = await charts.objects('prod', 'pair');
  expect(referenceFaults(objects, {})).toEqual([]);
  expect(namesOf(objects, 'Service')).toEqual(['prod-left', 'prod-right']);
});

interface Selector {
  readonly matchLabels: Readonly<Record<string, string>>;
}

describe('a chart with nothing but Andon as a Deployment', () => {
  const values = {
    image: { repository: 'registry.example.com/andon' },
    settings: { sources: [{ url: 'http://prometheus:9090' }] },
    rules: { files: { 'own.yaml': 'kind: Service\n' } },
  };
  const wrapped = async (release: string, names: readonly string[], more: object = {}) => {
    await using folder = await temporaryDirectory();
    const andon = pathToFileURL(join(charts.path, 'helm/andon')).href;
    const dependencies = names
      .map(
        (name) =>
          `  - { name: andon, version: 0.1.0, repository: '${andon}'${name === 'andon' ? '' : `, alias: ${name}`} }\n`,
      )
      .join('');
    await writeFile(
      join(folder.path, 'Chart.yaml'),
      `apiVersion: v2\nname: wrapper\nversion: 0.1.0\ndependencies:\n${dependencies}`,
    );
    const all = Object.fromEntries(names.map((name) => [name, { ...values, ...more }]));
    await writeFile(join(folder.path, 'values.yaml'), JSON.stringify(all));
    const { code, stderr } = await charts.helm('dependency', 'update', '--skip-refresh', folder.path);
    expect([code, stderr]).toEqual([0, expect.anything()]);
    const objects = await charts.objects(release, folder.path);
    expect(referenceFaults(objects, {})).toEqual([]);
    return objects
      .filter(({ kind }) => kind === 'Deployment')
      .map(({ metadata, spec }) => ({
        name: metadata.name,
        selector: (spec?.['selector'] as Selector | undefined)?.matchLabels['app.kubernetes.io/name'],
      }))
      .toSorted((one, other) => one.name.localeCompare(other.name));
  };

  test.each([
    ['andon', ['andon'], {}, [['andon', 'andon']]],
    ['andon-eu', ['andon'], {}, [['andon-eu', 'andon']]],
    ['prod', ['andon'], {}, [['prod-andon', 'andon']]],
    ['andon', ['andon'], { fullnameOverride: 'andon' }, [['andon', 'andon']]],
    ['prod', ['andon'], { fullnameOverride: 'watch' }, [['watch', 'andon']]],
    ['prod', ['andon'], { nameOverride: 'watch' }, [['prod-watch', 'watch']]],
    [
      'prod',
      ['left', 'right'],
      {},
      [
        ['prod-left', 'left'],
        ['prod-right', 'right'],
      ],
    ],
    [
      'left-right',
      ['left', 'right'],
      {},
      [
        ['left-right-left', 'left'],
        ['left-right-right', 'right'],
      ],
    ],
    [
      'andon',
      ['andon', 'fleet'],
      {},
      [
        ['andon', 'andon'],
        ['andon-fleet', 'fleet'],
      ],
    ],
    ['fleet', ['fleet'], {}, [['fleet', 'fleet']]],
    ['prod', ['fleetWatch'], {}, [['prod-fleet-watch', 'fleet-watch']]],
    ['prod', ['fleet_watch'], {}, [['prod-fleet-watch', 'fleet-watch']]],
  ])('in the release %s as %j with %j is called as in other charts', async (release, names, more, expected) => {
    expect(await wrapped(release, names, more)).toEqual(expected.map(([name, selector]) => ({ name, selector })));
  });
});
