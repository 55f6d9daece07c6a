import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { chartAlerts } from '../../tools/helm-values.ts';
import { chartsForTests, objectsIn } from './charts.ts';
import { ofKind } from './objects.ts';
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
    ['prometheusRule.groups[0].name=x,prometheusRule.groups[0].rules[0].record=y', 'nobody would get them'],
    [
      'networkPolicy.enabled=true,networkPolicy.egress.enabled=true',
      'would reach neither its sources nor its channels',
    ],
    ['networkPolicy.egress.enabled=true', 'networkPolicy.enabled is false: nothing would be limited'],
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
  ])('%s is refused: %s', async (set, told) => {
    expect(await charts.refusal(...smallest, '--set', set)).toContain(told);
  });

  test.each([
    'rules.configMaps={charts}',
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
