import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { chartsForTests, objectsIn, type Ended } from './charts.ts';
import { containersOf, daemonIn, ofKind, podsOf, type KubernetesObject } from './objects.ts';
import { referenceFaults } from './reference-faults.ts';
import { scenarios } from './scenarios.ts';

const charts = await chartsForTests();
const { smallest } = scenarios;
const [, ...shop] = scenarios['sidecar-native'];
const elsewhere = { secrets: ['shop-on-call', 'shop-api-token'] };

const namesOf = (objects: readonly KubernetesObject[], wanted: string): readonly string[] =>
  objects.filter(({ kind }) => kind === wanted).map(({ metadata }) => metadata.name);

describe('the objects of Andon beside those of a service', () => {
  test.each(['shop', 'andon', 'abandoned-carts', 'shop-andon', 'andon-shop', 'r'.repeat(45), 'r'.repeat(53)])(
    'have names of their own in the release %s',
    async (release) => {
      const objects = await charts.objects(release, ...shop);
      expect(referenceFaults(objects, elsewhere)).toEqual([]);
      const services = namesOf(objects, 'Service');
      expect(services).toHaveLength(2);
      expect(services.find((name) => name !== release)).toMatch(/^[a-z][a-z0-9-]{0,38}-andon$/);
    },
  );

  test('but as a Deployment they are named as in other charts', async () => {
    const fleetOf = (release: string) =>
      charts.objects(release, ...shop, '--set', 'andon.mode=deployment', '--skip-tests');
    const template = join(charts.path, 'helm/examples/shop/templates/deployment.yaml');
    const text = await readFile(template, 'utf8');
    await rm(template);
    const names = [];
    for (const release of ['abandoned-carts', 'shop-andon', 'r'.repeat(50)]) {
      names.push(...namesOf(await fleetOf(release), 'Deployment'));
    }
    await writeFile(template, text);
    expect(names).toEqual(['abandoned-carts', 'shop-andon', expect.stringMatching(/^r+-[0-9a-f]{8}-andon$/)]);
  });

  test('may not be called as the release on purpose', async () => {
    const refusal = await charts.refusal('carts', ...shop, '--set', 'andon.fullnameOverride=carts');
    expect(refusal).toContain('fullnameOverride is carts, as the release is');
    expect(refusal).toContain('write carts-andon');
  });

  test.each([
    ['abandoned', 'abandoned'],
    ['prod', 'prod-andon'],
    ['andon', 'andon'],
    ['andon-eu', 'andon-eu'],
    ['eu-andon', 'eu-andon'],
  ])('and the chart by itself in the release %s has %s', async (release, name) => {
    expect(namesOf(await charts.objects(release, ...smallest.slice(1)), 'Service')).toEqual([name]);
  });
});

describe('the Service', () => {
  const early = async (...args: readonly string[]) => {
    const all = await charts.objects(...args);
    const own = all.filter(({ kind, metadata }) => kind === 'Service' && metadata.name.endsWith('andon'));
    return own.map(({ spec }) => spec?.['publishNotReadyAddresses']);
  };

  test.each([
    ['of a sidecar leads to it while the service is not ready', ['shop', ...shop], true],
    [
      'of a sidecar does not where told so',
      ['shop', ...shop, '--set', 'andon.service.publishNotReadyAddresses=false'],
      undefined,
    ],
    ['of a Deployment does not', smallest, undefined],
    ['of a Deployment does where told so', [...smallest, '--set', 'service.publishNotReadyAddresses=true'], true],
  ])('%s', async (_, args, published) => {
    expect(await early(...args)).toEqual([published]);
  });
});

const forTheJob = [
  'podSecurityContext.fsGroup=7',
  'podLabels.a=b',
  'podAnnotations.a=b',
  'nodeSelector.a=b',
  'tolerations[0].key=a',
  'affinity.nodeAffinity.a=b',
  'topologySpreadConstraints[0].maxSkew=1',
  'priorityClassName=a',
  'schedulerName=a',
  'runtimeClassName=a',
  'hostAliases[0].ip=10.0.0.1',
  'dnsPolicy=None',
  'dnsConfig.searches={a}',
  'imagePullSecrets[0].name=a',
  'serviceAccount.name=a',
];

