import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { chartAlerts, chartValues } from '../../tools/helm-values.ts';
import { chartsForTests, objectsIn } from '../helm/charts.ts';
import { containersOf, ofKind, podsOf, type KubernetesObject } from '../helm/objects.ts';
import { Checkout } from './checkout.ts';
import { codeWords, readPage, root } from './pages.ts';

const charts = await chartsForTests();
const page = readPage('docs/kubernetes.md');
const lines = page.blocks
  .filter(({ marker }) => marker === 'cluster')
  .flatMap(({ text }) => text.trimEnd().split('\n'));
const quoted = codeWords(page);

/** Objects by the namespace of the two ways. */
const made: Record<string, readonly KubernetesObject[]> = {};
const releases: Readonly<Record<string, string>> = { andon: 'andon', shop: 'shop' };

beforeAll(async () => {
  for (const { marker, options, text } of page.blocks) {
    if (marker === 'values') await writeFile(join(charts.path, options['values'] ?? ''), text);
  }
  const values = ['--values', 'andon-values.yaml', '--values', 'watch-values.yaml'];
  const rules = ['--set-file', String.raw`rules.files.checkout\.yaml=rules/checkout.yaml`];
  made['andon'] = await charts.objects('andon', 'helm/andon', '--namespace', 'andon', ...values, ...rules);
  made['shop'] = await charts.objects('shop', 'helm/examples/shop', '--namespace', 'shop');
}, 30_000);

const kinds: Readonly<Record<string, string>> = {
  deployment: 'Deployment',
  job: 'Job',
  service: 'Service',
  pvc: 'PersistentVolumeClaim',
};

/** Objects of a namespace that a command names, as `deployment/andon` or `describe job andon-check`. */
function namedIn(line: string): readonly (readonly [kind: string, name: string])[] {
  return [
    ...line.matchAll(/\b(deployment|job|service)\/([\w-]+)/g),
    ...line.matchAll(/\b(?:describe|delete|get) (job|pvc) ([\w-]+)/g),
  ].map(([, kind = '', name = '']) => [kinds[kind] ?? kind, name]);
}

const namespaceOf = (line: string): string => /--namespace ([\w-]+)/.exec(line)?.[1] ?? '';

