import { describe, expect, test } from '@jest/globals';
import { Checkout } from '../docs/checkout.ts';
import { chartsForTests } from './charts.ts';
import { ofKind, type KubernetesObject, type Labels } from './objects.ts';
import { scenarios } from './scenarios.ts';

const charts = await chartsForTests();

interface Template {
  readonly metadata: { readonly labels: Labels; readonly annotations?: Labels };
  readonly spec: Readonly<Record<string, unknown>> & { readonly containers: readonly { readonly env?: unknown }[] };
}

const { smallest } = scenarios;
const withoutSource = smallest.slice(0, -2);

function templateOf(objects: readonly KubernetesObject[], wanted: string): Template {
  return ofKind(objects, wanted)?.spec?.['template'] as Template;
}

describe('the pod of checkFirst', () => {
  test('gets what the pod of the Deployment gets, but no label that the Service selects', async () => {
    const set = [
      'checkFirst.enabled=true',
      'podLabels.team=sre',
      'commonLabels.unit=shop',
      'podAnnotations.owner=ada',
      'extraEnv[0].name=HTTPS_PROXY',
      'extraEnv[0].value=http://proxy:3128',
      'priorityClassName=high',
      'nodeSelector.disk=fast',
      'tolerations[0].key=own',
      'affinity.nodeAffinity.x=y',
      'topologySpreadConstraints[0].maxSkew=1',
      'imagePullSecrets[0].name=registry',
    ];
    const objects = await charts.objects(...smallest, '--set', set.join(','));
    const [job, deployment] = [templateOf(objects, 'Job'), templateOf(objects, 'Deployment')];
    for (const key of [
      'priorityClassName',
      'nodeSelector',
      'tolerations',
      'affinity',
      'topologySpreadConstraints',
      'imagePullSecrets',
      'securityContext',
    ]) {
      expect([key, job.spec[key]]).toEqual([key, expect.anything()]);
      expect([key, job.spec[key]]).toEqual([key, deployment.spec[key]]);
    }
    expect(job.spec.containers[0]?.env).toEqual([{ name: 'HTTPS_PROXY', value: 'http://proxy:3128' }]);
    expect(job.metadata.labels).toEqual({
      ...deployment.metadata.labels,
      'app.kubernetes.io/name': 'andon-check',
      'sidecar.istio.io/inject': 'false',
    });
    expect(job.metadata.annotations).toEqual({ owner: 'ada', 'linkerd.io/inject': 'disabled' });
  });

  test('keeps other proxies away where values say how', async () => {
    const set = 'checkFirst.enabled=true,checkFirst.podLabels.mesh=off,checkFirst.podAnnotations.mesh=off';
    const { metadata } = templateOf(await charts.objects(...smallest, '--set', set), 'Job');
    expect([metadata.labels['mesh'], metadata.annotations?.['mesh']]).toEqual(['off', 'off']);
  });

  test('goes on without ConfigMaps that may come later where told so, and the Deployment does not', async () => {
    const optionalIn = async (set: string) => {
      const objects = await charts.objects(
        ...smallest,
        '--set',
        `checkFirst.enabled=true,rules.configMaps={own},${set}`,
      );
      return ['Job', 'Deployment'].map((wanted) => {
        const volumes = templateOf(objects, wanted).spec['volumes'] as readonly {
          readonly configMap?: { readonly name: string; readonly optional?: boolean };
        }[];
        return volumes.find(({ configMap }) => configMap?.name === 'own')?.configMap?.optional ?? false;
      });
    };
    expect(await optionalIn('checkFirst.optionalConfigMaps=true')).toEqual([true, false]);
    expect(await optionalIn('checkFirst.optionalConfigMaps=false')).toEqual([false, false]);
  });

  test('checks settings of one’s own where the Deployment reads them', async () => {
    const without = smallest.slice(0, -2);
    const objects = await charts.objects(...without, '--set', 'checkFirst.enabled=true,settingsConfigMap=own');
    for (const wanted of ['Job', 'Deployment']) {
      expect(templateOf(objects, wanted).spec['volumes']).toContainEqual({
        name: 'andon-settings',
        configMap: { name: 'own' },
      });
    }
    expect(objects.filter(({ metadata }) => metadata.name.endsWith('-settings'))).toEqual([]);
  });

  test('runs as a ServiceAccount that is there before, and not as that of the release', async () => {
    const accountWith = async (set: string) =>
      templateOf(await charts.objects(...smallest, '--set', `checkFirst.enabled=true,${set}`), 'Job').spec[
        'serviceAccountName'
      ];
    expect(await accountWith('serviceAccount.create=false,serviceAccount.name=own')).toBe('own');
    expect(await accountWith('serviceAccount.name=own')).toBeUndefined();
  });

  test('passes where the environment names the source, and the rules name it too', async () => {
    const set = 'checkFirst.enabled=true,extraEnv[0].name=ANDON_SOURCE,extraEnv[0].value=http://prometheus:9090';
    const objects = await charts.objects(...withoutSource, '--set', set);
    const dataOf = (name: string) => objects.find(({ metadata }) => metadata.name === name)?.data ?? {};
    expect(dataOf('andon-check-settings')).toEqual(dataOf('andon-settings'));
    const [{ env }] = templateOf(objects, 'Job').spec.containers as [
      { env: readonly { name: string; value: string }[] },
    ];
    await using checkout = await Checkout.make();
    for (const { name, value } of env) checkout.set(name, value);
    await checkout.write('andon.yaml', dataOf('andon-check-settings')['andon.yaml'] ?? '');
    const rules = dataOf('andon-check-rules')['checkout.yaml'] ?? '';
    await checkout.write('mounted.yaml', rules.replace('\nspec:\n', '\nspec:\n  source: default\n'));
    const { code, stdout } = await checkout.run('andon check --settings andon.yaml mounted.yaml');
    expect(stdout).toContain('no problems in 1 file');
    expect(code).toBe(0);
  }, 60_000);
});

describe('the event log', () => {
  const dataVolume = async (...args: readonly string[]) => {
    const objects = await charts.objects(...args);
    const volumes = templateOf(objects, 'Deployment').spec['volumes'] as readonly { readonly name: string }[];
    const claims = objects.filter(({ kind }) => kind === 'PersistentVolumeClaim').length;
    return [claims, volumes.find(({ name }) => name === 'andon-data')];
  };

  test('of a Deployment is on a volume, and that of a sidecar only where somebody asks for it', async () => {
    const emptied = { name: 'andon-data', emptyDir: { sizeLimit: '512Mi' } };
    const shop = ['shop', 'helm/examples/shop', '--namespace', 'shop'];
    expect(await dataVolume(...smallest)).toEqual([
      1,
      { name: 'andon-data', persistentVolumeClaim: { claimName: 'andon-data' } },
    ]);
    expect(await dataVolume(...smallest, '--set', 'persistence.enabled=false')).toEqual([0, emptied]);
    expect(await dataVolume(...shop)).toEqual([0, emptied]);
    const kept = { name: 'andon-data', persistentVolumeClaim: { claimName: 'kept' } };
    expect(await dataVolume(...shop, '--set', 'andon.persistence.existingClaim=kept')).toEqual([0, kept]);
    expect(await dataVolume(...shop, '--set', 'andon.persistence.enabled=true')).toEqual([
      1,
      { name: 'andon-data', persistentVolumeClaim: { claimName: 'shop-andon-data' } },
    ]);
  });
});
