import { systemClock } from './adapters/clock/system-clock.ts';
import { createHttpServer, type Address } from './adapters/http/http-server.ts';
import { createPrometheusTelemetry } from './adapters/metrics/prometheus-telemetry.ts';
import { createPinoLog } from './adapters/pino-log/pino-log.ts';
import { tracingEndpoint } from './adapters/tracing/start-tracing.ts';
import { currentSpan, traced } from './adapters/tracing/traced.ts';
import { tracedChannel } from './adapters/tracing/traced-channel.ts';
import { tracedSource } from './adapters/tracing/traced-source.ts';
import { Daemon } from './app/daemon.ts';
import { DegradableStore } from './app/degradable-store.ts';
import { measuredSource } from './app/measured-source.ts';
import type { Log } from './app/ports/log.ts';
import { untraced } from './app/ports/trace.ts';
import type { ReloadResult } from './app/status-view.ts';
import { composeChannel, composeSource, composeStore, composeTracing, SettingsError } from './compose/parts.ts';
import { createRuleFolder } from './compose/rule-folder.ts';
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
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The composition root: makes every part that the settings name, starts them, and undoes what it started when one fails.
 * Rejects with SettingsError, StoreError, RulesRefusedError or HttpListenError, whose messages are for people.
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
  { version, env }: RunEnvironment,
  undo: AsyncDisposableStack,
): Promise<Running> {
  if (settings.sources.length === 0) {
    throw new SettingsError('no source is configured: give --source http://prometheus:9090, or sources in andon.yaml');
  }
  const clock = systemClock;
  const log = createPinoLog({ level: settings.log.level, currentSpan });
  const endpoint = settings.tracing.otlpEndpoint ?? tracingEndpoint(env);
  const tracing = await composeTracing({
    serviceName: env['OTEL_SERVICE_NAME'] ?? 'andon',
    version,
    log,
    ...(endpoint === undefined ? {} : { endpoint }),
  });
  undo.defer(async () => await tracing.stop());
  const telemetry = createPrometheusTelemetry({ version, nodeVersion: process.version, now: () => clock.now() });

  const sources = settings.sources.map((each) => undo.use(composeSource(each)));
  const channels = await Promise.all(settings.channels.map(async (each) => await composeChannel(each, clock, log)));
  const store = await DegradableStore.over(await composeStore(settings), {
    clock,
    log,
    onHealth: (health) => {
      telemetry.storeHealth(health.degraded);
    },
  });
  undo.defer(async () => await store.close());
  telemetry.storeHealth(false);
  if (channels.length === 0) log.warn('no channel is configured: incidents are recorded and nobody is paged');

  let daemon: Daemon | undefined;
  const running = (): Daemon => {
    if (daemon === undefined) throw new Error('the daemon has not started');
    return daemon;
  };
  daemon = await Daemon.start({
    version,
    store,
    rules: createRuleFolder({
      paths: settings.rules,
      sources: settings.sources.map((each) => each.name),
      channels: settings.channels.map((each) => each.name),
      clock,
    }),
    sources: sources.map((source) =>
      measuredSource(endpoint === undefined ? source : tracedSource(source), telemetry, clock),
    ),
    channels: endpoint === undefined ? channels : channels.map(tracedChannel),
    clock,
    log,
    telemetry,
    trace: endpoint === undefined ? untraced : traced,
    random: Math.random,
    ...(settings.externalUrl === undefined ? {} : { externalUrl: settings.externalUrl }),
    staleAfterMs: Math.min(...settings.channels.map((each) => each.webhook.staleAfter), 24 * 3_600_000),
    pollDeadlineMs: 1.5 * Math.max(...settings.sources.map((each) => each.timeout)),
  });
  undo.defer(async () => await running().stop(2_000));

  const http = createHttpServer(
    {
      listen: listenAddress(settings.listen),
      version,
      ...(settings.api.tokenFile === undefined ? {} : { tokenFile: settings.api.tokenFile }),
      changesPerMinute: settings.api.rateLimit,
    },
    {
      services: () => running().views(),
      incidents: daemon.book,
      responder: daemon.responder,
      status: () => running().status(),
      readiness: () => running().readiness(),
      reload: async () => await running().reload(),
      scrape: async () => await telemetry.scrape(),
      telemetry,
      log,
      now: () => clock.now(),
    },
  );
  const address = await http.start();
  undo.use(http);
  log.info('Andon is up', { url: address.url, version });

  const everything = undo.move();
  let stopped: Promise<void> | undefined;
  return {
    address,
    log,
    reload: async () => await running().reload(),
    stop: async (deadlineMs) => {
      stopped ??= (async () => {
        await http.stop();
        await running().stop(deadlineMs);
        await everything.disposeAsync();
      })();
      await stopped;
    },
  };
}

function listenAddress(listen: string): { host: string; port: number } {
  const colon = listen.lastIndexOf(':');
  const host = listen.slice(0, colon).replaceAll(/[[\]]/g, '');
  return { host: host === '' ? '::' : host, port: Number(listen.slice(colon + 1)) };
}
