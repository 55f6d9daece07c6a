import { describe, expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chartsForTests } from './charts.ts';
import { daemonIn, ofKind, podsOf, type KubernetesObject } from './objects.ts';
import { scenarios } from './scenarios.ts';
import { schemaFaults } from './schemas.ts';

const charts = await chartsForTests();
const [, ...smallest] = scenarios.smallest;

/** Keys whose values are texts for Kubernetes, wherever they stand. */
const textKeys = new Set([
  'name',
  'namespace',
  'claimName',
  'secretName',
  'serviceAccountName',
  'storageClassName',
  'ingressClassName',
  'priorityClassName',
  'runtimeClassName',
  'host',
  'key',
  'path',
  'mountPath',
  'image',
  'service',
  'replacement',
]);
/** Keys that hold nothing but texts. */
const mapsOfTexts = new Set(['labels', 'annotations', 'matchLabels', 'matchNames', 'nodeSelector', 'args', 'data']);

/** Where something else than a text stands for a name, such as `spec.selector.matchLabels.app: 123`. */
function unquotedIn(value: unknown, path = '', mustBeText = false): readonly string[] {
  if (typeof value !== 'object' || value === null) {
    return mustBeText && typeof value !== 'string' ? [`${path}: ${String(value)}`] : [];
  }
  return Object.entries(value).flatMap(([key, inner]) => {
    const isSelector = key === 'selector' && path.endsWith('.spec') && !('matchLabels' in Object(inner));
    return unquotedIn(
      inner,
      `${path}.${key}`,
      mustBeText ||
        (textKeys.has(key) && typeof inner !== 'object') ||
        mapsOfTexts.has(key) ||
        (isSelector && typeof inner === 'object'),
    );
  });
}

describe('names that look like numbers and truths', () => {
  const values = {
    nameOverride: '456',
    imagePullSecrets: [{ name: '789' }],
    rules: { configMaps: ['true', { name: '1e3', optional: true }] },
    secrets: { '7': { secretName: '123', keys: ['1', 'no'] } },
    apiToken: { secretName: 'null', key: '5' },
    persistence: { existingClaim: '1234' },
    serviceAccount: { create: false, name: '99' },
    metrics: { job: '8', labels: { cluster: '9' } },
    serviceMonitor: { enabled: true, labels: { release: '1' } },
    prometheusRule: { enabled: true, alertLabels: { team: '2' } },
    podLabels: { on: 'off' },
    nodeSelector: { pool: '3' },
    priorityClassName: '4',
    networkPolicy: { enabled: true, ingressFrom: [{ podSelector: {} }] },
    podDisruptionBudget: { enabled: true },
    ingress: { enabled: true, className: '6', hosts: ['1.2'] },
    checkFirst: { enabled: true },
    argoRollouts: { enabled: true, kind: 'AnalysisTemplate', namespaces: ['111'], name: '222' },
    flagger: { metricTemplate: { enabled: true, name: '333' } },
    dashboards: { enabled: true, namespace: '444' },
  };
  let objects: readonly KubernetesObject[] = [];

  const rendered = async (...more: readonly string[]) => {
    await writeFile(join(charts.path, 'numbers.yaml'), JSON.stringify(values));
    const args = ['123', ...smallest, '--namespace', '123', '--values', 'numbers.yaml', ...more];
    // Kubernetes reads YAML 1.1, where `no` is a truth.
    return parseAllDocuments(await charts.template(...args), { version: '1.1' }).map(
      (document) => document.toJS() as KubernetesObject,
    );
  };

  test('stay texts in every object', async () => {
    objects = await rendered();
    expect(objects.length).toBeGreaterThan(12);
    expect(objects.flatMap((object) => unquotedIn(object, object.kind))).toEqual([]);
    expect(schemaFaults(objects)).toEqual([]);
    expect(
      daemonIn(objects).pod.spec.volumes?.map(({ configMap, secret }) => configMap?.name ?? secret?.secretName),
    ).toEqual(expect.arrayContaining(['true', '1e3', '123', 'null']));
  });

  test('also where a claim, a ServiceAccount and a PodMonitor are made', async () => {
    const set =
      'persistence.existingClaim=,serviceAccount.create=true,serviceMonitor.enabled=false,podMonitor.enabled=true';
    const made = await rendered('--set', set, '--set-string', 'persistence.storageClassName=5');
    expect(made.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['PersistentVolumeClaim', 'ServiceAccount', 'PodMonitor']),
    );
    expect(made.flatMap((object) => unquotedIn(object, object.kind))).toEqual([]);
    expect(schemaFaults(made)).toEqual([]);
  });

  test('and in the pod that a sidecar is in', async () => {
    const off = { networkPolicy: {}, podDisruptionBudget: {}, flagger: {}, serviceMonitor: {} };
    const own = { ...values, ...off, settings: { channels: [] }, podMonitor: { enabled: true } };
    await writeFile(join(charts.path, 'numbers.yaml'), JSON.stringify({ andon: own }));
    const args = ['123', 'helm/examples/shop', '--namespace', '123', '--values', 'numbers.yaml'];
    const made = parseAllDocuments(await charts.template(...args), { version: '1.1' }).map(
      (document) => document.toJS() as KubernetesObject,
    );
    expect(made.flatMap((object) => unquotedIn(object, object.kind))).toEqual([]);
    expect(JSON.stringify(daemonIn(made).pod.spec)).toContain('{"secretName":"123"');
  });

  test('would be seen if they did not', () => {
    const object = { kind: 'Service', metadata: { name: 1, labels: { app: true } }, spec: { selector: { app: 2 } } };
    expect(unquotedIn(object, 'Service')).toHaveLength(3);
  });
});

