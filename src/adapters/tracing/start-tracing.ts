import { context, diag, DiagLogLevel, propagation, trace } from '@opentelemetry/api';
import type { Log } from '../../app/ports/log.ts';

export interface TracingOptions {
  /** Base URL of an OTLP/HTTP collector, such as `http://collector:4318`; absent: no tracing, and nothing is loaded. */
  readonly endpoint?: string;
  readonly serviceName: string;
  readonly version: string;
  /** Gets what the exporter complains about, such as a collector that does not answer. */
  readonly log: Log;
}

export interface Tracing {
  /** Sends what is left, for at most five seconds. May be called twice. */
  stop(): Promise<void>;
}

const stopTimeoutMs = 5000;

/** The endpoint that the standard environment variables name, if any. */
export function tracingEndpoint(env: Readonly<Record<string, string | undefined>>): string | undefined {
  if (env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true' || env['OTEL_TRACES_EXPORTER'] === 'none') return undefined;
  const endpoint = env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] ?? env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  return endpoint === undefined || endpoint === '' ? undefined : endpoint;
}

/**
 * Sends spans to an OTLP/HTTP collector. The SDK takes tens of MiB, so it is loaded only when there is an endpoint.
 * Rejects when the endpoint is no http or https URL.
 */
export async function startTracing(options: TracingOptions): Promise<Tracing> {
  if (options.endpoint === undefined) return { stop: async () => await Promise.resolve() };
  const url = tracesUrl(options.endpoint);
  const [{ NodeSDK }, resources, { OTLPTraceExporter }] = await Promise.all([
    import('@opentelemetry/sdk-node'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/exporter-trace-otlp-http'),
  ]);
  complainTo(options.log);
  const sdk = new NodeSDK({
    serviceName: options.serviceName,
    resource: resources
      .defaultResource()
      .merge(resources.resourceFromAttributes({ 'service.version': options.version })),
    resourceDetectors: [resources.envDetector],
    traceExporter: new OTLPTraceExporter({ url }),
    // Metrics are Prometheus', logs are pino's: left to itself the SDK would export both over OTLP as well.
    metricReaders: [],
    logRecordProcessors: [],
  });
  sdk.start();
  let stopped: Promise<void> | undefined;
  return {
    stop: async () => {
      stopped ??= shutDown(async () => await sdk.shutdown(), options.log);
      await stopped;
    },
  };
}

/** The specification appends the path of the signal to a base URL; an endpoint that has it already stays as it is. */
function tracesUrl(endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new Error('the tracing endpoint is no http or https URL; write for instance http://collector:4318');
  }
  if (!url.pathname.endsWith('/v1/traces')) url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/traces`;
  return url.href;
}

function complainTo(log: Log): void {
  const tell = (complaint: string): void => complain(log, complaint);
  const ignore = (): void => undefined;
  diag.setLogger(
    { error: tell, warn: tell, info: ignore, debug: ignore, verbose: ignore },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
}

function complain(log: Log, complaint: string): void {
  log.warn('tracing has a problem', { complaint });
}

async function shutDown(shutdown: () => Promise<void>, log: Log): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, stopTimeoutMs);
  });
  // A collector that is away must not keep Andon from ending; its spans are lost.
  await Promise.race([shutdown().catch((error: unknown) => complain(log, String(error))), timeout]);
  clearTimeout(timer);
  trace.disable();
  context.disable();
  propagation.disable();
  diag.disable();
}
