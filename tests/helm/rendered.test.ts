import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import manifest from '../../package.json' with { type: 'json' };
import { clusterTool } from '../support/cluster-tools.ts';
import { root } from '../docs/pages.ts';
import { chartsForTests, ended, objectsIn } from './charts.ts';
import { objectFaults } from './object-faults.ts';
import { containersOf, daemonIn, nameOf, ofKind, podsOf, type KubernetesObject } from './objects.ts';
import { podSecurityFaults } from './pod-security.ts';
import { referenceFaults } from './reference-faults.ts';
import { scenarios } from './scenarios.ts';
import { schemaFaults } from './schemas.ts';

const goldens = join(root, 'tests/golden/helm');
const { version } = manifest;
const charts = await chartsForTests();

/** What the values of the scenarios say is made by others. */
const elsewhere = {
  configMaps: ['shop-rules', 'search-rules', 'ca', 'own-settings'],
  secrets: [
    'andon-pagerduty',
    'andon-slack',
    'andon-heartbeat',
    'andon-github',
    'andon-api-token',
    'shop-on-call',
    'shop-api-token',
    'm-secret',
    'm-token-secret',
  ],
  claims: ['kept'],
};

describe.each(Object.entries(scenarios))('%s', (scenario, args) => {
  let text = '';
  let objects: readonly KubernetesObject[] = [];

  beforeAll(async () => {
    text = await charts.template(...args);
    objects = objectsIn(text);
  }, 30_000);

  test('is rendered as its golden file says; UPDATE_GOLDEN=1 writes it anew', () => {
    const path = join(goldens, `${scenario}.yaml`);
    const shown = goldenOf(text);
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, shown);
    expect(shown).toBe(readFileSync(path, 'utf8'));
  });

  test('holds to the schemas of Kubernetes and of the operators', () => {
    expect(objects.length).toBeGreaterThan(4);
    expect(schemaFaults(objects)).toEqual([]);
  });

  test('has pods that the standard `restricted` lets in', () => {
    // Only there do values ask for the token.
    const asked = scenario === 'unusual' ? ['Deployment m-full: mounts a token'] : [];
    expect(podsOf(objects).flatMap(podSecurityFaults)).toEqual(asked);
  });

  test('names nothing that is not there', () => {
    expect(referenceFaults(objects, elsewhere)).toEqual([]);
  });

  test('mounts every file that settings and arguments name', () => {
    const { container, pod } = daemonIn(objects);
    const mounts = (container.volumeMounts ?? []).map(({ name, mountPath }) => ({ name, mountPath }));
    const settings = objects.find(({ data }) => data?.['andon.yaml'] !== undefined)?.data?.['andon.yaml'] ?? '';
    const named = [settings, ...(container.args ?? [])].flatMap(
      (each) => each.match(/\/run\/secrets\/[\w./-]+/g) ?? [],
    );
    const missing = named.filter((path) => {
      const mount = mounts.find(({ mountPath }) => path.startsWith(`${mountPath}/`));
      const volume = pod.spec.volumes?.find(({ name }) => name === mount?.name);
      const items = volume?.secret?.items;
      return volume === undefined || (items !== undefined && !items.some(({ key }) => path.endsWith(`/${key}`)));
    });
    expect(missing).toEqual([]);
  });

  test('has no field that Kubernetes would drop from a pod', async () => {
    const kubectl = await clusterTool('kubectl');
    for (const object of objects.filter(({ kind }) => ['Deployment', 'Job', 'Pod'].includes(kind))) {
      const file = join(charts.path, 'object.yaml');
      await writeFile(file, stringify(object));
      const [name = ''] = podsOf([object]).flatMap(({ spec }) => spec.containers.map((each) => each.name));
      // A change on paper reads the object into the types of Kubernetes, and writes what they know of it.
      const image = podsOf([object])[0]?.spec.containers[0]?.image ?? '';
      const set = ['set', 'image', '--local', '--filename', file, `${name}=${image}:other`, '--output', 'yaml'];
      const { stdout, stderr } = await ended(kubectl, set, { env: { KUBECONFIG: '/dev/null', HOME: charts.path } });
      const [known] = objectsIn(stdout);
      expect(stderr).toBe('');
      expect(fieldsOf(object).filter((field) => !fieldsOf(known).includes(field))).toEqual([]);
    }
  });

  test('has the hooks that run before everything else, and those of `helm test`, and no others', () => {
    const before = {
      'helm.sh/hook': 'pre-install,pre-upgrade',
      'helm.sh/hook-delete-policy': 'before-hook-creation,hook-succeeded',
    };
    const hooks = {
      Job: before,
      // What the Job mounts comes before it.
      ConfigMap: { ...before, 'helm.sh/hook-weight': '-5' },
      Pod: { ...before, 'helm.sh/hook': 'test' },
    };
    for (const { kind, metadata } of objects) {
      const all = Object.entries(metadata.annotations ?? {}).filter(([key]) => key.startsWith('helm.sh/'));
      const isHook = kind === 'Job' || kind === 'Pod' || /-check-(?:settings|rules)$/.test(metadata.name);
      const kept =
        kind === 'PersistentVolumeClaim' && scenario !== 'unusual' ? { 'helm.sh/resource-policy': 'keep' } : {};
      expect([kind, Object.fromEntries(all)]).toEqual([kind, isHook ? hooks[kind as keyof typeof hooks] : kept]);
    }
  });

  test('starts one Andon, by its arguments and never by a command', () => {
    const containers = podsOf(objects).flatMap(containersOf);
    expect(containers.filter(({ args }) => args?.[0] === 'run')).toHaveLength(1);
    expect(containers.filter(({ command }) => command !== undefined)).toEqual([]);
  });
});