describe('the name of the objects', () => {
  const serviceOf = async (release: string, ...more: readonly string[]): Promise<string> =>
    ofKind(await charts.objects(release, ...smallest, ...more), 'Service')?.metadata.name ?? '';

  test.each([
    ['shop.prod', [], 'shop-prod-andon'],
    ['andon', ['--set', 'fullnameOverride=watch.eu'], 'watch-eu'],
    ['1shop', [], 'andon-1shop-andon'],
    ['andon', ['--set-string', 'fullnameOverride=42'], 'andon-42'],
    ['prod', [], 'prod-andon'],
  ])('of the release %s with %j is one that a Service may have: %s', async (release, more, name) => {
    expect(await serviceOf(release, ...more)).toBe(name);
  });

  test('keeps apart two long releases that differ at their ends', async () => {
    const long = 'r'.repeat(52);
    const names = await Promise.all([serviceOf(`${long}1`), serviceOf(`${long}2`)]);
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name).toMatch(/^(?=.{1,45}$)[a-z][a-z0-9-]*-andon$/);
    expect(await serviceOf(`${'s'.repeat(29)}.${'s'.repeat(16)}1`)).toMatch(/^s{29}-[0-9a-f]{8}-andon$/);
    const named = await serviceOf('prod', '--set', `nameOverride=${'n'.repeat(60)}`);
    expect(named).toMatch(/^prod-n{15}-[0-9a-f]{8}$/);
  });

  test('of more than 45 characters is refused where somebody chose it', async () => {
    const refusal = await charts.refusal('andon', ...smallest, '--set', `fullnameOverride=${'a'.repeat(46)}`);
    expect(refusal).toContain("at '/fullnameOverride': maxLength: got 46, want 45");
  });
});

describe('a registry for all images', () => {
  test.each([
    ['registry.example.com/andon', 'mirror.example.com', 'mirror.example.com/andon:'],
    ['localhost:5000/sre/andon', 'mirror.example.com:443/hub/', 'mirror.example.com:443/hub/sre/andon:'],
    ['localhost/andon', 'mirror', 'mirror/andon:'],
    ['sre/andon', 'mirror', 'mirror/sre/andon:'],
    ['andon', 'mirror', 'mirror/andon:'],
  ])('stands before %s, or instead of its own: %s', async (repository, registry, image) => {
    const set = `image.repository=${repository},global.imageRegistry=${registry},checkFirst.enabled=true`;
    const images = podsOf(await charts.objects('andon', ...smallest, '--set', set)).flatMap(({ spec }) =>
      spec.containers.map((each) => each.image),
    );
    expect(images).toEqual([1, 2, 3].map(() => expect.stringMatching(new RegExp(`^${image}[0-9.]+$`))));
  });

  test('has its secrets in each pod, beside those of the chart, each once', async () => {
    const set = 'imagePullSecrets[0].name=a,global.imagePullSecrets={a,b},checkFirst.enabled=true';
    const secrets = podsOf(await charts.objects('andon', ...smallest, '--set', set)).map(
      ({ spec }) => (spec as unknown as { readonly imagePullSecrets: unknown }).imagePullSecrets,
    );
    expect(secrets).toEqual([1, 2, 3].map(() => [{ name: 'a' }, { name: 'b' }]));
  });

  test('also comes from a chart around Andon', async () => {
    const set = 'global.imageRegistry=mirror,global.other=x';
    const objects = await charts.objects('shop', 'helm/examples/shop', '--set', set);
    expect(daemonIn(objects).container.image).toMatch(/^mirror\/andon:/);
  });
});

test('a namespace of one’s own is that of all objects, and of what they name', async () => {
  const set = 'namespaceOverride=watch,podMonitor.enabled=true,prometheusRule.enabled=true,checkFirst.enabled=true';
  const text = await charts.template('andon', ...smallest, '--namespace', 'elsewhere', '--set', set);
  expect(text).not.toContain('elsewhere');
  expect(text).toContain('http://andon.watch.svc:9655');
  expect(text).toContain('matchNames: ["watch"]');
  expect(text).toContain('job="andon",namespace="watch"');
});

test('neither the pod of `helm test` nor that of the Job is one of the Service, and both are placed as the Deployment', async () => {
  const set = [
    'checkFirst.enabled=true',
    'podLabels.team=sre',
    'podAnnotations.owner=ada',
    'priorityClassName=high',
    'nodeSelector.disk=fast',
    'tolerations[0].key=own',
    'runtimeClassName=gvisor',
    'test.podLabels.mesh=off',
  ];
  const objects = await charts.objects('andon', ...smallest, '--set', set.join(','));
  const selector = Object.entries(ofKind(objects, 'Service')?.spec?.['selector'] as Record<string, string>);
  const selected = podsOf(objects).filter(({ labels }) => selector.every(([key, value]) => labels[key] === value));
  expect(selected.map(({ of }) => of)).toEqual(['Deployment andon']);
  const pod = ofKind(objects, 'Pod');
  expect(pod?.metadata.labels).toMatchObject({ team: 'sre', mesh: 'off', 'sidecar.istio.io/inject': 'false' });
  expect(pod?.metadata.annotations).toMatchObject({
    owner: 'ada',
    'linkerd.io/inject': 'disabled',
    'helm.sh/hook': 'test',
  });
  const deployment = daemonIn(objects).pod.spec as unknown as Readonly<Record<string, unknown>>;
  for (const key of ['priorityClassName', 'nodeSelector', 'tolerations', 'runtimeClassName']) {
    expect([key, pod?.spec?.[key]]).toEqual([key, deployment[key]]);
    expect(deployment[key]).toBeDefined();
  }
});
