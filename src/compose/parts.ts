import { join } from 'node:path';
import { MemoryStore } from '../adapters/memory/memory-store.ts';
import { createPrometheusSource, type PrometheusSource } from '../adapters/prometheus/source.ts';
import { SqliteStore } from '../adapters/sqlite/sqlite-store.ts';
import { startTracing, type Tracing, type TracingOptions } from '../adapters/tracing/start-tracing.ts';
import type { Log } from '../app/ports/log.ts';
import type { Store } from '../app/ports/store.ts';
import type { ProxySettings, Settings, SourceSettings } from '../config/settings.ts';
import { composeProxy } from './proxy.ts';
import { SettingsError } from './settings-error.ts';

export function composeSource(settings: SourceSettings, proxy?: ProxySettings): PrometheusSource {
  const { timeout, settle, basicAuth, bearerTokenFile, tls, ...rest } = settings;
  const source = createPrometheusSource({
    ...rest,
    timeoutMs: timeout,
    ...composeProxy(proxy),
    ...(basicAuth === undefined ? {} : { basicAuth }),
    ...(bearerTokenFile === undefined ? {} : { bearerTokenFile }),
    ...(tls === undefined ? {} : { tls: withoutUndefined(tls) }),
  });
  return settle === undefined ? source : { ...source, settleMs: settle };
}

/** Rejects with SettingsError when the endpoint is no URL. */
export async function composeTracing(options: TracingOptions): Promise<Tracing> {
  try {
    return await startTracing(options);
  } catch (error) {
    throw new SettingsError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** Rejects with StoreError. */
export async function composeStore(settings: Settings, log: Log): Promise<Store> {
  if (settings.data === ':memory:') return new MemoryStore({ keepsLedgers: false });
  return SqliteStore.open({ directory: join(settings.data), log });
}

function withoutUndefined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as never;
}