describe('what the pod of the service says', () => {
  test.each([
    'terminationGracePeriodSeconds=60',
    'revisionHistoryLimit=1',
    'deploymentAnnotations.a=b',
    'readinessProbe.periodSeconds=7',
    'startupProbe.periodSeconds=7',
  ])('is refused among the values of the sidecar: %s', async (set) => {
    const refusal = await charts.refusal('shop', ...shop, '--set', `andon.${set}`);
    expect(refusal).toContain(
      `${set.replace(/[.=].*/, '')} has no effect on a sidecar, whose pod is the service's: write it there, in the other chart.`,
    );
  });

  test.each(forTheJob)('is refused unless the pod of checkFirst takes it: %s', async (set) => {
    const without = ['--set', `andon.${set}`, '--set', 'andon.checkFirst.enabled=false'];
    const refusal = await charts.refusal('shop', ...shop, ...without);
    expect(refusal).toContain(`${set.replace(/=.*|(?<!serviceAccount)[.[].*/, '')} has no effect on a sidecar`);
    expect(refusal).toContain('with checkFirst.enabled it counts for the pod of that Job');
  });

  test('is taken together where the pod of checkFirst has it', async () => {
    const all = [...forTheJob, 'serviceAccount.create=false'].map((set) => `andon.${set}`).join(',');
    const job = ofKind(await charts.objects('shop', ...shop, '--set', all), 'Job');
    const spec = (job?.spec?.['template'] as { readonly spec: object } | undefined)?.spec;
    expect(spec).toMatchObject({ schedulerName: 'a', serviceAccountName: 'a', imagePullSecrets: [{ name: 'a' }] });
  });

  test.each(['serviceAccount.annotations.a=b', 'serviceAccount.automountToken=true'])(
    'as %s always is',
    async (set) => {
      expect(await charts.refusal('shop', ...shop, '--set', `andon.${set}`)).toContain(
        'serviceAccount.annotations and serviceAccount.automountToken have no effect on a sidecar',
      );
    },
  );

  test.each(['extraContainers', 'extraInitContainers'])('as are %s', async (key) => {
    expect(await charts.refusal('shop', ...shop, '--set', `andon.${key}[0].name=a`)).toContain(
      `${key} is for mode deployment: the pod of a sidecar is the service's`,
    );
  });

  test('ends the sidecar after the service, with 10 s left for it', async () => {
    const { spec } = daemonIn(await charts.objects('shop', ...shop)).pod as unknown as {
      readonly spec: { readonly terminationGracePeriodSeconds: number };
    };
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(40);
  });
});

