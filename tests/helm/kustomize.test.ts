import { readFileSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import manifest from '../../package.json' with { type: 'json' };
import { loadRules } from '../../src/config/load-rules.ts';
import { resolveSettings } from '../../src/config/settings.ts';
import { clusterTool } from '../support/cluster-tools.ts';
import { readPage, root } from '../docs/pages.ts';
import { Charts, ended, objectsIn } from './charts.ts';
import { objectFaults } from './object-faults.ts';
import { daemonIn, ofKind, type KubernetesObject } from './objects.ts';
import { scenarios } from './scenarios.ts';

const { version } = manifest;

describe.each(['base', 'production'])('helm/kustomize/%s', (name) => {
  let text = '';
  let objects: readonly KubernetesObject[] = [];

  beforeAll(async () => {
    const kubectl = await clusterTool('kubectl');
    const { code, stdout, stderr } = await ended(kubectl, ['kustomize', join(root, 'helm/kustomize', name)]);
    if (code !== 0 || stderr !== '') throw new Error(stderr);
    text = stdout.replaceAll(`andon:${version}`, 'andon:VERSION');
    objects = objectsIn(stdout);
  }, 60_000);

  test('is built as its golden file says; UPDATE_GOLDEN=1 writes it anew', () => {
    const path = join(root, 'tests/golden/helm', `kustomize-${name}.yaml`);
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, text);
    expect(text).toBe(readFileSync(path, 'utf8'));
  });

  test('holds to the schemas, lets the standard `restricted` in, and names nothing that is not there', () => {
    expect(objectFaults(objects, { secrets: ['andon-on-call', 'andon-api-token'] })).toEqual([]);
  });

  test('has settings and rules without problems', () => {
    const files = objects.flatMap(({ data = {} }) => Object.entries(data));
    const settings = files.find(([path]) => path === 'andon.yaml');
    expect(resolveSettings({ path: 'andon.yaml', content: Buffer.from(settings?.[1] ?? '') }).diagnostics).toEqual([]);
    const rules = files.filter(([path]) => path !== 'andon.yaml');
    const loaded = loadRules(rules.map(([path, content]) => ({ path, content: Buffer.from(content) })));
    expect(loaded.diagnostics).toEqual([]);
    expect(loaded.services).toHaveLength(name === 'base' ? 1 : 2);
  });

  test('runs the version of this repository', () => {
    expect(daemonIn(objects).container.image).toBe(`registry.example.com/andon:${version}`);
  });

  if (name === 'base') {
    test('has the Deployment that the chart makes', () => {
      const chart = objectsIn(readFileSync(join(root, 'tests/golden/helm/smallest.yaml'), 'utf8'));
      const own = daemonIn(objects);
      const { volumeMounts: _ownMounts, image: _ownImage, ...ownContainer } = own.container;
      const { volumeMounts: _mounts, image: _image, ...container } = daemonIn(chart).container;
      // The smallest chart has no token, and here one is named.
      const args = [...(container.args ?? []), '--api-token-file=/run/secrets/andon/api-token/token'];
      expect(ownContainer).toEqual({ ...container, args });
      const { containers: _ownContainers, volumes: _ownVolumes, ...ownPod } = own.pod.spec;
      const { containers: _containers, volumes: _volumes, ...pod } = daemonIn(chart).pod.spec;
      expect(ownPod).toEqual(pod);
      const rest = (all: readonly KubernetesObject[]) => {
        const { replicas, strategy, revisionHistoryLimit } = ofKind(all, 'Deployment')?.spec ?? {};
        return { replicas, strategy, revisionHistoryLimit };
      };
      expect(rest(objects)).toEqual(rest(chart));
    });
  }

  if (name === 'production') {
    test('has the objects beside the Deployment that the chart makes', async () => {
      await using charts = await Charts.make();
      const { text: values = '' } =
        readPage('docs/kubernetes.md').blocks.find(({ options }) => options['values'] === 'network-values.yaml') ?? {};
      await writeFile(join(charts.path, 'network-values.yaml'), values);
      const set =
        'podMonitor.enabled=true,prometheusRule.enabled=true,podDisruptionBudget.enabled=true,test.enabled=false';
      const network = ['--namespace', 'andon', '--values', 'network-values.yaml', '--set', set];
      const chart = await charts.objects(...scenarios.smallest, ...network);
      for (const wanted of ['PodMonitor', 'PrometheusRule', 'NetworkPolicy', 'PodDisruptionBudget']) {
        const { namespaceSelector: _, ...spec } = ofKind(chart, wanted)?.spec ?? {};
        expect([wanted, ofKind(objects, wanted)?.spec]).toEqual([wanted, spec]);
        expect(Object.keys(spec)).not.toEqual([]);
      }
      // A Prometheus finds both by what it looks for.
      for (const wanted of ['PodMonitor', 'PrometheusRule']) {
        expect(ofKind(objects, wanted)?.metadata.labels).toEqual({ release: 'kube-prometheus-stack' });
      }
    }, 30_000);
  }
});
