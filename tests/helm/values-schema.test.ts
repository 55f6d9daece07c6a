import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { chartValues } from '../../tools/helm-values.ts';
import { root } from '../docs/pages.ts';
import { chartsForTests } from './charts.ts';
import { scenarios } from './scenarios.ts';
import { levelsOf, partsOf, type Schema } from './schema-parts.ts';

const charts = await chartsForTests();
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const schema = JSON.parse(read('helm/andon/values.schema.json')) as Schema;
const validate: ValidateFunction = new Ajv({ strict: false, allErrors: true }).compile(schema);

/** Where the schema finds faults in the defaults with one value put in its place, such as `/service/port`. */
function faultsWith(path: string, value: unknown): readonly string[] {
  const values = parse(read('helm/andon/values.yaml')) as Record<string, unknown>;
  const steps = path.split('.');
  let node = values;
  for (const step of steps.slice(0, -1)) node = (node[step] ??= {}) as Record<string, unknown>;
  node[steps.at(-1) ?? ''] = value;
  validate(values);
  return (validate.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);
}

const long = 'a'.repeat(254);
const noTexts = ['x', ['x'], { a: 1 }];
const noNames = ['A', 'a_b', '-a', 'a-', 'a b', long, 1];
const noPeers = ['x', [{ podSelecter: {} }], [{ podSelector: 'x' }], [{ x: {} }]];
const noWholes = [-1, 1.5, '1', null];
const noPorts = [0, 65_536, 80.5, '80'];
const noTimes = ['1', '1 s', '1d', 's', 1];
const noProbes = ['x', { httpGett: {} }, { periodSeconds: 0 }, { failureThreshold: '1' }, { initialDelaySeconds: -1 }];
const noSecurity = [
  'x',
  null,
  { runAsUsr: 1 },
  { runAsUser: -1 },
  { runAsUser: '0' },
  { runAsNonRoot: 'true' },
  { seccompProfile: { typ: 'x' } },
  { seccompProfile: 'RuntimeDefault' },
];
const noHosts = ['x', ['A.b'], ['https://a.b'], ['a.b/c'], [{ host: 'a.b' }]];
const noFlags = ['true', 1, null];
const monitor = (at: string): Readonly<Record<string, readonly unknown[]>> => ({
  [`${at}.enabled`]: noFlags,
  [`${at}.namespace`]: noNames,
  [`${at}.labels`]: noTexts,
  [`${at}.annotations`]: noTexts,
  [`${at}.scheme`]: ['ftp', 'HTTPS'],
  [`${at}.honorLabels`]: noFlags,
  [`${at}.interval`]: noTimes,
  [`${at}.scrapeTimeout`]: noTimes,
  [`${at}.relabelings`]: ['x', ['x']],
  [`${at}.metricRelabelings`]: ['x', ['x']],
});

