import { existsSync, globSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import manifest from '../../package.json' with { type: 'json' };
import { helmValuesPage, helmValuesPagePath } from '../../tools/helm-values-page.ts';
import { helmValuesSchemaPath, helmValuesSchemaText } from '../../tools/helm-values-schema.ts';
import { chartValues } from '../../tools/helm-values.ts';
import { root } from '../docs/pages.ts';
import { chartsForTests, objectsIn } from './charts.ts';
import { ofKind, type KubernetesObject } from './objects.ts';
import { scenarios } from './scenarios.ts';

const charts = await chartsForTests();

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const { smallest, fleet } = scenarios;

describe('Helm', () => {
  test.each([
    ['the chart as it is', ['helm/andon']],
    ['the chart for a fleet', ['helm/andon', '--values', 'helm/examples/fleet/values.yaml']],
    ['the chart behind a proxy', ['helm/andon', '--values', 'helm/examples/outside/values.yaml']],
    ['the example with a sidecar', ['helm/examples/shop']],
  ])('finds no fault in %s', async (_, args) => {
    const { code, stdout } = await charts.helm('lint', '--strict', ...args);
    expect(stdout).toContain('1 chart(s) linted, 0 chart(s) failed');
    expect(code).toBe(0);
  });

  test.each(['helm/andon', 'helm/examples/shop'])('packs %s, and the package says the same', async (chart) => {
    const { code, stdout } = await charts.helm('package', chart, '--destination', charts.path);
    expect(code).toBe(0);
    const file = /saved it to: (\S+\.tgz)/.exec(stdout)?.[1] ?? '';
    const args = chart === 'helm/andon' ? smallest : scenarios['sidecar-native'];
    const packed = args.map((word) => (word === chart ? file : word));
    expect(await charts.template(...packed)).toBe(await charts.template(...args));
  });
});

describe('what is written from other files', () => {
  test.each([
    [helmValuesPagePath, helmValuesPage, 'tools/helm-values-page.ts'],
    [helmValuesSchemaPath, helmValuesSchemaText, 'tools/helm-values-schema.ts'],
  ])('%s says what they say (run its tool after a change)', (path, text) => {
    expect(read(path)).toBe(text());
  });

  test('the dashboards in the chart are those of dashboards/ (run tools/helm-dashboards.ts)', () => {
    const namesIn = (folder: string) => globSync('*.json', { cwd: join(root, folder) }).sort();
    expect(namesIn('helm/andon/dashboards')).toEqual(namesIn('dashboards'));
    for (const name of namesIn('dashboards')) {
      expect(read(`helm/andon/dashboards/${name}`)).toBe(read(`dashboards/${name}`));
    }
  });

  test('the chart is of the version of Andon', () => {
    const { version } = manifest;
    const chart = parse(read('helm/andon/Chart.yaml')) as Readonly<Record<string, unknown>>;
    const shop = parse(read('helm/examples/shop/Chart.yaml')) as { readonly dependencies: readonly unknown[] };
    expect([chart['version'], chart['appVersion']]).toEqual([version, version]);
    expect(shop.dependencies).toMatchObject([{ name: 'andon', version }]);
  });

  test('every value says what it is for', () => {
    const silent = chartValues().filter(({ comment, isGroup }) => !isGroup && comment === '');
    expect(silent.map(({ path }) => path.join('.'))).toEqual([]);
    expect(chartValues().length).toBeGreaterThan(100);
  });
});

describe('dashboards', () => {
  test('are ConfigMaps that Grafana finds, each with one dashboard as it is', async () => {
    const maps = (await charts.objects(...fleet)).filter(
      ({ metadata }) => metadata.labels?.['grafana_dashboard'] === '1',
    );
    const files = globSync('*.json', { cwd: join(root, 'dashboards') }).sort();
    expect(maps.flatMap(({ data = {} }) => Object.keys(data)).sort()).toEqual(files.map((name) => `andon-${name}`));
    for (const { data = {}, metadata } of maps) {
      const [[name, text] = ['', '']] = Object.entries(data);
      expect(JSON.parse(text)).toEqual(JSON.parse(read(`dashboards/${name.replace('andon-', '')}`)));
      expect(metadata.annotations?.['grafana_folder']).toBe('Andon');
      // What `kubectl apply` keeps of an object in an annotation has 256 KiB.
      expect(text.length).toBeLessThan(250_000);
    }
  });
});

describe('values that are wrong', () => {
  test.each([
    ['replicas=3', "at '': additional properties 'replicas' not allowed"],
    ['image.repo=x', "at '/image': additional properties 'repo' not allowed"],
    ['mode=daemonset', "at '/mode': value must be one of 'deployment', 'sidecar'"],
    ['resources.limit.cpu=1', "at '/resources': additional properties 'limit' not allowed"],
    ['settings.chanels=x', "at '/settings': additional properties 'chanels' not allowed"],
    ['settings.sources[0].urll=x', "at '/settings/sources/0': additional properties 'urll' not allowed"],
    ['settings.listen=:80', "at '/settings': additional properties 'listen' not allowed"],
    ['secrets.chat.name=x', "at '/secrets/chat': missing property 'secretName'"],
    ['image.digest=sha256:12', "at '/image/digest': 'sha256:12' does not match pattern"],
    ['terminationGracePeriodSeconds=5', "at '/terminationGracePeriodSeconds': minimum: got 5, want 15"],
    ['persistence.size=1 GB', "at '/persistence/size': '1 GB' does not match pattern"],
    ['persistence.accessModes={Exclusive}', "at '/persistence/accessModes/0': value must be one of"],
    [
      'secrets.chat.secretName=x,secrets.chat.optional=true',
      "at '/secrets/chat': additional properties 'optional' not",
    ],
    ['rules.configMaps[0].nam=x', "at '/rules/configMaps/0'"],
    ['extraVolumes[0].configMap.name=x', "at '/extraVolumes/0': missing property 'name'"],
    ['extraVolumeMounts[0].name=x', "at '/extraVolumeMounts/0': missing property 'mountPath'"],
    ['networkPolicy.ingressFrom[0].namespaceSelecter.x=y', "additional properties 'namespaceSelecter' not allowed"],
    ['networkPolicy.egress.rules[0].from[0].ipBlock=x', "at '/networkPolicy/egress/rules/0': additional properties"],
    ['resources.limits.memory=256MB', "at '/resources/limits/memory': '256MB' does not match pattern"],
    [
      'podDisruptionBudget.maxUnavailable=one',
      "at '/podDisruptionBudget/maxUnavailable': 'one' does not match pattern",
    ],
    ['podDisruptionBudget.minAvailable=-1', "at '/podDisruptionBudget/minAvailable': minimum: got -1, want 0"],
    ['metrics.labels.a-b=x', "invalid propertyName 'a-b'"],
    ['ingress.hosts[0].host=x', "at '/ingress/hosts/0': got object, want string"],
    ['extraContainers[0].image=x', "at '/extraContainers/0': missing property 'name'"],
  ])('%s is refused by its schema: %s', async (set, told) => {
    expect(await charts.refusal(...smallest, '--set', set)).toContain(told);
  });

  test.each([
    ['image.repository=', 'image.repository is empty: there is no public image of Andon yet'],
    [
      'settings.heartbeat.urlFile=/run/secrets/andon/beat/url',
      'settings name the file /run/secrets/andon/beat/url, but secrets has no "beat"',
    ],
    [
      'settings.heartbeat.urlFile=/run/secrets/andon/a/url,secrets.a.secretName=a,secrets.a.keys={b}',
      'settings name the file /run/secrets/andon/a/url, but secrets.a.keys has no "url"',
    ],
    ['secrets.api-token.secretName=x', 'secrets.api-token: that name is taken by apiToken'],
    ['serviceMonitor.enabled=true,podMonitor.enabled=true', 'every metric would be there twice'],
    ['serviceMonitor.enabled=true,service.enabled=false', 'serviceMonitor.enabled needs service.enabled'],
    ['service.enabled=false', 'argoRollouts and test ask Andon by its Service'],
    [
      'mode=sidecar,sidecar.selectorLabels.app=x,argoRollouts.enabled=true,service.enabled=false',
      'argoRollouts and test ask Andon by its Service',
    ],
    ['mode=sidecar', 'sidecar.selectorLabels is empty'],
    [
      'mode=sidecar,sidecar.selectorLabels.app=x,networkPolicy.enabled=true',
      'networkPolicy.enabled is for mode deployment',
    ],
    [
      'mode=sidecar,sidecar.selectorLabels.app=x,podDisruptionBudget.enabled=true',
      'podDisruptionBudget.enabled is for mode deployment',
    ],
    [
      'prometheusRule.enabled=true,podMonitor.enabled=true,prometheusRule.generated=x: 1',
      'prometheusRule.generated holds no `groups`',
    ],
  ])('%s is refused in a sentence: %s', async (set, told) => {
    expect(await charts.refusal(...smallest, '--set', set)).toContain(told);
  });

  test('an empty list of access modes is refused by its schema', async () => {
    expect(await charts.refusal(...smallest, '--set-json', 'persistence.accessModes=[]')).toContain(
      "at '/persistence/accessModes': minItems: got 0, want 1",
    );
  });

  test.each([
    [['resources.requests.cpu=0.5']],
    [['podDisruptionBudget.enabled=true,podDisruptionBudget.minAvailable=0']],
    [['persistence.size=10Gi,persistence.accessModes={ReadWriteOncePod}']],
    [['networkPolicy.enabled=true,networkPolicy.ingressFrom[0].ipBlock.cidr=10.0.0.0/8']],
  ])('%j is none of them', async (sets) => {
    expect(await charts.objects(...smallest, ...sets.flatMap((set) => ['--set', set]))).not.toEqual([]);
  });

  test('no settings at all are no more than settings without a source', async () => {
    const none = ['--set-json', 'settings=null'];
    expect(await charts.refusal(...smallest.slice(0, -2), ...none)).toContain('settings.sources is empty');
    const named = ['--set', 'extraEnv[0].name=ANDON_SOURCE,extraEnv[0].value=http://prometheus:9090'];
    const { code, stdout } = await charts.helm(
      'install',
      ...smallest.slice(0, -2),
      ...none,
      ...named,
      '--dry-run=client',
    );
    expect(stdout).toContain('NOBODY IS PAGED');
    expect(code).toBe(0);
  });

  test('no rules at all are refused in a sentence', async () => {
    expect(await charts.refusal('helm/andon', '--set', 'image.repository=andon')).toContain(
      'there are no rules: give rule files under rules.files, or name ConfigMaps',
    );
  });

  test('a missing source is refused in a sentence, unless the environment has it', async () => {
    const without = smallest.slice(0, -2);
    expect(await charts.refusal(...without)).toContain(
      'settings.sources is empty, and Andon does not start without a source',
    );
    const named = ['--set', 'extraEnv[0].name=ANDON_SOURCE,extraEnv[0].value=http://prometheus:9090'];
    expect(await charts.objects(...without, ...named)).not.toEqual([]);
  });

  test('a sidecar beside a Deployment of the same chart is refused', async () => {
    const refusal = await charts.refusal('shop', 'helm/examples/shop', '--set', 'andon.mode=deployment');
    expect(refusal).toContain('mode is not sidecar: there would be two Andons');
  });

  test('a cluster that is too old for native sidecars is told what to do', async () => {
    expect(await charts.refusal(...scenarios['sidecar-native'], '--kube-version', '1.28.0')).toContain(
      'Kubernetes v1.28.0 has no native sidecars, which came with 1.29: set sidecar.native to false.',
    );
  });

  test('a cluster that is too old for the chart is refused', async () => {
    const refusal = await charts.refusal(...smallest, '--kube-version', '1.26.0');
    expect(refusal).toContain('chart requires kubeVersion: >=1.27.0-0');
  });
});

test('names and labels stay as short as Kubernetes wants them', async () => {
  const [, ...rest] = fleet;
  const long = ['r'.repeat(53), ...rest, '--set', `nameOverride=${'n'.repeat(63)}`];
  const objects = await charts.objects(...long);
  const labels = objects.flatMap(({ metadata }) => Object.values(metadata.labels ?? {}));
  expect(labels.filter((value) => value.length > 63)).toEqual([]);
  const inUrls = objects.filter(({ kind }) => ['Service', 'Deployment', 'Job', 'Pod'].includes(kind));
  expect(inUrls.map(({ metadata }) => metadata.name).filter((name) => name.length > 63)).toEqual([]);
});

describe('a pod is started anew', () => {
  const templateWith = async (...more: readonly string[]): Promise<unknown> =>
    ofKind(await charts.objects(...smallest, ...more), 'Deployment')?.spec?.['template'];

  test('when something changes that is read at the start only', async () => {
    expect(await templateWith('--set', 'settings.tracing.otlpEndpoint=http://otel:4318')).not.toEqual(
      await templateWith(),
    );
  });

  test.each([
    'settings.log.level=debug',
    'rules.files.more\\.yaml=a: b',
    'prometheusRule.enabled=true,podMonitor.enabled=true',
  ])('and not for %s, which Andon reads while it runs', async (set) => {
    expect(await templateWith('--set', set)).toEqual(await templateWith());
  });
});

describe('the hooks for Flagger', () => {
  test('are those of docs/examples, with the address of the Service', async () => {
    const template = '{{ include "andon.flagger.webhooks" (dict "andon" . "service" "checkout") | nindent 4 }}';
    const file = join(charts.path, 'helm/andon/templates/hooks.yaml');
    await writeFile(file, `kind: Hooks\nmetadata: { name: hooks }\nspec:\n  list:\n    ${template}\n`);
    const text = await charts.template(...smallest, '--namespace', 'andon');
    await rm(file);
    const shown = ofKind(objectsIn(text), 'Hooks')?.spec?.['list'] as readonly object[];
    const { spec } = parse(read('docs/examples/flagger-webhooks.yaml')) as {
      readonly spec: { readonly analysis: { readonly webhooks: readonly { readonly name: string }[] } };
    };
    expect(shown).toHaveLength(4);
    expect(shown).toEqual(spec.analysis.webhooks);
  });

  test('the MetricTemplate asks for a stopped line, and leaves its variables to Flagger', async () => {
    const object = ofKind(await charts.objects(...fleet), 'MetricTemplate');
    expect(object?.spec).toEqual({
      provider: { type: 'prometheus', address: 'http://prometheus.monitoring.svc:9090' },
      query:
        'max(andon_gate_state{job="andon",namespace="andon",service="{{ variables.service }}",state="stop"}) or vector(0)\n',
    });
  });
});

test('the analysis templates are those of docs/examples, with the address of the Service', async () => {
  const told = (objects: readonly KubernetesObject[]) =>
    objects
      .filter(({ kind }) => kind.endsWith('AnalysisTemplate'))
      .map(({ metadata, spec }) => ({ name: metadata.name, spec }));
  const examples = told(objectsIn(read('docs/examples/argo-rollouts.yaml')));
  expect(examples.length).toBeGreaterThan(0);
  expect(told(await charts.objects(...fleet))).toEqual(examples);
});

test('two releases do not make an analysis template of the same name', async () => {
  const nameWith = async (release: string, ...args: readonly string[]) => {
    const objects = await charts.objects(release, ...fleet.slice(1), ...args);
    return ofKind(objects, 'ClusterAnalysisTemplate')?.metadata.name;
  };
  expect(await nameWith('andon')).toBe('andon-gate');
  expect(await nameWith('prod')).toBe('prod-andon-gate');
  expect(await nameWith('prod', '--set', 'argoRollouts.name=own')).toBe('own');
});

test('the licence goes with the package', () => {
  expect(existsSync(join(root, 'helm/andon/LICENSE'))).toBe(true);
  expect(read('helm/andon/LICENSE')).toBe(read('LICENSE'));
});
