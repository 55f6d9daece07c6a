import { createHmac } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AndonProcess, runCli } from '../support/andon-process.ts';
import { appId, appKey, installation } from '../support/github-server.ts';
import { startPrometheus } from '../support/prometheus-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { until } from '../support/until.ts';
import { WebhookReceiver, type Answerer } from '../support/webhook-receiver.ts';
import { openShop, shopRules } from './shop.ts';
import { holds } from './story.ts';

/** What every secret holds, so that one look finds each. */
const mark = 'T0KEN';
/** Secrets, by the name of the file that holds them; those of fixed forms have a mark of their own. */
const secrets = {
  api: `${mark}-of-the-api`,
  password: `${mark}-password`,
  bearer: `${mark}-bearer`,
  header: `${mark}-in-a-header`,
  authorization: `Bearer ${mark}-of-a-channel`,
  signing: 'whsec_VDBLRU4tVDBLRU4tVDBLRU4tVDBLRU4tVDBLRU4=',
  routing: 'R0T0KEN0123456789abcdefABCDEF012',
  github: `${mark}-of-github`,
  flagger: `${mark}-of-flagger`,
  argocd: `${mark}-of-argocd`,
  cdevents: `${mark}-of-cdevents`,
  changes: `${mark}-of-changes`,
  subscription: `${mark}-of-a-subscription`,
  alerts: `${mark}-of-alerts`,
  pem: appKey.privateKey,
} as const;
const pemLine = appKey.privateKey.split('\n')[3] ?? '';
/** The key in another form, and the tokens that are made from it. */
const marks = [mark, secrets.signing.slice(6), pemLine, 'eyJhbGciOiJSUzI1Ni'];

const cleanUp = new AsyncDisposableStack();
/** Where something was said, and what. */
const said: [string, string][] = [];
const channels = ['webhook', 'alertmanager', 'slack', 'teams', 'pagerduty', 'cdevents'];
let echoed = 0;

/** Says back whatever it was sent, in every form that some API gives its errors. */
const echo =
  (status: number): Answerer =>
  ({ path, headers, text }) => {
    echoed += 1;
    const all = `${path} ${Object.values(headers).join(' ')} ${text}`;
    const body = JSON.stringify({ status: 'error', errorType: 'bad_data', error: all, message: all, errors: [all] });
    return { kind: 'answer', status, headers: { location: `http://127.0.0.1:1${path}` }, body };
  };

