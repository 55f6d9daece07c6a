import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { chartsForTests } from './charts.ts';
import { daemonIn, ofKind, type KubernetesObject } from './objects.ts';

const charts = await chartsForTests();

const beat = '/run/secrets/andon/beat/url';
const first = {
  image: { repository: 'registry.example.com/andon' },
  rules: { files: { 'a.yaml': 'kind: Service\n', 'b.yaml': 'kind: Service\n' } },
  settings: {
    externalUrl: 'https://andon.example.com',
    sources: [{ url: 'http://prometheus:9090' }],
    channels: [{ name: 'on-call', webhook: { url: 'http://on-call' } }],
    heartbeat: { urlFile: beat },
    proxy: { url: 'http://proxy:3128' },
    tracing: { otlpEndpoint: 'http://otel:4318' },
  },
  secrets: { beat: { secretName: 'beat' }, other: { secretName: 'other' } },
  nodeSelector: { a: 'b', c: 'd' },
  podLabels: { team: 'sre', tier: 'ops' },
  podAnnotations: { team: 'sre' },
  resources: { limits: { cpu: '1' } },
  serviceMonitor: { enabled: true, labels: { release: 'x' } },
};
const second = {
  rules: { files: { 'b.yaml': null } },
  settings: { externalUrl: null, channels: null, heartbeat: null, proxy: null, tracing: null, startWithBadRules: null },
  secrets: { beat: null },
  nodeSelector: { a: null },
  podLabels: { team: null },
  podAnnotations: { team: null },
  resources: { limits: { cpu: null } },
  serviceMonitor: { labels: { release: null } },
};

const both = async (over: object, under: object = first): Promise<readonly string[]> => {
  await writeFile(join(charts.path, 'first.yaml'), JSON.stringify(under));
  await writeFile(join(charts.path, 'second.yaml'), JSON.stringify(over));
  return ['andon', 'helm/andon', '--values', 'first.yaml', '--values', 'second.yaml'];
};

describe('a second values file with null', () => {
  test('switches off what the first one says, and nothing of it is rendered', async () => {
    const text = await charts.template(...(await both(second)));
    expect(text).not.toMatch(/\bnull\b/);
    const objects = await charts.objects(...(await both(second)));
    const maps = objects.filter(({ kind }) => kind === 'ConfigMap') as readonly (KubernetesObject & {
      readonly data: Readonly<Record<string, string>>;
    })[];
    expect(maps.flatMap(({ data }) => Object.keys(data)).toSorted()).toEqual(['a.yaml', 'andon.yaml']);
    const settings = maps.find(({ data }) => 'andon.yaml' in data)?.data['andon.yaml'] ?? '';
    expect(parse(settings)).toEqual({ sources: first.settings.sources });
    const { pod, container } = daemonIn(objects);
    expect(pod.spec).toMatchObject({ nodeSelector: { c: 'd' } });
    expect(JSON.stringify(pod.spec.volumes)).toContain('"other"');
    expect(JSON.stringify(pod)).not.toMatch(/beat|team/);
    expect(container).toMatchObject({ resources: { limits: { memory: '256Mi' } } });
    expect(JSON.stringify(container)).not.toContain('cpu":"1"');
    expect(ofKind(objects, 'ServiceMonitor')?.metadata.labels).not.toHaveProperty('release');
  });

  test('makes the same pod as one that never said it', async () => {
    const { startWithBadRules: _, ...gone } = second.settings;
    const without = Object.fromEntries(Object.entries(first.settings).filter(([key]) => !(key in gone)));
    const under = {
      image: first.image,
      rules: { files: { 'a.yaml': 'kind: Service\n' } },
      settings: without,
      secrets: { other: first.secrets.other },
      nodeSelector: { c: 'd' },
      podLabels: { tier: 'ops' },
      serviceMonitor: { enabled: true },
    };
    const over = { settings: { startWithBadRules: null } };
    expect(await charts.template(...(await both(second)))).toBe(await charts.template(...(await both(over, under))));
  });

  test('may go from one of two keys to the other', async () => {
    const over = { settings: { heartbeat: { url: 'http://beat', urlFile: null } } };
    expect(await charts.template(...(await both(over)))).toContain('url: http://beat');
  });

  test.each([
    [{ settings: { sources: null } }, 'settings.sources is empty'],
    [{ settings: { sources: [{ url: null }] } }, "at '/settings/sources/0/url': got null, want string"],
    [{ settings: { heartbeat: { urlFile: null } } }, "at '/settings/heartbeat'"],
    [{ settings: { heartbeats: null } }, "additional properties 'heartbeats' not allowed"],
    [{ secrets: { beat: { secretName: null } } }, "secretName': got null, want string"],
    [{ secrets: { beat: null } }, 'but secrets has no "beat"'],
    [{ rules: { files: { 'a.yaml': null, 'b.yaml': null } } }, 'there are no rules'],
    [{ podLabels: { team: 1 } }, "at '/podLabels/team'"],
    [{ port: null }, "missing property 'port'"],
  ])('does not hide a mistake: %j', async (over, told) => {
    expect(await charts.refusal(...(await both(over)))).toContain(told);
  });
});
