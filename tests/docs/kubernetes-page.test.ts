import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import manifest from '../../package.json' with { type: 'json' };
import { chartsForTests, ended } from '../helm/charts.ts';
import { objectFaults } from '../helm/object-faults.ts';
import { daemonIn, type KubernetesObject } from '../helm/objects.ts';
import { schemaFaults } from '../helm/schemas.ts';
import { clusterTool } from '../support/cluster-tools.ts';
import { readPage, root, type Page } from './pages.ts';

const charts = await chartsForTests();

describe.each(['README.md', 'docs/kubernetes.md'])('%s', (path) => {
  const page = readPage(path);
  const commands = commandsOf(page);
  const secrets = secretsMadeBy(commands);

  beforeAll(async () => {
    for (const { marker, options, text } of page.blocks) {
      if (marker === 'values') await writeFile(join(charts.path, options['values'] ?? ''), text);
    }
  });

  test.each(commands.map((words) => [words.join(' '), words] as const))('%s is a command', async (_, words) => {
    const [program = '', ...args] = words;
    // Neither is needed to check a page, and their build is tested where the image is.
    if (program === 'docker') return expect(['build', 'push']).toContain(args[0]);
    expect(['helm', 'kubectl']).toContain(program);
    // Help is told where the words before it are understood; what stands behind -- is for the container.
    const own = args.slice(0, args.includes('--') ? args.indexOf('--') : undefined);
    const tool = await clusterTool(program as 'helm' | 'kubectl');
    const { code, stderr } = await ended(tool, [...own, '--help'], { cwd: charts.path, env: { HOME: charts.path } });
    expect([code, stderr]).toEqual([0, '']);
  });

  const rendering = commands.filter(
    ([program, verb]) => program === 'helm' && /^(?:upgrade|template)$/.test(verb ?? ''),
  );

  test.each(rendering.map((words) => [words.join(' '), words] as const))(
    '%s makes objects that Kubernetes takes, from the values that are shown',
    async (_, words) => {
      const known = words.slice(2).filter((word) => !/^--(?:install|wait|timeout)$|^\d+m$/.test(word));
      const objects = await charts.objects(...known);
      expect(objectFaults(objects, { secrets: [...secrets.keys()] })).toEqual([]);
      expect(filesWithoutKey(objects, secrets)).toEqual([]);
      const names = objects.map(({ kind }) => kind);
      expect(names).toEqual(expect.arrayContaining(['Deployment', 'Service', 'ConfigMap']));
    },
  );

  test('there is something to install', () => {
    expect(rendering.length).toBeGreaterThan(0);
  });
});

describe('docs/kubernetes.md', () => {
  const page = readPage('docs/kubernetes.md');

  test('builds the image that the chart then asks for', () => {
    const { version } = manifest;
    expect(page.text).toContain(
      `docker build --tag registry.example.com/andon:${version} --build-arg VERSION=${version} .`,
    );
  });

  test('has ten steps for each way', () => {
    const sections = page.text.split('\n## ').filter((each) => each.includes('in ten steps\n'));
    expect(sections).toHaveLength(2);
    for (const section of sections) {
      const steps = [...section.matchAll(/^(\d+)\. /gm)].map(([, step]) => Number(step));
      expect(steps).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    }
  });

  test('its network policy is one that the chart takes', async () => {
    const values = ['--values', 'andon-values.yaml', '--values', 'network-values.yaml'];
    const rules = ['--set-file', 'rules.files.checkout\\.yaml=rules/checkout.yaml'];
    const objects = await charts.objects('andon', 'helm/andon', ...values, ...rules);
    expect(objects.map(({ kind }) => kind)).toContain('NetworkPolicy');
    expect(schemaFaults(objects)).toEqual([]);
  });

  test('quotes what Andon and its chart say', () => {
    const said = [...textsBelow('src'), ...textsBelow('helm/andon/templates')].join('\n');
    const quoted = [
      'the rule files have problems',
      'the rules before them still run',
      'is held by another process',
      'everything runs as before',
      'there is no rule file (.yaml, .yml) here',
      'would be readable in a ConfigMap',
      'carries a secret',
      'cannot be written',
      'cannot listen on',
      'is damaged',
      'has no effect on a sidecar',
      'more than Kubernetes takes',
      'the source does not answer; its readings are unknown',
      'no channel is configured: incidents are recorded and nobody is paged',
      'was written by a newer Andon',
      'settings name the file ',
    ];
    expect(quoted.filter((words) => !page.text.includes(words) || !said.includes(words))).toEqual([]);
  });

  test('has the sizes that were measured, and room above them', () => {
    const results = readFileSync(join(root, 'bench/RESULTS.md'), 'utf8');
    interface Measured {
      readonly rssMb: number;
      readonly peakRssMb: number;
      readonly cpuMsPerSecond: number;
    }
    const figures = JSON.parse(/^\{.*"bench":"footprint".*\}$/m.exec(results)?.[0] ?? '{}') as Readonly<
      Record<string, { readonly andon?: Measured } & Partial<Measured>>
    >;
    const rows = [
      ...page.text.matchAll(
        /^\| ([\d,]+)(, each .*?)? \| (\d+) MB \| (\d+) MB \| (\d+) ms \| (\d+)m, (\d+)Mi \| (\d+)Mi \|$/gm,
      ),
    ];
    expect(rows).toHaveLength(4);
    for (const [, services = '', budgets, ...cells] of rows) {
      const key = services.replace(',', '') + (budgets === undefined ? '' : ' budgets');
      const measured = (figures[key]?.andon ?? figures[key]) as Measured;
      const [rss, peak, cpu, requestedCpu = 0, requested = 0, limit = 0] = cells.map(Number);
      expect([key, rss, peak, cpu]).toEqual([
        key,
        Math.round(measured.rssMb),
        Math.round(measured.peakRssMb),
        Math.round(measured.cpuMsPerSecond),
      ]);
      // Milliseconds of a second are thousandths of a core; Mi are 2^20 bytes.
      expect(requestedCpu).toBeGreaterThanOrEqual(measured.cpuMsPerSecond);
      expect(requested * 1.048_576).toBeGreaterThanOrEqual(measured.peakRssMb);
      expect(limit * 1.048_576).toBeGreaterThanOrEqual(1.5 * measured.peakRssMb);
    }
    const { resources } = parse(readFileSync(join(root, 'helm/andon/values.yaml'), 'utf8')) as {
      readonly resources: { readonly requests: object; readonly limits: object };
    };
    const [, , , , , , cpu, memory, limit] = rows[1] ?? [];
    expect(resources).toEqual({
      requests: { cpu: `${cpu}m`, memory: `${memory}Mi` },
      limits: { memory: `${limit}Mi` },
    });
  });
});