describe('docs/kubernetes.md names', () => {
  test.each(lines.filter((line) => namedIn(line).length > 0))('objects that are there: %s', (line) => {
    const names = (made[namespaceOf(line)] ?? []).map(({ kind, metadata }) => [kind, metadata.name]);
    for (const named of namedIn(line)) expect(names).toContainEqual(named);
  });

  test('objects that are there, also in its table', () => {
    const names = Object.values(made).flatMap((objects) =>
      objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
    );
    const all = quoted.flatMap(namedIn).map((each) => each.join(' '));
    expect(all.length).toBeGreaterThan(5);
    expect(all.filter((name) => !names.includes(name))).toEqual([]);
    for (const [, name] of page.text.matchAll(/claim `([\w-]+)`/g)) {
      if (name !== 'data-shop-0') expect(names).toContain(`PersistentVolumeClaim ${name}`);
    }
  });

  test.each(lines.filter((line) => /--selector|--container/.test(line)))(
    'pods and containers that are there: %s',
    (line) => {
      const pods = podsOf(made[namespaceOf(line)] ?? []);
      const [, key = '', value] = /--selector ([\w./-]+)=([\w-]+)/.exec(line) ?? [];
      if (key !== '') expect(pods.map(({ labels }) => labels[key])).toContain(value);
      const [, container] = /--container ([\w-]+)/.exec(line) ?? [];
      if (container !== undefined) {
        expect(pods.flatMap(containersOf).map(({ name }) => name)).toContain(container);
      }
    },
  );

  test.each(lines.filter((line) => /^helm (?:test|history|rollback|upgrade)/.test(line)))(
    'releases that were installed: %s',
    (line) => {
      const release = /^helm \w+ (?:--install )?([\w-]+)/.exec(line)?.[1] ?? '';
      expect([release, namespaceOf(line)]).toEqual([release, releases[release]]);
    },
  );

  test('namespaces that were made', () => {
    const created = lines.flatMap((line) => /create namespace ([\w-]+)/.exec(line)?.[1] ?? []);
    const used = lines.flatMap((line) => /--namespace ([\w-]+)/.exec(line)?.[1] ?? []);
    expect(new Set(used)).toEqual(new Set(created));
    expect(new Set(lines.flatMap((line) => /label namespace ([\w-]+)/.exec(line)?.[1] ?? []))).toEqual(
      new Set(['andon']),
    );
  });

  test('the label of Pod Security as Kubernetes has it', () => {
    const labels = lines.flatMap((line) => /label namespace \S+ (\S+)/.exec(line)?.[1] ?? []);
    expect(labels).toEqual(['pod-security.kubernetes.io/enforce=restricted']);
  });

  test('alerts that the chart has', () => {
    const named = new Set(page.text.match(/\bAndon[A-Z]\w+/g));
    expect(named.size).toBeGreaterThan(3);
    expect([...named].filter((name) => !chartAlerts().includes(name))).toEqual([]);
  });

  test('paths that Andon answers', () => {
    const { paths } = JSON.parse(readFileSync(join(root, 'docs/openapi.json'), 'utf8')) as { readonly paths: object };
    const named =
      page.text.match(/(?:GET |POST )?\/(?:api\/v1|-)\/[\w/{}-]+/g)?.map((path) => path.replace(/^\w+ /, '')) ?? [];
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((path) => !(path in paths))).toEqual([]);
  });

  test('values that the chart has', () => {
    const schema = JSON.parse(readFileSync(join(root, 'helm/andon/values.schema.json'), 'utf8')) as Level;
    const groups = new Set(chartValues().map(({ path }) => path[0] ?? ''));
    const named = quoted
      .map((words) => /^(?:andon\.)?([a-z]\w*(?:\.\w+)*)(?:[:=].*)?$/.exec(words)?.[1] ?? '')
      .filter((path) => path.includes('.') || /^[a-z]+[A-Z]/.test(path))
      .map((path) => path.split('.'))
      .filter(([first = '', last = '']) => groups.has(first) || !fileEndings.has(last));
    const unknown = named.filter((path) => !isKnown(schema, path) && !elsewhere.includes(path.join('.')));
    expect(named.length).toBeGreaterThan(40);
    expect(unknown.map((path) => path.join('.'))).toEqual([]);
  });

  test('commands and flags that Andon has', async () => {
    const said = [...lines, ...quoted]
      .flatMap((line) => /(?:app\/main\.js|^andon) ([a-z].*)$/.exec(line)?.[1] ?? [])
      .map((words) => words.split(' '));
    expect(said.length).toBeGreaterThan(5);
    await using checkout = await Checkout.make();
    const helps = new Map<string, string>();
    for (const words of said) {
      const [first = '', second = ''] = words;
      const command = ['notify', 'generate'].includes(first) ? `${first} ${second}`.trim() : first;
      if (!helps.has(command)) helps.set(command, (await checkout.run(`andon ${command} --help`)).stdout);
      const help = helps.get(command) ?? '';
      expect([command, help.includes(`Usage: andon ${command}`)]).toEqual([command, true]);
      for (const flag of words.filter((word) => word.startsWith('--')))
        expect([command, help]).toEqual([command, expect.stringContaining(flag)]);
    }
  }, 60_000);

  test('an object for another operator that the chart renders', async () => {
    const values = ['--values', 'andon-values.yaml', '--values', 'victoria-values.yaml'];
    const rules = ['--set-file', String.raw`rules.files.checkout\.yaml=rules/checkout.yaml`];
    const objects = await charts.objects('andon', 'helm/andon', '--namespace', 'andon', ...values, ...rules);
    const scrape = ofKind(objects, 'VMServiceScrape');
    expect(scrape?.metadata).toEqual({ name: 'andon', namespace: 'andon' });
    const selector = scrape?.spec?.['selector'] as { readonly matchLabels: object } | undefined;
    const endpoints = (scrape?.spec?.['endpoints'] ?? []) as readonly { readonly port: string }[];
    const service = ofKind(objects, 'Service');
    expect(service?.metadata.labels).toMatchObject(selector?.matchLabels ?? { none: '' });
    expect(service?.spec?.['ports']).toMatchObject(endpoints.map(({ port }) => ({ name: port })));
  });

  test('hooks of Flagger as they stand in a Canary', async () => {
    const { text = '' } = page.blocks.find((block) => block.text.includes('andon.flagger.webhooks')) ?? {};
    const file = join(charts.path, 'helm/examples/shop/templates/canary.yaml');
    await writeFile(file, `kind: Canary\nmetadata: { name: canary }\nspec:\n  analysis:\n${text}`);
    const rendered = await charts.template('shop', 'helm/examples/shop');
    await rm(file);
    const { spec } = parse(readFileSync(join(root, 'docs/examples/flagger-webhooks.yaml'), 'utf8')) as {
      readonly spec: object;
    };
    expect(ofKind(objectsIn(rendered), 'Canary')?.spec).toEqual(spec);
  });
});

interface Level {
  readonly properties?: Readonly<Record<string, Level>>;
  readonly additionalProperties?: boolean | Level;
}

/** Fields of Kubernetes, parts of values and words of others that are written like values. */
const elsewhere: readonly string[] = [
  'emptyDir',
  'fleetWatch',
  'secretName',
  'startWithBadRules',
  'fsGroup',
  'hostPath',
  'subPath',
  'volumeClaimTemplates',
  'maxReplicas',
  'analysis.webhooks',
  'prometheus.monitoring.svc',
  'sidecar.annotations',
];
const fileEndings = new Set(['md', 'yaml', 'yml', 'txt', 'tpl']);

function isKnown(level: Level, [first, ...rest]: readonly string[]): boolean {
  if (first === undefined) return true;
  const inner =
    level.properties?.[first] ??
    (typeof level.additionalProperties === 'object' ? level.additionalProperties : undefined);
  return inner !== undefined && isKnown(inner, rest);
}