/** What lies just beyond of what each value may be. */
const refused: Readonly<Record<string, readonly unknown[]>> = {
  mode: ['daemonset', 'Deployment', ''],
  'image.repository': ['a b', 1],
  'image.tag': ['a:b', 'a/b', 'a'.repeat(129), 1],
  'image.digest': ['sha256:12', `sha512:${'0'.repeat(64)}`, `sha256:${'0'.repeat(65)}`],
  'image.pullPolicy': ['never', '', 'Sometimes'],
  imagePullSecrets: ['x', ['x'], [{}], [{ name: 'A' }], [{ name: '' }], [{ name: 'a', key: 'b' }]],
  'global.imageRegistry': ['https://a', 'A.b', 'a b', 1],
  'global.imagePullSecrets': ['x', ['A'], [''], [{}], [{ name: 'a', key: 'b' }]],
  nameOverride: noNames,
  fullnameOverride: [...noNames, 'a'.repeat(46)],
  namespaceOverride: ['A', 'a.b', '-a', 'a'.repeat(64), 1],
  commonLabels: noTexts,
  commonAnnotations: noTexts,
  settings: [{ rules: ['x'] }, { listen: ':80' }, { data: 'x' }, { chanels: [] }, { sources: [{ urll: 'x' }] }, 'x'],
  settingsConfigMap: noNames,
  'rules.files': ['x', { 'a.yaml': '' }, { 'a.yaml': 1 }, { 'a.yaml': ['x'] }],
  'rules.configMaps': ['x', ['A'], [''], [{}], [{ nam: 'a' }], [{ name: 'a', optional: 'x' }], [{ name: 'a', x: 1 }]],
  secrets: ['x', { a: 'x' }, { a: {} }, { a: { secretName: 'A' } }, { a: { secretName: 'a', keys: 'x' } }],
  'apiToken.secretName': noNames,
  'apiToken.key': ['', 'a/b', 'a'.repeat(254), null],
  'checkFirst.enabled': noFlags,
  'checkFirst.deadlineSeconds': [0, ...noWholes],
  'checkFirst.optionalConfigMaps': noFlags,
  'checkFirst.podLabels': noTexts,
  'checkFirst.podAnnotations': noTexts,
  'persistence.enabled': ['true', 1],
  'persistence.existingClaim': noNames,
  'persistence.storageClassName': ['--', 'A', long],
  'persistence.volumeName': noNames,
  'persistence.accessModes': [[], ['ReadOnlyMany'], 'ReadWriteOnce', null],
  'persistence.size': ['1 GB', '1GB', '-1Gi', 'x', '', null],
  'persistence.annotations': noTexts,
  'persistence.labels': noTexts,
  'persistence.selector': ['x', { matchLabel: {} }, { matchLabels: { a: 1 } }, { matchExpressions: ['x'] }],
  'persistence.keep': noFlags,
  'persistence.emptyDirSizeLimit': ['1 GB', '1GB', '', null],
  port: noPorts,
  'service.enabled': noFlags,
  'service.type': ['ExternalName', 'clusterIP', ''],
  'service.port': noPorts,
  'service.nodePort': noPorts,
  'service.publishNotReadyAddresses': ['true', 1],
  'service.clusterIP': ['none', 'a b', 'x'],
  'service.externalTrafficPolicy': ['local', 'Node'],
  'service.loadBalancerClass': ['a b', '-a', 1],
  'service.loadBalancerSourceRanges': ['x', ['10.0.0.1'], ['all/8'], ['10.0.0.0/8000']],
  'service.ipFamilyPolicy': ['DualStack', 'x'],
  'service.extraPorts': [
    'x',
    [{ name: 'a' }],
    [{ port: 1 }],
    [{ name: 'http', port: 1 }],
    [{ name: 'A', port: 1 }],
    [{ name: 'a', port: 0 }],
    [{ name: 'a', port: 1, protocol: 'UDP' }],
    [{ name: 'a', port: 1, x: 1 }],
    [{ name: 'a', port: 1, targetPort: 0 }],
    [{ name: 'a', port: 1, targetPort: '' }],
  ],
  'service.labels': noTexts,
  'service.annotations': noTexts,
  'ingress.enabled': noFlags,
  'ingress.className': noNames,
  'ingress.annotations': noTexts,
  'ingress.hosts': [...noHosts, ['a.b', 'a.b']],
  'ingress.tls': ['x', ['x'], [{ secret: 'a' }], [{ secretName: '' }], [{ hosts: ['A'] }]],
  'ingress.port': noPorts,
  'httpRoute.enabled': noFlags,
  'httpRoute.parentRefs': ['x', ['x'], [{}], [{ name: '' }], [{ name: 'a', x: 1 }], [{ name: 'a', port: 0 }]],
  'httpRoute.hostnames': [...noHosts, ['a.b', 'a.b']],
  'httpRoute.annotations': noTexts,
  'httpRoute.port': noPorts,
  'sidecar.native': noFlags,
  'sidecar.selectorLabels': noTexts,
  'serviceAccount.create': noFlags,
  'serviceAccount.name': noNames,
  'serviceAccount.annotations': noTexts,
  'serviceAccount.automountToken': noFlags,
  podSecurityContext: [
    ...noSecurity,
    { fsGroup: -1 },
    { fsGroupChangePolicy: 'Never' },
    { supplementalGroups: [-1] },
    { sysctls: ['x'] },
  ],
  securityContext: [
    ...noSecurity,
    { allowPrivilegeEscalation: 'no' },
    { capabilities: { drp: [] } },
    { capabilities: { drop: 'ALL' } },
  ],
  resources: [
    'x',
    { limit: {} },
    { limits: { memory: '256MB' } },
    { requests: { cpu: -1 } },
    { requests: { cpu: '' } },
  ],
  livenessProbe: noProbes,
  readinessProbe: noProbes,
  startupProbe: noProbes,
  lifecycle: ['x', { prestop: {} }, { preStop: 'x' }],
  terminationGracePeriodSeconds: [14, ...noWholes],
  revisionHistoryLimit: noWholes,
  deploymentAnnotations: noTexts,
  extraEnv: ['x', ['A=b'], [{}], [{ name: '' }], [{ name: 'A', value: 1 }], [{ name: 'A', valueForm: {} }]],
  extraEnvFrom: ['x', ['x'], [{ secretref: {} }]],
  extraContainers: ['x', ['x'], [{}], [{ name: '' }], [{ name: 'andon' }]],
  extraInitContainers: ['x', ['x'], [{}], [{ name: '' }], [{ name: 'andon' }]],
  extraVolumes: ['x', ['x'], [{}], [{ name: '' }]],
  extraVolumeMounts: ['x', [{}], [{ name: 'a' }], [{ mountPath: '/a' }], [{ name: 'a', mountPath: 'a' }]],
  podAnnotations: noTexts,
  podLabels: noTexts,
  nodeSelector: noTexts,
  tolerations: ['x', ['x'], [{ keys: 'a' }], [{ tolerationSeconds: -1 }], [{ key: 1 }]],
  affinity: ['x', { nodeAfinity: {} }, { nodeAffinity: 'x' }],
  topologySpreadConstraints: ['x', ['x']],
  priorityClassName: noNames,
  schedulerName: noNames,
  runtimeClassName: noNames,
  hostAliases: ['x', [{}], [{ ip: '' }], [{ ip: 'a', hostname: 'b' }], [{ ip: 'a', hostnames: ['A'] }]],
  dnsPolicy: ['clusterFirst', 'x'],
  dnsConfig: ['x', { nameserver: [] }, { nameservers: 'x' }, { options: ['x'] }],
  'metrics.job': [1],
  'metrics.labels': [...noTexts, { 'a-b': 'x' }, { '1a': 'x' }],
  ...monitor('serviceMonitor'),
  ...monitor('podMonitor'),
  'prometheusRule.enabled': noFlags,
  'prometheusRule.namespace': noNames,
  'prometheusRule.labels': noTexts,
  'prometheusRule.annotations': noTexts,
  'prometheusRule.alerts': noFlags,
  'prometheusRule.disabled': ['x', ['AndonDwon']],
  'prometheusRule.runbookUrl': ['wiki', 'ftp://a', 'https://a b', 1],
  'prometheusRule.severities': ['x', { AndonDwon: 'page' }, { AndonDown: '' }],
  'prometheusRule.alertLabels': noTexts,
  'prometheusRule.generated': [{ groups: [] }, ['x']],
  'prometheusRule.groups': ['x', ['x'], [{ name: 'a' }], [{ rules: [] }], [{ name: '', rules: [] }]],
  'networkPolicy.enabled': noFlags,
  'networkPolicy.ingressFrom': noPeers,
  'networkPolicy.egress.enabled': noFlags,
  'networkPolicy.egress.dnsTo': noPeers,
  'networkPolicy.egress.rules': ['x', [{ from: [] }], [{ to: [{ x: {} }] }], [{ ports: ['x'] }]],
  'podDisruptionBudget.enabled': noFlags,
  'podDisruptionBudget.maxUnavailable': [-1, 'one', '1000%', '', 1.5],
  'podDisruptionBudget.minAvailable': [-1, 'one', '1000%', 1.5],
  'dashboards.enabled': noFlags,
  'dashboards.namespace': noNames,
  'dashboards.labels': noTexts,
  'dashboards.annotations': noTexts,
  'argoRollouts.enabled': noFlags,
  'argoRollouts.kind': ['analysisTemplate', ''],
  'argoRollouts.namespaces': ['x', ['A'], [''], ['a', 'a']],
  'argoRollouts.name': noNames,
  'argoRollouts.interval': ['', ...noTimes],
  'argoRollouts.inconclusiveLimit': noWholes,
  'argoRollouts.consecutiveErrorLimit': noWholes,
  'flagger.metricTemplate.enabled': noFlags,
  'flagger.metricTemplate.name': noNames,
  'flagger.metricTemplate.prometheusAddress': ['prometheus:9090', '', 1],
  'test.enabled': noFlags,
  'test.podLabels': noTexts,
  'test.podAnnotations': noTexts,
  extraObjects: ['x', [1]],
};

