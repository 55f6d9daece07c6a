import * as z from 'zod';
import { dnsLabel, duration, httpUrl, show, text } from '../fields.ts';
import { ChannelSettings } from './channels/channel-settings.ts';
import { GrafanaSettings } from './grafana-settings.ts';
import { HeartbeatSettings } from './heartbeat-settings.ts';
import { FlappingSettings, GroupingSettings } from './telling-settings.ts';
import { RouteSettings } from './route-settings.ts';
import { InboundSettings } from './inbound-settings.ts';
import { ProxySettings } from './proxy-settings.ts';
import { byteSize, concurrency, filePath, headerFiles, headers } from './settings-fields.ts';

const second = 1000;
const minute = 60 * second;

const TlsFile = z.strictObject({
  caFile: filePath().optional().describe('PEM file with the authorities to trust instead of the usual ones.'),
  certFile: filePath().optional().describe('PEM file with the client certificate.'),
  keyFile: filePath().optional().describe('PEM file with the key of the client certificate.'),
  serverName: text({ expected: 'a host name', maxLength: 253 })
    .optional()
    .describe('Name the server must prove, where it is not the one in the URL.'),
  insecureSkipVerify: z
    .boolean({ error: 'expected true or false' })
    .default(false)
    .describe('True accepts any certificate. Anybody in between can then forge readings.'),
});

/** A Prometheus-compatible API. */
export const SourceSettings = z.strictObject({
  name: dnsLabel().default('default').describe('Name that rule files use. Default `default`.'),
  url: httpUrl().describe('Base URL of the API, such as `http://prometheus:9090`.'),
  timeout: duration({ min: 100, max: 2 * minute, what: '`timeout`' })
    .default(10 * second)
    .meta({ description: 'How long one request may take. Default `10s`.' }),
  concurrency: concurrency(64).default(4).describe('Requests under way at once.'),
  maxResponseBytes: byteSize()
    .default(32 * 1_048_576)
    .meta({ description: 'Largest answer that is read, such as `16MiB`. Default `32MiB`.' }),
  basicAuth: z
    .strictObject({
      username: text({ expected: 'a text', maxLength: 256 }).describe('User name.'),
      passwordFile: filePath().describe('File that holds the password; read anew when it changes.'),
    })
    .optional()
    .describe('HTTP basic authentication.'),
  bearerTokenFile: filePath().optional().describe('File that holds a bearer token; read anew when it changes.'),
  headers: headers().default({}).describe('Headers sent with each request, such as `X-Scope-OrgID`. No secrets.'),
  headerFiles: headerFiles().default({}).describe('Headers whose values are read from files.'),
  tls: TlsFile.optional().describe('How to trust the server and prove who Andon is.'),
  onWarnings: z
    .enum(['unknown', 'ignore'])
    .default('unknown')
    .describe(
      'What an answer with warnings (partial data) is worth: `unknown` takes it for no answer, `ignore` for a good one.',
    ),
  settle: duration({ max: 10 * minute, what: '`settle`' })
    .optional()
    .meta({
      description:
        'How late samples may land after their time; steps are read again for as long. One and a half scrape intervals when left out.',
    }),
});
export type SourceSettings = z.infer<typeof SourceSettings>;

const ApiFile = z.strictObject({
  tokenFile: filePath()
    .optional()
    .describe(
      'File that holds the token which requests that change something must carry. Without one, only callers on the same machine may change something, and only while Andon listens on a loopback address.',
    ),
  rateLimit: z
    .int({ error: 'expected a whole number' })
    .min(1, 'expected at least 1')
    .max(100_000, 'expected at most 100000')
    .default(600)
    .describe('Requests that change something which one address may make in a minute.'),
});

