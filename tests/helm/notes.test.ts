import { describe, expect, test } from '@jest/globals';
import { chartsForTests } from './charts.ts';
import { scenarios } from './scenarios.ts';

const charts = await chartsForTests();

const { smallest, fleet } = scenarios;

describe('what is told after an installation', () => {
  const notesWith = async (...args: readonly string[]): Promise<string> => {
    const { stdout, stderr, code } = await charts.helm('install', ...args, '--dry-run=client');
    if (code !== 0) throw new Error(stderr);
    return stdout.slice(stdout.indexOf('NOTES:'));
  };

  test('of the smallest one, what is missing', async () => {
    const notes = await notesWith(...smallest);
    for (const told of ['NOBODY IS PAGED', 'Nobody can acknowledge', 'Nobody watches Andon itself']) {
      expect(notes).toContain(told);
    }
  });

  test('of a full one, where the gate is, and nothing that is missing', async () => {
    const notes = await notesWith(...fleet);
    expect(notes).toContain('http://andon.andon.svc:9655/api/v1/gate/<service>');
    expect(notes).not.toMatch(/NOBODY|Nobody|from outside/);
  });

  test.each([
    ['settings.heartbeat.urlFile=/run/secrets/andon/beat/url,secrets.beat.secretName=x', 'Nobody watches Andon itself'],
    ['settings.api.tokenFile=/run/secrets/andon/api/token,secrets.api.secretName=x', 'Nobody can acknowledge'],
    ['extraEnv[0].name=ANDON_API_TOKEN_FILE,extraEnv[0].value=/etc/token', 'Nobody can acknowledge'],
    ['extraEnv[0].name=ANDON_WEBHOOK,extraEnv[0].value=http://on-call', 'NOBODY IS PAGED'],
  ])('with %s, not that %s', async (set, told) => {
    const notes = await notesWith(...smallest, '--set', set);
    expect(notes).not.toContain(told);
    // The others are told as ever.
    expect(notes.match(/NOBODY|Nobody/g)).toHaveLength(2);
  });

  test.each([
    ['service.type=LoadBalancer', 'service.type is LoadBalancer'],
    ['service.type=NodePort', 'service.type is NodePort'],
    ['ingress.enabled=true,ingress.hosts={andon.example.com}', 'ingress.enabled is true'],
    ['httpRoute.enabled=true,httpRoute.parentRefs[0].name=public', 'httpRoute.enabled is true'],
  ])('with %s, that everybody out there can read', async (set, told) => {
    const notes = await notesWith(...smallest, '--set', set);
    expect(notes).toContain(
      `Andon can be reached from outside the cluster: ${told}. Whoever reaches it reads everything`,
    );
  });

  test.each(['ingress.hosts={andon.example.com},ingress', 'httpRoute.parentRefs[0].name=public,httpRoute'])(
    'with a proxy beside it that %s leads to, nothing of that',
    async (way) => {
      const ports = 'service.extraPorts[0].name=proxy,service.extraPorts[0].port=4180';
      const set = `${way}.enabled=true,${ports}`;
      const name = way.replace(/.*,/, '');
      expect(await notesWith(...smallest, '--set', `${set},${name}.port=4180`)).not.toContain('from outside');
      expect(await notesWith(...smallest, '--set', `${set},${name}.port=9655`)).toContain(`${name}.enabled is true`);
    },
  );

  test.each([
    ['networkPolicy.ingressFrom[0].podSelector.x=y', 'networkPolicy.enabled is false, so that networkPolicy limits'],
    ['networkPolicy.egress.enabled=true', 'networkPolicy.enabled is false, so that networkPolicy limits nobody'],
    [
      'networkPolicy.enabled=true,networkPolicy.egress.rules[0].ports[0].port=443',
      'networkPolicy.egress.enabled is false, so that what stands below networkPolicy.egress limits nothing',
    ],
    [
      'prometheusRule.groups[0].name=x,prometheusRule.groups[0].rules[0].record=y',
      'prometheusRule.enabled is false, so that nobody gets the rules of prometheusRule.groups',
    ],
  ])('with %s, what is switched off', async (set, told) => {
    expect(await notesWith(...smallest)).not.toContain('Switched off');
    expect(await notesWith(...smallest, '--set', set)).toContain(`Switched off: ${told}`);
  });

  test('where nothing is kept, what is gone with the pod', async () => {
    expect(await notesWith(...smallest)).not.toContain('emptyDir');
    expect(await notesWith(...smallest, '--set', 'persistence.enabled=false')).toContain(
      'The event log is on an emptyDir: when the pod moves',
    );
  });

  test('where commands find it', async () => {
    const notes = await notesWith(...smallest, '--set', 'fullnameOverride=watch,namespaceOverride=sre,port=9000');
    expect(notes).toContain('Andon runs as the Deployment watch in the namespace sre.');
    expect(notes).toContain('kubectl -n sre rollout status deployment/watch\n');
    expect(notes).toContain('kubectl -n sre port-forward deployment/watch 9000\n');
    expect(notes).toContain('http://127.0.0.1:9000/');
    expect(notes).toContain('http://watch.sre.svc:9655/api/v1/gate/<service>');
  });

  test('of settings that the chart cannot see, nothing that may be false', async () => {
    const without = smallest.slice(0, -2);
    const notes = await notesWith(...without, '--set', 'settingsConfigMap=own');
    expect(notes).not.toMatch(/NOBODY|Nobody/);
    expect(notes).toContain(
      'ConfigMap own, and nothing of `settings` is read: unless `startWithBadRules: true` stands',
    );
    expect(await notesWith(...smallest)).not.toContain('startWithBadRules');
  });

  test('with a scrape of one’s own, the labels that it must give', async () => {
    const set = 'prometheusRule.enabled=true,metrics.job=own,metrics.labels.cluster=eu';
    expect(await notesWith(...smallest, '--set', set)).toContain(
      'The alerts look for a scrape with job="own",cluster="eu", which',
    );
  });
});