describe('a chart around Andon', () => {
  test('has nothing of it where its condition is false', async () => {
    const text = await charts.template('shop', ...shop, '--set', 'andon.enabled=false');
    expect(text).not.toContain('andon');
    const objects = objectsIn(text);
    expect(objects.map(({ kind }) => kind).toSorted()).toEqual(['Deployment', 'Service']);
    expect(podsOf(objects).flatMap(containersOf)).toHaveLength(1);
    const { code, stdout } = await charts.helm(
      'install',
      'shop',
      ...shop,
      '--set',
      'andon.enabled=false',
      '--dry-run=client',
    );
    expect([code, /NOTES:\n([\s\S]*)/.exec(stdout)?.[1]?.trim()]).toEqual([0, 'The shop is installed.']);
  });

  test('prints what Andon has to tell, with commands for a sidecar', async () => {
    const { stdout } = await charts.helm('install', 'shop', ...shop, '--dry-run=client');
    const notes = stdout.slice(stdout.indexOf('NOTES:'));
    expect(notes).toContain('kubectl -n shop get pods -l app.kubernetes.io/name=shop');
    expect(notes).toContain('kubectl -n shop port-forward service/shop-andon 9655:9655');
    expect(notes).toContain('The event log is on an emptyDir');
    expect(notes).not.toMatch(/NOBODY|Nobody|deployment\//);
  });

  /** What Helm makes of the example with one more file. */
  const withFile = async (text: string, ...args: readonly string[]): Promise<Ended> => {
    const file = join(charts.path, 'helm/examples/shop/templates/more.yaml');
    await writeFile(file, text);
    const ended = await charts.helm('template', 'shop', ...shop, ...args);
    await rm(file);
    return ended;
  };

  const templates = ['initContainers', 'containers', 'volumes', 'annotations'].map((end) => `andon.sidecar.${end}`);

  test.each([
    ...[...templates, 'andon.notes'].map((name) => [name, '.'] as const),
    ...['.Values.andon', '.Subcharts.other'].map((scope) => ['andon.sidecar.containers', scope] as const),
  ])('is told which scope %s wants instead of %s', async (name, scope) => {
    const { code, stderr } = await withFile(`x: {{ include "${name}" ${scope} | quote }}\n`);
    expect(stderr).toContain('the templates of Andon want the scope of the chart andon');
    expect(stderr).toMatch(/write `include "andon\.[\w.]+" \.Subcharts\.andon`/);
    expect(code).toBe(1);
  });

  test('is told where its templates lie too deep', async () => {
    const folder = join(charts.path, 'helm/examples/shop/templates/a');
    await mkdir(join(folder, 'b/c/d/e'), { recursive: true });
    await writeFile(join(folder, 'b/c/d/e/x.yaml'), 'x: {{ include "andon.fullname" .Subcharts.andon }}\n');
    const refusal = await charts.refusal('shop', ...shop);
    await rm(folder, { recursive: true });
    expect(refusal).toContain('put it at most two folders below templates/');
  });

  describe('with the hooks of Flagger', () => {
    const hooks = (what: string) => `x: {{ include "andon.flagger.webhooks" ${what} | quote }}\n`;

    test.each([
      ['.Subcharts.andon', 'is not told whose gate to ask'],
      ['(dict "service" "x")', 'is not told where Andon answers: write'],
      ['(dict "url" "http://andon" "service" "")', 'is not told whose gate to ask'],
      ['(dict "url" "http://andon")', 'is not told whose gate to ask'],
      ['(dict "andon" . "service" "x")', 'want the scope of the chart andon'],
      ['(dict "andon" .Values.andon "service" "x")', 'want the scope of the chart andon'],
      ['"checkout"', 'takes a dict: write'],
    ])('is told what %s lacks: %s', async (what, told) => {
      const { code, stderr } = await withFile(hooks(what));
      expect(stderr).toContain(told);
      expect(stderr).toContain('write `');
      expect(code).toBe(1);
    });

    test('gets them in the order in which they are asked, and with no line before the first', async () => {
      const list = '{{ include "andon.flagger.webhooks" (dict "url" "http://andon" "service" "1") }}';
      const { stdout } = await withFile(list.replace('{{', 'x: {{').replace(' }}', ' | quote }}\n'));
      expect(stdout).toMatch(/^x: "- metadata:/m);
      const { stdout: told } = await withFile(
        `kind: Hooks\nmetadata: { name: hooks }\nspec:\n  list:${list.replace(' }}', ' | nindent 4 }}')}\n`,
      );
      const all = ofKind(objectsIn(told), 'Hooks')?.spec?.['list'] as readonly {
        readonly type: string;
        readonly metadata: object;
      }[];
      expect(all.map(({ type }) => type)).toEqual([
        'confirm-rollout',
        'confirm-traffic-increase',
        'confirm-promotion',
        'rollback',
      ]);
      expect(all.map(({ metadata }) => metadata)).toEqual(all.map(() => ({ service: '1' })));
    });
  });
});