/** Mappings in which any key may be: of what Kubernetes itself checks, of what a template says more about, and of other charts. */
const open: readonly string[] = [
  'affinity.nodeAffinity',
  'affinity.podAffinity',
  'affinity.podAntiAffinity',
  'dnsConfig.options.*',
  'global',
  'extraContainers.*',
  'extraInitContainers.*',
  'extraObjects.*',
  'extraVolumeMounts.*',
  'extraVolumes.*',
  'extraEnv.*.valueFrom',
  'extraEnvFrom.*.configMapRef',
  'extraEnvFrom.*.secretRef',
  'resources.claims.*',
  'lifecycle.postStart',
  'lifecycle.preStop',
  'persistence.selector.matchExpressions.*',
  'podSecurityContext.sysctls.*',
  ...['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((at) =>
    ['exec', 'grpc', 'httpGet', 'tcpSocket'].map((key) => `${at}.${key}`),
  ),
  ...['networkPolicy.ingressFrom.*', 'networkPolicy.egress.dnsTo.*', 'networkPolicy.egress.rules.*.to.*'].flatMap(
    (at) => ['ipBlock', 'namespaceSelector', 'podSelector'].map((key) => `${at}.${key}`),
  ),
  ...['podSecurityContext', 'securityContext'].flatMap((at) =>
    ['appArmorProfile', 'seLinuxOptions', 'windowsOptions'].map((key) => `${at}.${key}`),
  ),
  ...['podMonitor', 'serviceMonitor'].flatMap((at) => [`${at}.metricRelabelings.*`, `${at}.relabelings.*`]),
  'networkPolicy.egress.rules.*.ports.*',
  'prometheusRule.groups.*',
  'prometheusRule.groups.*.rules.*',
  'rules.files.*',
  'topologySpreadConstraints.*',
];

