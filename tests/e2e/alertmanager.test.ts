import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Incident } from '../support/andon-client.ts';
import { AndonProcess } from '../support/andon-process.ts';
import { startAlertmanager } from '../support/alertmanager-server.ts';
import { startPrometheus } from '../support/prometheus-server.ts';
import type { RealServer } from '../support/real-server.ts';
import { pause, until } from '../support/until.ts';
import { WebhookReceiver } from '../support/webhook-receiver.ts';
import { openShop, shopRules } from './shop.ts';
import { holds } from './story.ts';

/** How long an alert lasts that is not sent again: four times `resendEvery`. */
const lastsMs = 12_000;

interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL: string;
}

interface Told extends Alert {
  readonly status: 'firing' | 'resolved';
}

const cleanUp = new AsyncDisposableStack();
let andon: AndonProcess;
let alertmanager: RealServer;
/** The other one of the cluster. */
let replica: RealServer;
/** What Alertmanager notifies. */
let onCall: WebhookReceiver;

/** What was seen, in the order in which it came about. */
let opened: { readonly incident: Incident; readonly active: readonly Alert[] };
let inReplica: readonly Alert[];
let long: readonly Alert[];
let escalated: readonly Alert[];
let restarted: readonly Told[];
let backAgain: readonly Alert[];
let closed: { readonly incident: Incident; readonly active: readonly Alert[]; readonly inReplica: readonly Alert[] };
let metrics: string;

async function active(server = alertmanager): Promise<readonly Alert[]> {
  const response = await fetch(`${server.url}/api/v2/alerts?active=true`, { signal: AbortSignal.timeout(5_000) });
  return (await response.json()) as readonly Alert[];
}

async function activeOnce(what: string, isIt: (alerts: readonly Alert[]) => boolean): Promise<readonly Alert[]> {
  return await until(
    async () => {
      const alerts = await active();
      return isIt(alerts) ? alerts : undefined;
    },
    { what, withinMs: 25_000, explain: () => `${andon.tail()}\n${alertmanager.log()}` },
  );
}

/** Each alert of each notification, in order. */
function told(): readonly Told[] {
  return onCall.requests.flatMap(({ text }) => (JSON.parse(text) as { alerts: readonly Told[] }).alerts);
}

async function toldOnce(status: Told['status'], severity: string): Promise<void> {
  await until(() => told().find((each) => each.status === status && each.labels['severity'] === severity), {
    what: `${status} ${severity} behind Alertmanager`,
    withinMs: 25_000,
    explain: () => alertmanager.log(),
  });
}

async function onlyIncident(): Promise<Incident> {
  const [incident, ...others] = await andon.api.incidents();
  if (incident === undefined || others.length > 0) throw new Error('expected exactly one incident');
  return incident;
}

const severities = (alerts: readonly Alert[]) => alerts.map(({ labels }) => labels['severity']);

beforeAll(async () => {
  const shop = cleanUp.use(await openShop());
  const prometheus = cleanUp.use(await startPrometheus({ jobs: [{ job: 'shop', targets: [shop.target.address] }] }));
  onCall = cleanUp.use(await WebhookReceiver.start());
  const config = {
    global: { resolve_timeout: '2s' },
    route: {
      receiver: 'on-call',
      group_by: ['service'],
      group_wait: '100ms',
      group_interval: '500ms',
      repeat_interval: '1h',
    },
    receivers: [{ name: 'on-call', webhook_configs: [{ url: `${onCall.origin}/`, send_resolved: true }] }],
  };
  alertmanager = await startAlertmanager({ config });
  cleanUp.defer(async () => await alertmanager.stop());
  replica = cleanUp.use(await startAlertmanager());
  const rules = JSON.parse(shopRules({ watch: '2m', bound: 0.6 })) as {
    spec: { stopTheLine: Record<string, unknown>[] };
  };
  rules.spec.stopTheLine.unshift({ name: 'degraded', when: 'success.over("3s") < 0.95', severity: 'ticket' });
  await shop.target.scraped(2);
  andon = cleanUp.use(
    await AndonProcess.start({
      rules: { 'shop.yaml': JSON.stringify(rules) },
      settings: {
        sources: [{ url: prometheus.url }],
        externalUrl: 'https://andon.example.com',
        channels: [{ name: 'on-call', alertmanager: { urls: [alertmanager.url, replica.url], resendEvery: '3s' } }],
      },
    }),
  );
  await holds(andon);

  shop.fail(0.2);
  const firing = await activeOnce('the alert', (alerts) => alerts.length > 0);
  opened = { incident: await onlyIncident(), active: firing };
  await toldOnce('firing', 'ticket');
  // Beyond both the resolve_timeout of Alertmanager and the time that a single send lasts.
  await pause(lastsMs + 2_000);
  long = await active();
  inReplica = await active(replica);

  shop.fail(0.8);
  escalated = await activeOnce('the escalated alert alone', (alerts) => severities(alerts).join() === 'page');
  await toldOnce('firing', 'page');
  await toldOnce('resolved', 'ticket');

  await andon.end('SIGKILL');
  await andon.launch();
  await andon.ready();
  await pause(lastsMs);
  restarted = told();

  await alertmanager.stop();
  alertmanager = await startAlertmanager({ config, port: alertmanager.port });
  backAgain = await activeOnce('the alert after the loss', (alerts) => alerts.length > 0);
  metrics = await andon.api.metrics();

  shop.fail(0);
  await toldOnce('resolved', 'page');
  closed = { incident: await onlyIncident(), active: await active(), inReplica: await active(replica) };
}, 150_000);
afterAll(async () => cleanUp.disposeAsync(), 20_000);