/** The settings of the daemon, `andon.yaml`. */
export const SettingsFile = z
  .strictObject({
    rules: z
      .array(filePath(), { error: 'expected a list of files and folders' })
      .min(1, 'name at least one file or folder')
      .default(['rules'])
      .describe('Rule files, and folders that are searched for them.'),
    startWithBadRules: z
      .boolean({ error: 'expected true or false' })
      .default(false)
      .describe(
        'Whether Andon starts although rule files have problems: with the rules that ran before, and where it has none, with what has no problem. Otherwise it says what is wrong and ends.',
      ),
    listen: text({
      expected: 'an address and a port such as 127.0.0.1:9655',
      pattern: /^(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]*):\d{1,5}$/,
    })
      .refine((value) => !(Number(value.slice(value.lastIndexOf(':') + 1)) > 65_535), 'a port is at most 65535')
      .default('127.0.0.1:9655')
      .describe('Address and port of the API, the pages and the metrics. `:9655` listens on every address.'),
    externalUrl: httpUrl().optional().describe('URL under which people reach Andon; links in pages start with it.'),
    grafana: GrafanaSettings.optional().describe(
      "Grafana with Andon's dashboards; the pages link to them. See [dashboards.md](dashboards.md).",
    ),
    data: filePath().default('.andon').describe('Folder of the event log; `:memory:` keeps nothing.'),
    sources: z
      .array(SourceSettings, { error: 'expected a list of sources' })
      .default([])
      .superRefine(uniqueNames('source'))
      .describe('Prometheus-compatible APIs that readings come from.'),
    channels: z
      .array(ChannelSettings, { error: 'expected a list of channels' })
      .default([])
      .superRefine(uniqueNames('channel'))
      .describe('Where pages go.'),
    routes: z
      .array(RouteSettings, { error: 'expected a list of routes' })
      .max(1000)
      .default([])
      .describe(
        'Which incidents go to which channels, in the order in which they are asked; see [routing.md](routing.md). Without any, pages go to the channels of `spec.notify`, or to all.',
      ),
    grouping: GroupingSettings.prefault({}).describe(
      'One outage that many services see is one page that names them; see [silences.md](silences.md).',
    ),
    flapping: FlappingSettings.prefault({}).describe(
      'An incident that goes off and on is told once, and again when it is steady; see [silences.md](silences.md).',
    ),
    heartbeat: HeartbeatSettings.optional().describe(
      'An outside watcher that raises the alarm when Andon falls silent.',
    ),
    proxy: ProxySettings.optional().describe(
      'A forward proxy, by which Andon then reaches sources, channels, the heartbeat and GitHub. Without it they are reached straight: `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` do nothing. See [operating.md](operating.md#behind-a-proxy).',
    ),
    inbound: InboundSettings.prefault({}).describe(
      'Tools that tell of changes by their own webhooks; each is switched off unless it stands here.',
    ),
    api: ApiFile.prefault({}).describe('Who may ask, and how often.'),
    log: z
      .strictObject({
        level: z
          .enum(['debug', 'info', 'warn', 'error'])
          .default('info')
          .describe('Least severe lines that are written.'),
      })
      .prefault({})
      .describe('The log on standard error.'),
    tracing: z
      .strictObject({
        otlpEndpoint: httpUrl()
          .optional()
          .describe('Base URL of an OTLP/HTTP collector; without one nothing is traced.'),
      })
      .prefault({})
      .describe('Traces of polls and pages.'),
  })
  .describe('Settings of the daemon.');
/** Settings with every default filled in. Durations are in ms. */
export type Settings = z.infer<typeof SettingsFile>;

function uniqueNames(kind: string) {
  return (entries: readonly { readonly name: string }[], context: z.core.$RefinementCtx): void => {
    const seen = new Set<string>();
    entries.forEach(({ name }, index) => {
      if (seen.has(name)) {
        const issue = { message: `there are two ${kind}s named ${show(name)}`, params: { code: `duplicate-${kind}` } };
        context.addIssue({ ...issue, code: 'custom', path: [index, 'name'] });
      }
      seen.add(name);
    });
  };
}
