/** What each value of the Helm chart may be, as JSON Schema. `settings` is not among them: its schema is that of the daemon. */
import { chartAlerts } from './helm-values.ts';

type Schema = Readonly<Record<string, unknown>>;

const text = (more: Schema = {}): Schema => ({ type: 'string', ...more });
const flag: Schema = { type: 'boolean' };
const whole = (minimum: number, maximum?: number): Schema => ({
  type: 'integer',
  minimum,
  ...(maximum === undefined ? {} : { maximum }),
});
const oneOf = (...words: readonly string[]): Schema => ({ type: 'string', enum: words });
const list = (items: Schema): Schema => ({ type: 'array', items });
const only = (properties: Readonly<Record<string, Schema>>, required: readonly string[] = []): Schema => ({
  type: 'object',
  additionalProperties: false,
  properties,
  ...(required.length === 0 ? {} : { required }),
});
const texts: Schema = { type: 'object', additionalProperties: { type: 'string' } };
/** Kubernetes checks what is in it. */
const object: Schema = { type: 'object' };
const objects = list(object);

const name = text({ pattern: '^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?)?$' });
const required = text({ pattern: '^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$' });
const key = text({ pattern: '^[A-Za-z0-9._-]{1,253}$' });
const port = whole(1, 65_535);
/** How much of something, as containers ask for it. */
const amount = { type: ['string', 'number'], minimum: 0, pattern: '^[0-9]+(\\.[0-9]+)?([EPTGMK]i?|[munk]|e[0-9]+)?$' };
const amounts: Schema = { type: 'object', additionalProperties: amount };
const quantity = { type: ['string', 'integer'], pattern: '^[0-9]+(\\.[0-9]+)?([EPTGMK]i?|[munk])?$' };
const scrapeTime = text({ pattern: '^([0-9]+(ms|s|m|h))*$' });
const seconds = text({ pattern: '^([0-9]+(ms|s|m|h))+$' });
const url = text({ pattern: '^https?://' });

const network = text({ pattern: '^[0-9a-fA-F.:]+/[0-9]{1,3}$' });
const hostName = text({ pattern: '^(\\*\\.)?[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$' });
const portOrNone: Schema = { type: ['integer', 'null'], minimum: 1, maximum: 65_535 };
const portOrName: Schema = { type: ['integer', 'string'], minimum: 1, maximum: 65_535, minLength: 1 };
/** Whom a NetworkPolicy is about. */
const peer = only({ ipBlock: object, namespaceSelector: object, podSelector: object });
/** A number of pods or a share of them, with 0 as the least. */
const pods = (pattern: string): Schema => ({ type: ['integer', 'string'], minimum: 0, pattern });

const seccomp = only({ type: text(), localhostProfile: text() });
const whoRuns = { runAsNonRoot: flag, runAsUser: whole(0), runAsGroup: whole(0), seccompProfile: seccomp };
const kernel = { seLinuxOptions: object, windowsOptions: object, appArmorProfile: object };
const probe = only({
  httpGet: object,
  exec: object,
  tcpSocket: object,
  grpc: object,
  initialDelaySeconds: whole(0),
  periodSeconds: whole(1),
  timeoutSeconds: whole(1),
  successThreshold: whole(1),
  failureThreshold: whole(1),
  terminationGracePeriodSeconds: whole(1),
});
const monitor = (at: string): Readonly<Record<string, Schema>> => ({
  [`${at}.enabled`]: flag,
  [`${at}.namespace`]: name,
  [`${at}.labels`]: texts,
  [`${at}.annotations`]: texts,
  [`${at}.scheme`]: oneOf('', 'http', 'https'),
  [`${at}.honorLabels`]: flag,
  [`${at}.interval`]: scrapeTime,
  [`${at}.scrapeTimeout`]: scrapeTime,
  [`${at}.relabelings`]: objects,
  [`${at}.metricRelabelings`]: objects,
});