test('an open incident is an alert that begins with the onset and leads to it', () => {
  const { incident, active: alerts } = opened;
  expect(alerts).toMatchObject([
    {
      labels: {
        alertname: 'degraded',
        service: 'shop',
        severity: 'ticket',
        owner: 'team-shop',
        incident: incident.id,
      },
      annotations: { runbook_url: 'https://runbooks.example.com/shop', end_state: 'Customers can pay' },
      generatorURL: `https://andon.example.com/incidents/${incident.id}`,
    },
  ]);
  expect(Date.parse(alerts[0]?.startsAt ?? '')).toBeLessThanOrEqual(Date.parse(incident.detectedAt));
  expect(Math.abs(Date.parse(alerts[0]?.startsAt ?? '') - Date.parse(incident.onset.at))).toBeLessThan(5_000);
});

test('it fires for as long as the incident is open, whatever resolve_timeout says', () => {
  expect(severities(long)).toEqual(['ticket']);
  expect(long[0]?.startsAt).toBe(opened.active[0]?.startsAt);
});

test('an escalation takes the place of the alert before it', () => {
  expect(severities(escalated)).toEqual(['page']);
  expect(escalated[0]?.labels).toEqual({ ...opened.active[0]?.labels, severity: 'page' });
});

test('every Alertmanager of a cluster knows the alert, and its end', () => {
  expect(inReplica.map(({ labels, startsAt }) => ({ labels, startsAt }))).toEqual(
    long.map(({ labels, startsAt }) => ({ labels, startsAt })),
  );
  expect(closed.inReplica).toEqual([]);
});

test('a kill of Andon in the middle makes nothing flap', () => {
  const before = restarted.map(({ status, labels }) => `${status} ${labels['severity']}`);
  // The receiver may hear of both in one message or in two, but of each once.
  expect(new Set(before)).toEqual(new Set(['firing ticket', 'firing page', 'resolved ticket']));
  expect(before.filter((each) => each === 'resolved ticket')).toHaveLength(1);
});

test('an Alertmanager that lost its state has the alert back', () => {
  expect(severities(backAgain)).toEqual(['page']);
  expect(backAgain[0]?.labels).toEqual(escalated[0]?.labels);
});

test('the end arrives behind Alertmanager with the times of the incident', () => {
  const { incident, active: alerts } = closed;
  expect(alerts).toEqual([]);
  const last = told().findLast(({ labels }) => labels['severity'] === 'page');
  expect(last).toMatchObject({ status: 'resolved', labels: { incident: incident.id } });
  expect(Date.parse(last?.endsAt ?? '')).toBe(Date.parse(incident.recoveredAt ?? ''));
});

test('what is sent again is counted, and nothing of it is a notification', () => {
  const value = (series: string) =>
    Number(
      metrics
        .split('\n')
        .find((line) => line.startsWith(`${series} `))
        ?.split(' ')
        .at(-1),
    );
  expect(value('andon_notification_resends_total{channel="on-call",outcome="accepted"}')).toBeGreaterThan(2);
  // The page before the kill, and nothing since.
  expect(value('andon_notifications_total{channel="on-call",outcome="delivered"}')).toBe(0);
});