beforeAll(async () => {
  const shop = cleanUp.use(await openShop());
  const prometheus = cleanUp.use(await startPrometheus({ jobs: [{ job: 'shop', targets: [shop.target.address] }] }));
  const folder = cleanUp.use(await temporaryDirectory());
  const bad = cleanUp.use(await WebhookReceiver.start());
  const moved = cleanUp.use(await WebhookReceiver.start());
  bad.answer = echo(400);
  moved.answer = echo(307);
  const file = (name: string): string => join(folder.path, name);
  for (const [name, text] of Object.entries(secrets)) await writeFile(file(name), `${text}\n`);
  const secretUrl = async (name: string, { origin }: WebhookReceiver): Promise<string> => {
    await writeFile(file(name), `${origin}/${mark}-in-a-path?sig=${mark}-in-a-query`);
    return file(name);
  };
  const headerFiles = { authorization: file('authorization'), 'x-key': file('header') };
  const to = async (receiver: WebhookReceiver, which: string) => {
    const urlFile = await secretUrl(`url-${which}`, receiver);
    return [
      { name: `webhook-${which}`, webhook: { urlFile, secretFiles: [file('signing')], headerFiles } },
      { name: `alertmanager-${which}`, alertmanager: { url: receiver.origin, resendEvery: '1s', headerFiles } },
      { name: `slack-${which}`, slack: { urlFile, headerFiles } },
      { name: `teams-${which}`, teams: { urlFile, headerFiles } },
      {
        name: `pagerduty-${which}`,
        pagerduty: { url: receiver.origin, routingKeyFile: file('routing'), headerFiles },
      },
      { name: `cdevents-${which}`, cdevents: { urlFile, environment: 'eu', headerFiles } },
    ];
  };
  const services = { 'octo/web': 'shop' };
  await shop.target.scraped(2);
  const andon = cleanUp.use(
    await AndonProcess.prepare({
      rules: Object.fromEntries(
        [['shop', 'default'], ...['basic', 'bearer', 'headers'].map((name) => [name, name])].map(([name, source]) => [
          `${name}.yaml`,
          shopRules({ name: name ?? '', source: source ?? '' }),
        ]),
      ),
      settings: {
        sources: [
          { url: prometheus.url },
          {
            name: 'basic',
            url: `${bad.origin}/prometheus`,
            basicAuth: { username: 'andon', passwordFile: file('password') },
          },
          { name: 'bearer', url: moved.origin, bearerTokenFile: file('bearer') },
          { name: 'headers', url: bad.origin, headerFiles: { 'x-scope': file('header') } },
        ],
        channels: [...(await to(bad, 'refusing')), ...(await to(moved, 'moved'))],
        heartbeat: { urlFile: await secretUrl('url-heartbeat', bad), every: '10s', headerFiles },
        inbound: {
          github: {
            secretFile: file('github'),
            services,
            app: { id: appId, privateKeyFile: file('pem'), apiUrl: bad.origin },
          },
          flagger: { tokenFile: file('flagger') },
          argocd: { tokenFile: file('argocd') },
          cdevents: { tokenFile: file('cdevents') },
          pagerdutyChanges: { tokenFile: file('changes') },
          pagerduty: { secretFiles: [file('subscription')] },
          alertmanager: { tokenFile: file('alerts') },
        },
        api: { tokenFile: file('api') },
        log: { level: 'debug' },
      },
    }),
  );
  await andon.launch();
  await holds(andon);
  shop.fail(0.5);
  const patience = { withinMs: 30_000, explain: () => andon.tail() };
  const record = await until(
    async () => {
      const [incident] = await andon.api.incidents();
      if (incident === undefined) return undefined;
      const { timeline } = await andon.api.incident(incident.id);
      // Each channel refused, or led elsewhere.
      return timeline.filter(({ type }) => type === 'undeliverable').length >= 2 * channels.length
        ? incident.id
        : undefined;
    },
    { what: 'every channel to have refused its page', ...patience },
  );

  const keep = (where: string, text: string): void => void said.push([where, text]);
  const post = async (path: string, body: string, headers: Record<string, string>): Promise<void> => {
    const response = await fetch(andon.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
    keep(`POST ${path}`, `${response.status} ${[...response.headers].join(' ')} ${await response.text()}`);
  };
  // The right secret and nearly the right one, with a body that fits nothing.
  for (const [path, secret] of [
    ['/api/v1/hooks/flagger', secrets.flagger],
    ['/api/v1/hooks/argocd', secrets.argocd],
    ['/api/v1/hooks/cdevents', secrets.cdevents],
    ['/api/v1/hooks/alertmanager', secrets.alerts],
    ['/api/v1/changes', secrets.api],
    ['/-/reload', secrets.api],
  ] as const) {
    await post(path, '{}', { authorization: `Bearer ${secret}` });
    await post(path, '{}', { authorization: `Bearer ${secret}x` });
  }
  await post('/api/v1/hooks/flagger?token=' + secrets.flagger, '{', {});
  await post('/api/v1/hooks/pagerduty/v2/change/enqueue', JSON.stringify({ routing_key: secrets.changes }), {});
  await post('/api/v1/hooks/pagerduty', '{}', { 'x-pagerduty-signature': 'v1=00' });
  const question = JSON.stringify({
    action: 'requested',
    environment: 'production',
    deployment_callback_url: `${bad.origin}/repos/octo/web/actions/runs/7/deployment_protection_rule`,
    deployment: { id: 1, sha: 'a10867b1', ref: 'main', environment: 'production' },
    repository: { name: 'web', full_name: 'octo/web' },
    installation: { id: installation },
  });
  await post('/api/v1/hooks/github', question, {
    'x-github-event': 'deployment_protection_rule',
    'x-hub-signature-256': `sha256=${createHmac('sha256', secrets.github).update(question).digest('hex')}`,
  });
  await until(() => (bad.requests.some(({ path }) => path.includes('/access_tokens')) ? true : undefined), {
    what: 'a request for a token of the App',
    ...patience,
  });
  for (const kind of channels)
    for (const which of ['refusing', 'moved']) {
      const { stdout, stderr } = await runCli(
        ['notify', 'test', `${kind}-${which}`, '--by', 'Ada', '--url', andon.url, '--token-file', file('api')],
        { env: { NO_COLOR: '1' } },
      );
      keep(`andon notify test ${kind}-${which}`, stdout + stderr);
    }

  const { text: description } = await andon.api.get('/api/v1/openapi.json');
  const { paths } = JSON.parse(description) as { paths: Record<string, object> };
  for (const [path, methods] of [
    ...Object.entries(paths),
    ['/', { get: {} }],
    ['/incidents/{id}', { get: {} }],
  ] as const)
    if ('get' in methods) {
      const asked = path.replace('{id}', record).replace(/\{(?:service|name)\}/, 'shop');
      keep(`GET ${asked}`, (await andon.api.get(asked)).text);
    }
  await andon.end('SIGTERM');
  keep('the log', andon.stderr);
  for (const name of await readdir(andon.dataFolder, { recursive: true }))
    keep(`the file ${name}`, await readFile(join(andon.dataFolder, name), 'latin1').catch(() => ''));
}, 120_000);
afterAll(async () => cleanUp.disposeAsync(), 20_000);

test('no secret shows in the log, the metrics, the pages, the API, the command line or the event log, though receivers say it back', () => {
  expect(echoed).toBeGreaterThan(2 * channels.length);
  expect(said.length).toBeGreaterThan(50);
  expect(said.filter(([where, text]) => text === '' && !where.startsWith('the file'))).toEqual([]);
  const shown = said.flatMap(([where, text]) =>
    marks.flatMap((each) => {
      const at = text.indexOf(each);
      return at < 0 ? [] : [`${where}: ${text.slice(Math.max(0, at - 120), at + 40)}`];
    }),
  );
  expect(shown).toEqual([]);
});

test('each channel says whether it was refused or led elsewhere, which is no secret', () => {
  const log = said.find(([where]) => where === 'the log')?.[1] ?? '';
  for (const kind of channels) {
    expect(said.find(([where]) => where === `andon notify test ${kind}-refusing`)?.[1]).toContain('HTTP 400');
    expect(said.find(([where]) => where === `andon notify test ${kind}-moved`)?.[1]).toMatch(/redirect|307/);
    expect(log).toContain(`${kind}-refusing`);
  }
});
