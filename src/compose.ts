import { join } from 'node:path';
import { systemClock } from './adapters/clock/system-clock.ts';
import { createKeptFiles } from './adapters/files/kept-files.ts';
import { createHttpServer, type Address, type Admission, type HttpServer } from './adapters/http/http-server.ts';
import { createPrometheusTelemetry } from './adapters/metrics/prometheus-telemetry.ts';
import { createPinoLog } from './adapters/pino-log/pino-log.ts';
import { tracingEndpoint } from './adapters/tracing/start-tracing.ts';
import { currentSpan, traced } from './adapters/tracing/traced.ts';
import { tracedChannel } from './adapters/tracing/traced-channel.ts';
import { tracedSource } from './adapters/tracing/traced-source.ts';
import { Daemon } from './app/daemon.ts';
import { DegradableStore } from './app/recording/degradable-store.ts';
import { measuredSource } from './app/sources/measured-source.ts';
import type { Log } from './app/ports/log.ts';
import { untraced } from './app/ports/trace.ts';
import type { ReloadResult } from './app/views/status-view.ts';
import { createConfiguration, missingSource, type SettingsReader } from './compose/configuration.ts';
import { composeChannel } from './compose/channels.ts';
import { createCurrentGitHubApp } from './compose/github.ts';
import { composeHeartbeat } from './compose/heartbeat.ts';
import { composeSource, composeStore, composeTracing } from './compose/parts.ts';
import { proxyVariables } from './compose/proxy.ts';
import { SettingsError } from './compose/settings-error.ts';
import type { Settings } from './config/settings.ts';

/** The daemon as `andon run` holds it. */
export interface Running {
  readonly address: Address;
  readonly log: Log;
  reload(): Promise<ReloadResult>;
  /** Stops polling and serving and lets deliveries under way finish, within the bound. May be called twice. */
  stop(deadlineMs: number): Promise<void>;
}

export interface RunEnvironment {
  readonly version: string;
  /** Reads the settings again, for a reload. */
  readonly settingsReader: SettingsReader;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The composition root: makes every part that the settings name, starts them, and undoes what it started when one fails.
 * Rejects with SettingsError, StoreError, ConfigurationRefusedError or HttpListenError, whose messages are for people.
 */
export async function startAndon(settings: Settings, environment: RunEnvironment): Promise<Running> {
  const undo = new AsyncDisposableStack();
  try {
    return await startParts(settings, environment, undo);
  } catch (error) {
    await undo.disposeAsync();
    throw error;
  }
}

/** Starts part after part; whatever has started leaves in `undo` how to stop it. */
async function startParts(
  settings: Settings,
  { version, env, settingsReader }: RunEnvironment,
  undo: AsyncDisposableStack,
): Promise<Running> {
  const missing = missingSource(settings);
  if (missing !== undefined) throw new SettingsError(missing);
  const clock = systemClock;
  const log = createPinoLog({ level: settings.log.level, currentSpan });
  const ignored = settings.proxy === undefined ? proxyVariables(env) : [];
  // Never their values, which may hold a password.
  if (ignored.length > 0)
    log.warn('variables of the environment name a proxy and do nothing: give it as proxy in the settings', {
      variables: ignored.join(', '),
    });
  const endpoint = settings.tracing.otlpEndpoint ?? tracingEndpoint(env);
  const tracing = await composeTracing({
    serviceName: env['OTEL_SERVICE_NAME'] ?? 'andon',
    version,
    log,
    ...(endpoint === undefined ? {} : { endpoint }),
  });
  undo.defer(async () => await tracing.stop());
  const telemetry = createPrometheusTelemetry({ version, nodeVersion: process.version, now: () => clock.now() });

  const store = await DegradableStore.over(await composeStore(settings, log), {
    clock,
    log,
    onHealth: (health) => {
      telemetry.storeHealth(health.degraded);
    },
  });
  undo.defer(async () => await store.close());
  telemetry.storeHealth(false);
  const isTraced = endpoint !== undefined;
  let http: HttpServer | undefined;
  let { inbound, grafana } = settings;
  const github = createCurrentGitHubApp(clock);
  undo.defer(async () => await github.close());
  const configuration = createConfiguration({
    settings,
    reader: settingsReader,
    clock,
    log,
    makeSource: ({ settings: each, proxy }) => {
      const source = composeSource(each, proxy);
      return {
        part: {
          source: measuredSource(isTraced ? tracedSource(source) : source, telemetry, clock),
          pollDeadlineMs: 1.5 * each.timeout,
        },
        close: async () => await source.close(),
      };
    },
    makeChannel: ({ settings: each, proxy }) => {
      const channel = composeChannel(each, clock, log, proxy);
      return { part: isTraced ? tracedChannel(channel) : channel, close: async () => await channel.close() };
    },
    makeHeartbeat: ({ settings: each, proxy }) => composeHeartbeat(each, clock, proxy),
    ...(settings.data === ':memory:' ? {} : { keptRules: createKeptFiles(join(settings.data, 'rules-that-ran.json')) }),
    onTaken: (now) => {
      log.setLevel(now.log.level);
      http?.admit(admissionOf(now));
      ({ inbound, grafana } = now);
      github.use(now);
    },
  });
  undo.defer(async () => await configuration.close());
  const daemon = await Daemon.start({
    version,
    store,
    configuration,
    clock,
    log,
    telemetry,
    trace: isTraced ? traced : untraced,
    random: Math.random,
    protectionAnswerer: github.current,
  });
  undo.defer(async () => await daemon.stop(2_000));

  const server = createHttpServer(
    { listen: listenAddress(settings.listen), version, ...admissionOf(settings) },
    {
      services: () => daemon.views(),
      incidents: daemon.book,
      responder: daemon.responder,
      gates: daemon.gates,
      protections: daemon.protections,
      silences: daemon.silences,
      delivery: daemon.delivery,
      changes: daemon.changeDesk,
      inbound: () => inbound,
      grafana: () => grafana,
      alerts: daemon.alerts,
      remoteActs: daemon.remoteActs,
      testChannel: async (test) => await daemon.paging.test(test),
      shadows: daemon.shadows,
      status: () => daemon.status(),
      readiness: () => daemon.readiness(),
      reload: async () => await daemon.reload(),
      scrape: async () => {
        telemetry.gates(daemon.gates.answers());
        telemetry.silences(daemon.silences.standing());
        return await telemetry.scrape();
      },
      telemetry,
      log,
      now: () => clock.now(),
    },
  );
  http = server;
  const address = await server.start();
  undo.use(server);
  log.info('Andon is up', { url: address.url, version });

  const everything = undo.move();
  let stopped: Promise<void> | undefined;
  return {
    address,
    log,
    reload: async () => await daemon.reload(),
    stop: async (deadlineMs) => {
      stopped ??= (async () => {
        await server.stop();
        await daemon.stop(deadlineMs);
        await everything.disposeAsync();
      })();
      await stopped;
    },
  };
}

/** Who may change something by the API, and how often. */
function admissionOf({ api }: Settings): Admission {
  return { changesPerMinute: api.rateLimit, ...(api.tokenFile === undefined ? {} : { tokenFile: api.tokenFile }) };
}

function listenAddress(listen: string): { host?: string; port: number } {
  const colon = listen.lastIndexOf(':');
  const host = listen.slice(0, colon).replaceAll(/[[\]]/g, '');
  return { ...(host === '' ? {} : { host }), port: Number(listen.slice(colon + 1)) };
}