/** Texts of which the schema says nothing more. */
const anyText =
  `extraEnv.*.value extraEnvFrom.*.prefix httpRoute.parentRefs.*.group httpRoute.parentRefs.*.kind lifecycle.stopSignal metrics.job
  podSecurityContext.seLinuxChangePolicy prometheusRule.generated podSecurityContext.seccompProfile.localhostProfile podSecurityContext.seccompProfile.type
  podSecurityContext.supplementalGroupsPolicy securityContext.procMount securityContext.seccompProfile.localhostProfile
  securityContext.seccompProfile.type service.extraPorts.*.appProtocol tolerations.*.effect tolerations.*.key tolerations.*.operator
  tolerations.*.value`.split(/\s+/);

describe('the schema of the values', () => {
  test('takes the defaults', () => {
    expect(faultsWith('port', 9655)).toEqual([]);
  });

  test('is asked here about each value', () => {
    const leaves = chartValues().filter(({ isGroup }) => !isGroup);
    expect(Object.keys(refused).toSorted()).toEqual(leaves.map(({ path }) => path.join('.')).toSorted());
  });

  test.each(Object.entries(refused))('refuses for %s what it cannot be', (path, values) => {
    const at = `/${path.replaceAll('.', '/')}`;
    const taken = values.filter((value) => !faultsWith(path, value).some((fault) => fault.startsWith(at)));
    expect(taken).toEqual([]);
  });

  test('refuses at each level a key that is not there', () => {
    const unbounded = levelsOf(schema, '').filter(
      ({ level, path }) =>
        (level['additionalProperties'] === undefined || level['additionalProperties'] === true) &&
        // Which of two keys is there says a mapping within one that is bounded.
        !/\.oneOf\d+$/.test(path),
    );
    expect(unbounded.map(({ path }) => path).toSorted()).toEqual(open.toSorted());
    expect(levelsOf(schema, '').length).toBeGreaterThan(80);
  });

  test('says of each value, and of each part of one, which kind it is of, and how small and large numbers are', () => {
    const parts = partsOf(schema, '').filter(({ path }) => !/^(?:settings|definitions)\b/.test(path));
    const kinds = ['type', 'anyOf'];
    expect(parts.filter(({ level }) => !kinds.some((kind) => kind in level)).map(({ path }) => path)).toEqual([]);
    const boundless = parts.filter(({ level }) => [level['type']].flat().includes('integer') && !('minimum' in level));
    expect(boundless.map(({ path }) => path)).toEqual(['persistence.size', 'persistence.emptyDirSizeLimit']);
    const ports = parts.filter(({ path }) => /port$/i.test(path) && !/(?:Only|url)$/i.test(path));
    expect(ports.filter(({ level }) => level['maximum'] !== 65_535).map(({ path }) => path)).toEqual([]);
    expect(parts.length).toBeGreaterThan(250);
  });

  test('takes `null` wherever something may be left out, and nowhere else', () => {
    const faults = levelsOf(schema, '').flatMap(({ path, level }) =>
      Object.entries((level['properties'] ?? {}) as Readonly<Record<string, Schema>>)
        .filter(([, inner]) => !('not' in inner && Object.keys(inner).length === 1))
        .filter(([key, inner]) => {
          const isNeeded = ((level['required'] ?? []) as readonly string[]).includes(key);
          const takesNull = new Ajv({ strict: false }).compile(inner)(null);
          return isNeeded === takesNull;
        })
        .map(([key]) => `${path}.${key}`),
    );
    expect(faults).toEqual([]);
    expect(levelsOf(schema, '').length).toBeGreaterThan(80);
  });

  test('takes any text only where Kubernetes or a template looks at it', () => {
    const bounds = ['pattern', 'enum', 'minLength'];
    const texts = partsOf(schema, '').filter(
      ({ level }) => isOnly(level, 'string') && !bounds.some((key) => key in level),
    );
    // The values of labels, and what stands in lists, are told by what they are in.
    const named = texts.map(({ path }) => path).filter((path) => !path.endsWith('*') && !path.startsWith('settings'));
    expect(named.toSorted()).toEqual(anyText.toSorted());
  });

  test.each([
    ['rules', 'missing property'],
    ['networkPolicy.egress', 'missing property'],
    ['securityContext', 'missing property'],
    ['port', 'missing property'],
  ])('tells whoever takes %s out with null, and no template stumbles', async (path, told) => {
    const set = path === 'rules' ? scenarios.smallest.toSpliced(2, 2) : scenarios.smallest;
    const refusal = await charts.refusal(...set, '--set-json', `${path}=null`);
    expect(refusal).toContain(`${told} '${path.split('.').at(-1) ?? ''}'`);
  });

  test('lets all go that may be empty, and no template stumbles', async () => {
    const needed = new Set(
      levelsOf(schema, '').flatMap(({ path, level }) =>
        ((level['required'] ?? []) as readonly string[]).map((key) => (path === '' ? key : `${path}.${key}`)),
      ),
    );
    const free = chartValues().filter(({ isGroup, path }) => !isGroup && !needed.has(path.join('.')));
    const kept = ['settings', 'rules.files', 'image.repository'];
    const gone = free.map(({ path }) => path.join('.')).filter((path) => !kept.includes(path));
    const all = gone.map((path) => `${path}=null`).join(',');
    const enabled = [
      'checkFirst',
      'serviceMonitor',
      'prometheusRule',
      'networkPolicy',
      'podDisruptionBudget',
      'dashboards',
    ];
    const on = enabled.map((name) => `${name}.enabled=true`).join(',');
    expect(gone.length).toBeGreaterThan(60);
    for (const more of ['argoRollouts.enabled=true', 'flagger.metricTemplate.enabled=true,service.type=NodePort']) {
      const { code, stderr } = await charts.helm('template', ...scenarios.smallest, '--set', `${on},${more},${all}`);
      expect([stderr, code]).toEqual(['', 0]);
    }
  });
});

/** Whether it is of this type, or taken out with `null`. */
function isOnly(level: Schema, type: string): boolean {
  return (
    [level['type']]
      .flat()
      .filter((each) => each !== 'null')
      .join() === type
  );
}