test('docs/kubernetes.md has the memory of the image where it speaks of the image', () => {
  const results = readFileSync(join(root, 'bench/RESULTS.md'), 'utf8');
  const line = /^\{.*"bench":"image".*\}$/m.exec(results)?.[0] ?? '{}';
  const { residentMb, services } = JSON.parse(line) as { readonly residentMb: number; readonly services: number };
  const memory = `${Math.round(residentMb)} MB`;
  const { text } = readPage('docs/kubernetes.md');
  expect(text).toMatch(
    new RegExp(String.raw`^\| memory \| ${memory} for ${services} services, .* \| ${memory} for each \|$`, 'm'),
  );
  expect(text).toContain(
    `The image, which the chart runs, starts Node with flags that save memory: ${memory} at ${services} services.`,
  );
});

test.each(['README.md', 'docs/kubernetes.md'])('%s gives Andon a namespace that nothing else runs in', (path) => {
  const commands = commandsOf(readPage(path));
  const made = commands.filter(([, verb, what]) => verb === 'create' && what === 'namespace').map((words) => words[3]);
  expect(made).toContain('andon');
  expect(made).not.toContain('monitoring');
  const used = commands.flatMap((words) => words[words.indexOf('--namespace') + 1] ?? []);
  expect(used).not.toContain('monitoring');
});

/** The words of each command in the blocks for a cluster, as a shell splits them. */
function commandsOf(page: Page): readonly (readonly string[])[] {
  return page.blocks
    .filter(({ marker }) => marker === 'cluster')
    .flatMap(({ text }) => text.replaceAll('\\\n', ' ').trimEnd().split('\n'))
    .map((line) =>
      execFileSync('sh', ['-c', `printf '%s\\n' ${line}`], { encoding: 'utf8' })
        .trimEnd()
        .split('\n'),
    );
}

/** Secrets that the page makes, with their keys. */
function secretsMadeBy(commands: readonly (readonly string[])[]): ReadonlyMap<string, readonly string[]> {
  return new Map(
    commands.flatMap((words) => {
      const at = words.indexOf('generic');
      if (words[at - 1] !== 'secret') return [];
      const keys = words.flatMap((word) => /^--from-file=([\w-]+)=/.exec(word)?.[1] ?? []);
      return [[words[at + 1] ?? '', keys] as const];
    }),
  );
}

/** Files that settings or arguments name and that no key of a Secret becomes. */
function filesWithoutKey(
  objects: readonly KubernetesObject[],
  secrets: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const { pod, container } = daemonIn(objects);
  const texts = [...objects.map(({ data }) => data?.['andon.yaml'] ?? ''), ...(container.args ?? [])];
  const named = texts.flatMap((text) => text.match(/\/run\/secrets\/andon\/[\w./-]+/g) ?? []);
  expect(named.length).toBeGreaterThan(0);
  return named.filter((path) => {
    const mount = container.volumeMounts?.find(({ mountPath }) => path.startsWith(`${mountPath}/`));
    const secret = pod.spec.volumes?.find(({ name }) => name === mount?.name)?.secret?.secretName ?? '';
    return !secrets.get(secret)?.includes(path.slice((mount?.mountPath.length ?? 0) + 1));
  });
}

function textsBelow(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
}
