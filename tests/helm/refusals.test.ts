import { globSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { chartAlerts } from '../../tools/helm-values.ts';
import { root } from '../docs/pages.ts';
import { chartsForTests, objectsIn } from './charts.ts';
import { daemonIn, ofKind } from './objects.ts';
import { scenarios } from './scenarios.ts';

const charts = await chartsForTests();

const { smallest } = scenarios;
const sidecar = 'mode=sidecar,sidecar.selectorLabels.app=x';

describe('values that contradict each other', () => {
  test.each([
    ['rules.configMaps={chart}', 'rules.configMaps has "chart", and the files of rules.files are mounted'],
    ['commonLabels.app\\.kubernetes\\.io/instance=prod', 'commonLabels has app.kubernetes.io/instance, by which'],
    ['podLabels.app\\.kubernetes\\.io/name=x', 'podLabels has app.kubernetes.io/name, by which'],
    ['prometheusRule.enabled=true', 'without a scrape of Andon its alert AndonDown fires for ever'],
    ['prometheusRule.generated=groups: []', 'prometheusRule.enabled is false: nobody would get them'],
    [
      'networkPolicy.enabled=true,networkPolicy.egress.enabled=true',
      'would reach neither its sources nor its channels',
    ],
    ['argoRollouts.enabled=true,argoRollouts.namespaces={shop}', 'argoRollouts.namespaces is for argoRollouts.kind'],
    [
      'podDisruptionBudget.enabled=true,podDisruptionBudget.maxUnavailable=0',
      'podDisruptionBudget.maxUnavailable is 0',
    ],
    ['podDisruptionBudget.enabled=true,podDisruptionBudget.maxUnavailable=0%', 'no drain of its node would ever end'],
    [
      'serviceMonitor.enabled=true,serviceMonitor.interval=15s,serviceMonitor.scrapeTimeout=1m',
      'serviceMonitor.scrapeTimeout is 1m, more than serviceMonitor.interval, 15s',
    ],
    [
      'podMonitor.enabled=true,podMonitor.interval=1m,podMonitor.scrapeTimeout=1m500ms',
      'podMonitor.scrapeTimeout is 1m500ms, more than podMonitor.interval, 1m',
    ],
    ['persistence.enabled=false,persistence.existingClaim=kept', 'persistence.existingClaim names kept, and'],
    [`${sidecar},flagger.metricTemplate.enabled=true`, 'flagger.metricTemplate.enabled is for mode deployment'],
    ['flagger.metricTemplate.enabled=true', 'a stopped line would never be seen'],
    [`${sidecar},extraContainers[0].name=x`, 'extraContainers is for mode deployment'],
    ['rules.configMaps={a,b,a}', 'rules.configMaps names "a" twice'],
    ['rules.configMaps[0]=a,rules.configMaps[1].name=a', 'rules.configMaps names "a" twice'],
    ['rules.configMaps[0].name=chart', 'rules.configMaps has "chart", and the files of rules.files are mounted'],
    ['service.labels.app\\.kubernetes\\.io/name=x', 'service.labels has app.kubernetes.io/name, by which'],
    ['extraVolumes[0].name=andon-ca', 'extraVolumes has "andon-ca", and names that begin with `andon-` are the chart'],
    ['metrics.labels.job=x', 'metrics.labels has job: write that as metrics.job'],
    ['prometheusRule.alertLabels.severity=page', 'prometheusRule.alertLabels has severity, and each alert has one'],
    [
      'prometheusRule.enabled=true,podMonitor.enabled=true,prometheusRule.groups[0].name=andon.default,prometheusRule.groups[0].rules[0].record=y',
      'prometheusRule has two groups of the name "andon.default"',
    ],
    [
      'podDisruptionBudget.enabled=true,podDisruptionBudget.minAvailable=1',
      'podDisruptionBudget.minAvailable is 1: there',
    ],
    [
      'podDisruptionBudget.enabled=true,podDisruptionBudget.minAvailable=100%',
      'minAvailable is 100%: there is one pod',
    ],
    [
      'podDisruptionBudget.enabled=true,podDisruptionBudget.minAvailable=1%',
      'Leave it out, and set maxUnavailable to 1',
    ],
    ['service.nodePort=30000', 'service.nodePort is set, and a Service of the type ClusterIP has none'],
    [
      'service.type=NodePort,service.loadBalancerSourceRanges={10.0.0.0/8}',
      'a Service of the type NodePort keeps nobody out',
    ],
    ['service.loadBalancerClass=a', 'service.loadBalancerClass is set, and service.type is ClusterIP'],
    ['service.externalTrafficPolicy=Local', 'nothing comes to a Service of the type ClusterIP from outside'],
    ['service.clusterIP=None,service.type=NodePort', 'service.clusterIP is None, and a Service of the type NodePort'],
    [
      'settingsConfigMap=own',
      'settingsConfigMap names own, and settings has sources beside it, which nobody would read',
    ],
    ['service.extraPorts[0].name=p,service.extraPorts[0].port=9655', 'the Service has a port of this number already'],
    [
      'service.extraPorts[0].name=p,service.extraPorts[0].port=80,service.extraPorts[1].name=p,service.extraPorts[1].port=81',
      'extraPorts has p with the number 81, and the Service has a port of this name already',
    ],
    [
      'service.port=80,service.extraPorts[0].name=p,service.extraPorts[0].port=9655',
      'leads to 9655 in the pod, and that',
    ],
    [
      'port=9000,service.extraPorts[0].name=p,service.extraPorts[0].port=80,service.extraPorts[0].targetPort=9000',
      "that is `port`, Andon's own",
    ],
    ['extraVolumeMounts[0].name=ca,extraVolumeMounts[0].mountPath=/ca', 'extraVolumes has no volume of this name'],
    ...[
      '/var/lib/andon',
      '/var/lib//andon/',
      '/etc/andon',
      '/etc/andon/settings',
      '/etc/andon/rules',
      '/etc/andon/rules/chart',
      '/etc/andon/rules/own',
    ].map((path) => [
      `rules.configMaps={own},extraVolumes[0].name=a,extraVolumeMounts[0].name=a,extraVolumeMounts[0].mountPath=${path}`,
      `extraVolumeMounts has ${path}, where the chart mounts settings, rules or the event log`,
    ]),
    ['ingress.enabled=true', 'ingress.hosts is empty: write `hosts: [andon.example.com]`'],
    ['httpRoute.enabled=true', 'httpRoute.parentRefs is empty: write `parentRefs: [{ name: <the Gateway> }]`'],
    ['ingress.enabled=true,ingress.hosts={a.b},ingress.port=4180', 'ingress.port is 4180, which the Service has not'],
    [
      'ingress.enabled=true,ingress.hosts={a.b},service.enabled=false,test.enabled=false',
      'ingress.enabled needs service',
    ],
    ['apiToken.secretName=x,settings.api.tokenFile=/etc/token', 'both say where the token is'],
    [
      'apiToken.secretName=x,extraEnv[0].name=ANDON_API_TOKEN_FILE,extraEnv[0].value=/etc/token',
      'leave one of them out',
    ],
  ])('%s is refused: %s', async (set, told) => {
    expect(await charts.refusal(...smallest, '--set', set)).toContain(told);
  });

  test.each([
    'rules.configMaps={charts}',
    'prometheusRule.groups[0].name=x,prometheusRule.groups[0].rules[0].record=y',
    'networkPolicy.egress.enabled=true',
    'networkPolicy.ingressFrom[0].namespaceSelector.x=y',
    'networkPolicy.egress.rules[0].ports[0].port=443',
    'networkPolicy.enabled=true,networkPolicy.egress.dnsTo[0].namespaceSelector.x=y',
    'settings.sources=null,settingsConfigMap=own',
    'settings=null,settingsConfigMap=own',
    'settings.sources=null,settings.startWithBadRules=null,settingsConfigMap=own',
    'settings.sources=null,settings.startWithBadRules=false,settingsConfigMap=own',
    'service.extraPorts[0].name=p,service.extraPorts[0].port=80,service.extraPorts[0].targetPort=4180',
    'extraVolumes[0].name=own,extraVolumeMounts[0].name=own,extraVolumeMounts[0].mountPath=/etc/andon/rules/own',
    'extraVolumeMounts[0].name=andon-data,extraVolumeMounts[0].mountPath=/tmp',
    `${sidecar},extraVolumeMounts[0].name=of-the-service,extraVolumeMounts[0].mountPath=/ca`,
    `${sidecar},serviceAccount.create=false`,
    'rules.configMaps[0]=a,rules.configMaps[1].name=b,rules.configMaps[1].optional=true',
    'flagger.metricTemplate.enabled=true,metrics.job=own',
    'service.type=NodePort,service.nodePort=30000',
    'service.type=NodePort,service.externalTrafficPolicy=Local',
    'service.type=LoadBalancer,service.loadBalancerClass=a.b/c',
    'service.clusterIP=None',
    'podDisruptionBudget.enabled=true,podDisruptionBudget.minAvailable=0%',
    'prometheusRule.alertLabels.team=sre',
    'settings.api.tokenFile=/etc/token',
    'prometheusRule.enabled=true,metrics.job=andon',
    'prometheusRule.enabled=true,prometheusRule.disabled={AndonDown}',
    'prometheusRule.enabled=true,prometheusRule.alerts=false,prometheusRule.groups[0].name=x,prometheusRule.groups[0].rules[0].record=y',
    'serviceMonitor.enabled=true,serviceMonitor.interval=1m,serviceMonitor.scrapeTimeout=60s',
    'argoRollouts.enabled=true,argoRollouts.kind=AnalysisTemplate,argoRollouts.namespaces={shop}',
    'podDisruptionBudget.enabled=true,podDisruptionBudget.maxUnavailable=100%',
  ])('%s contradicts nothing', async (set) => {
    const { code, stderr } = await charts.helm('template', ...smallest, '--set', set);
    expect([stderr, code]).toEqual(['', 0]);
  });
});

describe('names that cannot be', () => {
  test.each([
    [
      'rules.files.checkout=x',
      'rules.files has "checkout", and Andon reads only files that end in .yaml or .yml',
      '"checkout.yaml"',
    ],
    ['rules.files.my rules\\.yaml=x', 'rules.files has "my rules.yaml"', '"my-rules-yaml.yaml"'],
    [
      'rules.files.checkout.yaml=x',
      'Helm takes a dot in a name for a step down',
      String.raw`rules.files.checkout\.yaml=`,
    ],
    ['secrets.on_call.secretName=x', 'secrets has "on_call", and that is to be the name of a volume', '"on-call"'],
    [`secrets.${'a'.repeat(49)}.secretName=x`, 'at most 48 lower-case letters', `"${'a'.repeat(48)}"`],
  ])('%s is told what is wrong, and a name that can be', async (set, told, instead) => {
    const stderr = await charts.refusal(...smallest, '--set', set);
    expect(stderr).toContain(told);
    expect(stderr).toContain(instead);
  });

  test.each([
    ['registry.example.com/andon:1.2', 'write image.repository: registry.example.com/andon and image.tag: "1.2"'],
    ['localhost:5000/andon:1.2', 'write image.repository: localhost:5000/andon and image.tag: "1.2"'],
    ['registry/andon@sha256:12', 'write image.repository: registry/andon and image.digest: sha256:12.'],
    ['https://registry.example.com/andon', 'images have no scheme. Write registry.example.com/andon.'],
    [
      'registry.example.com/Andon',
      'images have no upper-case letters in their names: write registry.example.com/andon.',
    ],
    ['registry.example.com/andon/', 'is no name of an image: write it like registry.example.com/andon.'],
  ])('an image that is called %s is told how to call it: %s', async (repository, told) => {
    expect(await charts.refusal(...smallest, '--set', `image.repository=${repository}`)).toContain(told);
  });

  test('a registry with a port is none of them', async () => {
    const text = await charts.template(...smallest, '--set', 'image.repository=localhost:5000/sre_team/andon');
    expect(text).toContain('image: "localhost:5000/sre_team/andon:');
  });

  test.each([
    ['disabled={AndonDwon}', "at '/prometheusRule/disabled/0': value must be one of 'AndonDown'"],
    ['severities.AndonDwon=critical', "at '/prometheusRule/severities': additional properties 'AndonDwon' not allowed"],
  ])('an alert that the chart does not have is refused: prometheusRule.%s', async (set, told) => {
    expect(await charts.refusal(...smallest, '--set', `prometheusRule.${set}`)).toContain(told);
  });

  test('the alerts that may be named are those that are rendered', async () => {
    const set = 'prometheusRule.enabled=true,podMonitor.enabled=true';
    const objects = await charts.objects(...smallest, '--set', set);
    const groups = ofKind(objects, 'PrometheusRule')?.spec?.['groups'] as readonly {
      readonly rules: readonly { readonly alert: string }[];
    }[];
    expect(groups.flatMap(({ rules }) => rules.map(({ alert }) => alert))).toEqual(chartAlerts());
  });
});

describe('rule files that are too many for Kubernetes and Helm', () => {
  const ofBytes = async (bytes: number) => {
    await writeFile(join(charts.path, 'many.yaml'), `# ${'x'.repeat(bytes - 5)}\n#\n`);
    const without = smallest.toSpliced(2, 2);
    return await charts.helm('template', ...without, '--set-file', String.raw`rules.files.many\.yaml=many.yaml`);
  };

  test('are refused, with the way for them', async () => {
    const { code, stderr } = await ofBytes(700_001);
    expect(stderr).toContain('rules.files has 700001 bytes, more than Kubernetes takes in a ConfigMap or Helm keeps');
    expect(stderr).toContain('name these under rules.configMaps');
    expect(code).toBe(1);
  });

  test('and are taken below', async () => {
    expect((await ofBytes(700_000)).stderr).toBe('');
  });
});

describe('a rule file that is none', () => {
  const values = async (yaml: string): Promise<string> => {
    await writeFile(join(charts.path, 'rules-values.yaml'), yaml);
    return await charts.refusal(...smallest, '--values', 'rules-values.yaml');
  };

  test.each([
    ['rules:\n  files:\n    search.yaml:\n      kind: Service\n', 'rules.files.search.yaml is a mapping'],
    ['rules:\n  files:\n    search:\n      kind: Service\n', 'rules.files.search is a mapping'],
    ['rules:\n  files:\n    search:\n      yaml: { kind: Service }\n', 'rules.files.search is a mapping'],
  ])('but a mapping in a values file is to be a text: %j', async (yaml, told) => {
    const refusal = await values(yaml);
    expect(refusal).toContain(told);
    expect(refusal).toContain('write it as text with `|`, that is `search.yaml: |`, and the file below it, indented');
    expect(refusal).not.toContain('--set-file');
  });

  test.each(['rules/search.yaml', 'C:/rules/search.yaml', 'search'])(
    'but the path %s is told to be given with --set-file',
    async (path) => {
      expect(await charts.refusal(...smallest, '--set', String.raw`rules.files.search\.yaml=${path}`)).toContain(
        String.raw`write --set-file instead of --set: --set-file 'rules.files.search\.yaml=<path of the file>'`,
      );
    },
  );
});

describe('files of secrets', () => {
  const token = 'apiToken.secretName=x,apiToken.key=token';
  const file = (path: string) => `settings.heartbeat.urlFile=${path}`;
  const mount = (path: string) =>
    `extraVolumes[0].name=csi,extraVolumeMounts[0].name=csi,extraVolumeMounts[0].mountPath=${path}`;

  test.each([
    [`${token},${file('/run/secrets/andon/api-token/wrongkey')}`, 'write /run/secrets/andon/api-token/token, or set'],
    [file('/run/secrets/andon/token'), 'each Secret is a folder there: write /run/secrets/andon/<name>/<key>'],
    [file('/run/secrets/andon/'), 'each Secret is a folder there'],
    [`${mount('/run/secrets/andon/be')},${file('/run/secrets/andon/beat/url')}`, 'but secrets has no "beat"'],
    [
      'extraEnv[0].name=ANDON_API_TOKEN_FILE,extraEnv[0].value=/run/secrets/andon/api/token',
      'but secrets has no "api"',
    ],
    [`secrets.beat.secretName=x,${mount('/run/secrets/andon/beat')}`, 'the chart mounts a Secret there already'],
    [`${token},${mount('/run/secrets/andon/api-token/')}`, 'the chart mounts a Secret there already'],
  ])('that nothing mounts, or two, are refused: %s', async (set, told) => {
    expect(await charts.refusal(...smallest, '--set', set)).toContain(told);
  });

  test('are told by the keys of the settings, not by what a template says of them', async () => {
    const channel = (webhook: object) => JSON.stringify({ name: 'x', webhook: { url: 'http://x', ...webhook } });
    const set = (webhook: object) => ['--set-json', `settings.channels=[${channel(webhook)}]`];
    const path = '/run/secrets/andon/none/url';
    const named = 'but secrets has no "none"';
    await charts.objects(...smallest, ...set({ template: `See ${path}` }));
    await charts.objects(...smallest, ...set({ template: path }));
    const caFile = ['--set', `settings.sources[0].tls.caFile=${path}`];
    expect(await charts.refusal(...smallest, ...caFile)).toContain(named);
    for (const webhook of [{ headerFiles: { 'X-Of': path } }, { secretFiles: [path] }]) {
      expect(await charts.refusal(...smallest, ...set(webhook))).toContain(named);
    }
  });

  test.each([
    `${token},${file('/run/secrets/andon/api-token/token')}`,
    `${mount('/run/secrets/andon/beat')},${file('/run/secrets/andon/beat/url')}`,
    `${mount('/run/secrets/andon/beat/')},${file('/run/secrets/andon/beat/url')}`,
    `${mount('/run/secrets/andon')},${file('/run/secrets/andon/url')}`,
  ])('that something mounts are taken: %s', async (set) => {
    const { code, stderr } = await charts.helm('template', ...smallest, '--set', set);
    expect([stderr, code]).toEqual(['', 0]);
  });
});

describe('the environment', () => {
  /** Every variable that the sources of Andon name. */
  const variables = [
    ...new Set(
      globSync('src/**/*.ts', { cwd: root }).flatMap(
        (path) => readFileSync(join(root, path), 'utf8').match(/\bANDON_[A-Z_]+\b/g) ?? [],
      ),
    ),
  ];
  const byArgument = ['ANDON_LISTEN', 'ANDON_DATA', 'ANDON_RULES', 'ANDON_SETTINGS'];
  const set = (name: string) => ['--set', `extraEnv[0].name=${name},extraEnv[0].value=http://x`];

  test.each(byArgument)('may not have %s, which the arguments of the container say', async (name) => {
    expect(variables).toContain(name);
    expect(await charts.refusal(...smallest, ...set(name))).toContain(
      `extraEnv has ${name}, and the chart says that in an argument, which wins: write `,
    );
  });

  test('may not have a name like those of Andon that it does not know; those that it knows are all told', async () => {
    const refusal = await charts.refusal(...smallest, ...set('ANDON_LOGLEVEL'));
    expect(refusal).toContain('extraEnv has ANDON_LOGLEVEL, which Andon does not know. It knows ');
    const known = /It knows ([A-Z_, ]+);/.exec(refusal)?.[1]?.split(', ') ?? [];
    expect(known.toSorted()).toEqual(variables.filter((name) => !byArgument.includes(name)).toSorted());
    const all = known.flatMap((name, index) => [
      '--set',
      `extraEnv[${index}].name=${name},extraEnv[${index}].value=http://x`,
    ]);
    expect(await charts.objects(...smallest, ...all)).not.toEqual([]);
  });

  test('tells commands in the container the port, where it is not the usual one', async () => {
    const urlWith = async (...more: readonly string[]) => {
      const { env } = daemonIn(await charts.objects(...smallest, ...more)).container as {
        readonly env?: readonly { readonly name: string; readonly value: string }[];
      };
      return env?.filter(({ name }) => name === 'ANDON_URL').map(({ value }) => value) ?? [];
    };
    expect(await urlWith()).toEqual([]);
    expect(await urlWith('--set', 'port=9000')).toEqual(['http://127.0.0.1:9000']);
    expect(await urlWith('--set', 'port=9000', ...set('ANDON_URL'))).toEqual(['http://x']);
  });
});

describe('Flagger', () => {
  const withHooks = async (dict: string, ...args: readonly string[]) => {
    const file = join(charts.path, 'helm/examples/shop/templates/hooks.yaml');
    const list = `{{- include "andon.flagger.webhooks" (dict ${dict} "service" "shop") | nindent 4 }}`;
    await writeFile(file, `kind: Hooks\nmetadata: { name: hooks }\nspec:\n  list:\n    ${list}\n`);
    const ended = await charts.helm('template', 'shop', 'helm/examples/shop', '--namespace', 'shop', ...args);
    await rm(file);
    return ended;
  };

  test('is not sent to a sidecar, which it scales to 0 before it asks', async () => {
    const { code, stderr } = await withHooks('"andon" .Subcharts.andon');
    expect(stderr).toContain('andon.flagger.webhooks asks a sidecar, and nobody would answer');
    expect(stderr).toContain('(dict "url" "http://andon.andon.svc:9655" "service" …)');
    expect(code).toBe(1);
  });

  test('is sent to a Deployment that is named', async () => {
    const { stdout } = await withHooks('"url" "http://andon.andon.svc:9655/"');
    const hooks = ofKind(objectsIn(stdout), 'Hooks')?.spec?.['list'] as readonly {
      readonly url: string;
    }[];
    expect(new Set(hooks.map(({ url }) => url))).toEqual(
      new Set(['confirm', 'rollback'].map((end) => `http://andon.andon.svc:9655/api/v1/gate/flagger/${end}`)),
    );
  });
});