test('no golden file is left without its scenario', () => {
  const names = readdirSync(goldens).filter((name) => !name.startsWith('kustomize-'));
  expect(names.sort()).toEqual(
    Object.keys(scenarios)
      .map((name) => `${name}.yaml`)
      .sort(),
  );
});

describe('a sidecar', () => {
  test.each(['sidecar-native', 'sidecar-plain-with-volume'] as const)(
    'of %s never holds its service up',
    async (scenario) => {
      const { pod, container } = daemonIn(await charts.objects(...scenarios[scenario]));
      const isNative = pod.spec.initContainers?.includes(container) ?? false;
      expect([isNative, container.restartPolicy]).toEqual(
        scenario === 'sidecar-native' ? [true, 'Always'] : [false, undefined],
      );
      expect([container.readinessProbe, container.startupProbe]).toEqual([undefined, undefined]);
      expect(container.livenessProbe?.httpGet).toEqual({ path: '/-/healthy', port: 'andon' });
    },
  );

  test('with a volume is ended before the next one starts, which the event log would refuse', async () => {
    const objects = await charts.objects(...scenarios['sidecar-plain-with-volume']);
    const { spec } = ofKind(objects, 'Deployment') ?? {};
    expect([spec?.['replicas'], spec?.['strategy']]).toEqual([1, { type: 'Recreate' }]);
  });
});

test('the checks see what is wrong', async () => {
  const text = await charts.template(...scenarios.fleet);
  const broken = (from: string, to: string): readonly string[] =>
    objectFaults(objectsIn(text.replaceAll(from, to)), elsewhere);
  expect(broken('', '')).toEqual([]);
  for (const [from, to, told] of [
    ['replicas: 1', 'replicas: one', 'Deployment andon: '],
    ['allowPrivilegeEscalation: false', 'allowPrivilegeEscalation: true', 'andon may gain privileges'],
    ['port: http\n      path', 'port: htp\n      path', 'ServiceMonitor andon names the port htp'],
    ['mountPath: /run/secrets/andon/slack', 'mountPath: /run/secrets/andon/github/x', 'lies in another mount'],
    ['claimName: "andon-data"', 'claimName: other', 'no object for andon-data'],
    ['successCondition: result.action == "go"', 'successCondition: 3', 'ClusterAnalysisTemplate andon-gate: '],
    ['policyTypes:', 'policyType:', 'NetworkPolicy andon: no field spec.policyType is known'],
    ['\n  egress:', '\n  egres:', 'NetworkPolicy andon: no field spec.egres is known'],
    ['maxUnavailable:', 'maxUnavailible:', 'PodDisruptionBudget andon: no field spec.maxUnavailible is known'],
    ['resources:', 'resorces:', 'Deployment andon: no field spec.template.spec.containers.0.resorces is known'],
    ['automountServiceAccountToken:', 'automountServiceAccountTokens:', 'ServiceAccount andon: no field automount'],
    ['relabelings:', 'relabeling:', 'ServiceMonitor andon: no field spec.endpoints.0.relabeling is known'],
    ['consecutiveErrorLimit:', 'consecutiveErrorLimits:', 'no field spec.metrics.0.consecutiveErrorLimits is known'],
    [
      'address: "http://prometheus',
      'adress: "http://prometheus',
      'MetricTemplate andon-line-stopped: no field provider.adress',
    ],
    ['\n  annotations:', '\n  annotation:', 'no field annotation is known'],
  ] as const) {
    expect(broken(from, to).join('\n')).toContain(told);
  }
});

/** Without what changes with each release, and without the dashboards, which have goldens of their own. */
function goldenOf(text: string): string {
  return text
    .replaceAll(`andon-${version}`, 'andon-VERSION')
    .replaceAll(`:${version}`, ':VERSION')
    .replaceAll(`version: ${version}`, 'version: VERSION')
    .replaceAll(/^( {2}andon-[\w-]+\.json: \|-\n)(?: {4}.*\n|\n)+/gm, '$1    …\n');
}

/** The path of each value, such as `spec.template.spec.containers.0.args.1`. */
function fieldsOf(value: unknown, path = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, inner]) => fieldsOf(inner, `${path}.${key}`));
}

test('every object has a name of its own', async () => {
  const names = (await charts.objects(...scenarios.fleet)).map(nameOf);
  expect(new Set(names).size).toBe(names.length);
});
