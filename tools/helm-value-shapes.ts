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
const quantity = { type: ['string', 'integer'], pattern: '^[0-9]+(\\.[0-9]+)?([EPTGMK]i?|[munk])?$' };
const scrapeTime = text({ pattern: '^([0-9]+(ms|s|m|h))*$' });
const seconds = text({ pattern: '^([0-9]+(ms|s|m|h))+$' });
const url = text({ pattern: '^https?://' });

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
  [`${at}.interval`]: scrapeTime,
  [`${at}.scrapeTimeout`]: scrapeTime,
  [`${at}.relabelings`]: objects,
  [`${at}.metricRelabelings`]: objects,
});

/** By the path of the value, its keys joined by dots. */
export const valueShapes: Readonly<Record<string, Schema>> = {
  mode: oneOf('deployment', 'sidecar'),
  'image.repository': text({ pattern: '^[^\\s@]*$' }),
  'image.tag': text({ pattern: '^[A-Za-z0-9_.-]{0,128}$' }),
  'image.digest': text({ pattern: '^(sha256:[0-9a-f]{64})?$' }),
  'image.pullPolicy': oneOf('Always', 'IfNotPresent', 'Never'),
  imagePullSecrets: list(only({ name: required }, ['name'])),
  nameOverride: name,
  fullnameOverride: name,
  commonLabels: texts,
  commonAnnotations: texts,
  'rules.files': {
    type: 'object',
    // Names are looked at by a template, which can say what to do. So are mappings: Helm makes one of a name with a dot.
    additionalProperties: { type: ['string', 'object'], minLength: 1 },
  },
  'rules.configMaps': { ...list(required), uniqueItems: true },
  secrets: {
    type: 'object',
    additionalProperties: only({ secretName: required, keys: list(key), optional: flag }, ['secretName']),
  },
  'apiToken.secretName': name,
  'apiToken.key': key,
  'checkFirst.enabled': flag,
  'checkFirst.deadlineSeconds': whole(1),
  'checkFirst.podLabels': texts,
  'checkFirst.podAnnotations': texts,
  'persistence.enabled': { type: ['boolean', 'null'] },
  'persistence.existingClaim': name,
  'persistence.storageClassName': text(),
  'persistence.accessModes': list(oneOf('ReadWriteOnce', 'ReadWriteOncePod', 'ReadWriteMany')),
  'persistence.size': quantity,
  'persistence.annotations': texts,
  'persistence.keep': flag,
  'persistence.emptyDirSizeLimit': quantity,
  port,
  'service.enabled': flag,
  'service.type': oneOf('ClusterIP', 'NodePort', 'LoadBalancer'),
  'service.port': port,
  'service.annotations': texts,
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
  resources: only({ requests: object, limits: object, claims: objects }),
  livenessProbe: probe,
  readinessProbe: probe,
  startupProbe: probe,
  // Andon itself takes up to 10.
  terminationGracePeriodSeconds: whole(15),
  extraEnv: list(only({ name: text({ minLength: 1 }), value: text(), valueFrom: object }, ['name'])),
  extraVolumes: objects,
  extraVolumeMounts: objects,
  podAnnotations: texts,
  podLabels: texts,
  nodeSelector: texts,
  tolerations: list(
    only({ key: text(), operator: text(), value: text(), effect: text(), tolerationSeconds: whole(0) }),
  ),
  affinity: only({ nodeAffinity: object, podAffinity: object, podAntiAffinity: object }),
  topologySpreadConstraints: objects,
  priorityClassName: name,
  'metrics.job': text(),
  ...monitor('serviceMonitor'),
  ...monitor('podMonitor'),
  'prometheusRule.enabled': flag,
  'prometheusRule.namespace': name,
  'prometheusRule.labels': texts,
  'prometheusRule.alerts': flag,
  'prometheusRule.disabled': list(oneOf(...chartAlerts())),
  'prometheusRule.severities': only(Object.fromEntries(chartAlerts().map((alert) => [alert, text({ minLength: 1 })]))),
  'prometheusRule.alertLabels': texts,
  'prometheusRule.generated': text(),
  'prometheusRule.groups': list({
    type: 'object',
    required: ['name', 'rules'],
    properties: { name: text({ minLength: 1 }), rules: objects },
  }),
  'networkPolicy.enabled': flag,
  'networkPolicy.ingressFrom': objects,
  'networkPolicy.egress.enabled': flag,
  'networkPolicy.egress.dnsTo': objects,
  'networkPolicy.egress.rules': objects,
  'podDisruptionBudget.enabled': flag,
  'podDisruptionBudget.maxUnavailable': { type: ['integer', 'string'] },
  'podDisruptionBudget.minAvailable': { type: ['integer', 'string'] },
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
};