/** By the path of the value, its keys joined by dots. */
export const valueShapes: Readonly<Record<string, Schema>> = {
  mode: oneOf('deployment', 'sidecar'),
  // A template looks at the name, and says what to write.
  'image.repository': text({ pattern: '^\\S*$' }),
  'image.tag': text({ pattern: '^[A-Za-z0-9_.-]{0,128}$' }),
  'image.digest': text({ pattern: '^(sha256:[0-9a-f]{64})?$' }),
  'image.pullPolicy': oneOf('Always', 'IfNotPresent', 'Never'),
  imagePullSecrets: list(only({ name: required }, ['name'])),
  'global.imageRegistry': text({ pattern: '^([a-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)*/?)?$' }),
  'global.imagePullSecrets': list({ anyOf: [required, only({ name: required }, ['name'])] }),
  nameOverride: name,
  fullnameOverride: { ...name, maxLength: 45 },
  namespaceOverride: text({ pattern: '^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)?$' }),
  commonLabels: texts,
  commonAnnotations: texts,
  settingsConfigMap: name,
  'rules.files': {
    type: 'object',
    // Names are looked at by a template, which can say what to do. So are mappings: Helm makes one of a name with a dot.
    additionalProperties: { type: ['string', 'object'], minLength: 1 },
  },
  'rules.configMaps': list({ anyOf: [required, only({ name: required, optional: flag }, ['name'])] }),
  secrets: {
    type: 'object',
    additionalProperties: only({ secretName: required, keys: list(key) }, ['secretName']),
  },
  'apiToken.secretName': name,
  'apiToken.key': key,
  'checkFirst.enabled': flag,
  'checkFirst.deadlineSeconds': whole(1),
  'checkFirst.optionalConfigMaps': flag,
  'checkFirst.podLabels': texts,
  'checkFirst.podAnnotations': texts,
  'persistence.enabled': { type: ['boolean', 'null'] },
  'persistence.existingClaim': name,
  'persistence.storageClassName': text({ pattern: '^(-|[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?)?$' }),
  'persistence.volumeName': name,
  'persistence.accessModes': {
    ...list(oneOf('ReadWriteOnce', 'ReadWriteOncePod', 'ReadWriteMany')),
    minItems: 1,
  },
  'persistence.size': quantity,
  'persistence.annotations': texts,
  'persistence.labels': texts,
  'persistence.selector': only({ matchLabels: texts, matchExpressions: objects }),
  'persistence.keep': flag,
  'persistence.emptyDirSizeLimit': quantity,
  port,
  'service.enabled': flag,
  'service.type': oneOf('ClusterIP', 'NodePort', 'LoadBalancer'),
  'service.port': port,
  'service.nodePort': portOrNone,
  'service.publishNotReadyAddresses': { type: ['boolean', 'null'] },
  'service.clusterIP': text({ pattern: '^(None|[0-9a-fA-F.:]+)?$' }),
  'service.externalTrafficPolicy': oneOf('', 'Cluster', 'Local'),
  'service.loadBalancerClass': text({ pattern: '^([A-Za-z0-9][A-Za-z0-9./_-]*)?$' }),
  'service.loadBalancerSourceRanges': list(network),
  'service.ipFamilyPolicy': oneOf('', 'SingleStack', 'PreferDualStack', 'RequireDualStack'),
  'service.extraPorts': list(
    only(
      {
        name: text({ pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$', not: { const: 'http' } }),
        port,
        targetPort: portOrName,
        nodePort: port,
        protocol: oneOf('TCP'),
        appProtocol: text(),
      },
      ['name', 'port'],
    ),
  ),
  'service.labels': texts,
  'service.annotations': texts,
  'ingress.enabled': flag,
  'ingress.className': name,
  'ingress.annotations': texts,
  'ingress.hosts': { ...list(hostName), uniqueItems: true },
  'ingress.tls': list(only({ secretName: required, hosts: list(hostName) })),
  'ingress.port': portOrNone,
  'httpRoute.enabled': flag,
  'httpRoute.parentRefs': list(
    only({ group: text(), kind: text(), namespace: required, name: required, sectionName: required, port }, ['name']),
  ),
  'httpRoute.hostnames': { ...list(hostName), uniqueItems: true },
  'httpRoute.annotations': texts,
  'httpRoute.port': portOrNone,
  'sidecar.native': flag,
  'sidecar.selectorLabels': texts,
  'serviceAccount.create': flag,
  'serviceAccount.name': name,
  'serviceAccount.annotations': texts,
  'serviceAccount.automountToken': flag,
  podSecurityContext: only({
    ...whoRuns,
    ...kernel,
    fsGroup: whole(0),
    fsGroupChangePolicy: oneOf('Always', 'OnRootMismatch'),
    supplementalGroups: list(whole(0)),
    supplementalGroupsPolicy: text(),
    sysctls: objects,
    seLinuxChangePolicy: text(),
  }),
  securityContext: only({
    ...whoRuns,
    ...kernel,
    allowPrivilegeEscalation: flag,
    privileged: flag,
    readOnlyRootFilesystem: flag,
    capabilities: only({ drop: list(text()), add: list(text()) }),
    procMount: text(),
  }),
  resources: only({ requests: amounts, limits: amounts, claims: objects }),
  livenessProbe: probe,
  readinessProbe: probe,
  startupProbe: probe,
  // Andon itself takes up to 10.
  terminationGracePeriodSeconds: whole(15),
  extraEnv: list(only({ name: text({ minLength: 1 }), value: text(), valueFrom: object }, ['name'])),
  extraEnvFrom: list(only({ prefix: text(), configMapRef: object, secretRef: object })),
  extraContainers: list({
    type: 'object',
    required: ['name'],
    properties: { name: text({ minLength: 1, not: { const: 'andon' } }) },
  }),
  extraVolumes: list({ type: 'object', required: ['name'], properties: { name: text({ minLength: 1 }) } }),
  extraVolumeMounts: list({
    type: 'object',
    required: ['name', 'mountPath'],
    properties: { name: text({ minLength: 1 }), mountPath: text({ pattern: '^/' }) },
  }),
  extraInitContainers: list({
    type: 'object',
    required: ['name'],
    properties: { name: text({ minLength: 1, not: { const: 'andon' } }) },
  }),
  lifecycle: only({ postStart: object, preStop: object, stopSignal: text() }),
  revisionHistoryLimit: whole(0),
  deploymentAnnotations: texts,
  podAnnotations: texts,
  podLabels: texts,
  nodeSelector: texts,
  tolerations: list(
    only({ key: text(), operator: text(), value: text(), effect: text(), tolerationSeconds: whole(0) }),
  ),
  affinity: only({ nodeAffinity: object, podAffinity: object, podAntiAffinity: object }),
  topologySpreadConstraints: objects,
  priorityClassName: name,
  schedulerName: name,
  runtimeClassName: name,
  hostAliases: list(only({ ip: text({ minLength: 1 }), hostnames: list(hostName) }, ['ip'])),
  dnsPolicy: oneOf('', 'ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'),
  dnsConfig: only({ nameservers: list(text()), searches: list(text()), options: objects }),
  'metrics.job': text(),
  'metrics.labels': {
    type: 'object',
    propertyNames: { pattern: '^[a-zA-Z_][a-zA-Z0-9_]*$' },
    additionalProperties: text(),
  },
  ...monitor('serviceMonitor'),
  ...monitor('podMonitor'),
  'prometheusRule.enabled': flag,
  'prometheusRule.namespace': name,
  'prometheusRule.labels': texts,
  'prometheusRule.annotations': texts,
  'prometheusRule.alerts': flag,
  'prometheusRule.disabled': list(oneOf(...chartAlerts())),
  'prometheusRule.runbookUrl': text({ pattern: '^(https?://\\S+)?$' }),
  'prometheusRule.severities': only(Object.fromEntries(chartAlerts().map((alert) => [alert, text({ minLength: 1 })]))),
  'prometheusRule.alertLabels': texts,
  'prometheusRule.generated': { type: ['string', 'null'] },
  'prometheusRule.groups': list({
    type: 'object',
    required: ['name', 'rules'],
    properties: { name: text({ minLength: 1 }), rules: objects },
  }),
  'networkPolicy.enabled': flag,
  'networkPolicy.ingressFrom': list(peer),
  'networkPolicy.egress.enabled': flag,
  'networkPolicy.egress.dnsTo': list(peer),
  'networkPolicy.egress.rules': list(only({ to: list(peer), ports: objects })),
  'podDisruptionBudget.enabled': flag,
  'podDisruptionBudget.maxUnavailable': pods('^[0-9]{1,3}%$'),
  'podDisruptionBudget.minAvailable': pods('^([0-9]{1,3}%)?$'),
  'dashboards.enabled': flag,
  'dashboards.namespace': name,
  'dashboards.labels': texts,
  'dashboards.annotations': texts,
  'argoRollouts.enabled': flag,
  'argoRollouts.kind': oneOf('AnalysisTemplate', 'ClusterAnalysisTemplate'),
  'argoRollouts.namespaces': { ...list(required), uniqueItems: true },
  'argoRollouts.name': name,
  'argoRollouts.interval': seconds,
  'argoRollouts.inconclusiveLimit': whole(0),
  'argoRollouts.consecutiveErrorLimit': whole(0),
  'flagger.metricTemplate.enabled': flag,
  'flagger.metricTemplate.name': name,
  'flagger.metricTemplate.prometheusAddress': url,
  'test.enabled': flag,
  'test.podLabels': texts,
  'test.podAnnotations': texts,
  extraObjects: list({ type: ['object', 'string'] }),
};
