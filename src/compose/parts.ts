import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MemoryStore } from '../adapters/memory/memory-store.ts';
import { createPrometheusSource, type PrometheusSource } from '../adapters/prometheus/source.ts';
import { SqliteStore } from '../adapters/sqlite/sqlite-store.ts';
import { startTracing, type Tracing, type TracingOptions } from '../adapters/tracing/start-tracing.ts';
import { checkTemplate } from '../adapters/webhook/template.ts';
import { WebhookChannel } from '../adapters/webhook/webhook-channel.ts';
import type { Channel } from '../app/ports/channel.ts';
import type { Clock } from '../app/ports/clock.ts';
import type { Log } from '../app/ports/log.ts';
import type { Store } from '../app/ports/store.ts';
import type { ChannelSettings, Settings, SourceSettings } from '../config/settings.ts';

/** The settings cannot be carried out; the message says what to do. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

export function composeSource(settings: SourceSettings): PrometheusSource {
  const { timeout, settle, basicAuth, bearerTokenFile, tls, ...rest } = settings;
  const source = createPrometheusSource({
    ...rest,
    timeoutMs: timeout,
    ...(basicAuth === undefined ? {} : { basicAuth }),
    ...(bearerTokenFile === undefined ? {} : { bearerTokenFile }),
    ...(tls === undefined ? {} : { tls: withoutUndefined(tls) }),
  });
  return settle === undefined ? source : { ...source, settleMs: settle };
}

/** A channel's settings with the text of its template file in them. Rejects with SettingsError when it cannot be used. */
export async function withTemplate(settings: ChannelSettings): Promise<ChannelSettings> {
  const { templateFile, ...webhook } = settings.webhook;
  if (templateFile === undefined) return settings;
  return { ...settings, webhook: { ...webhook, template: await readTemplate(templateFile) } };
}

/** Throws SettingsError. The template, if any, stands in the settings. */
export function composeChannel({ name, webhook }: ChannelSettings, clock: Clock, log: Log): Channel {
  const { template } = webhook;
  try {
    return new WebhookChannel(
      {
        name,
        ...(webhook.url === undefined ? {} : { url: webhook.url }),
        ...(webhook.urlFile === undefined ? {} : { urlFile: webhook.urlFile }),
        secretFiles: webhook.secretFiles,
        timeoutMs: webhook.timeout,
        concurrency: webhook.concurrency,
        headers: webhook.headers,
        headerFiles: webhook.headerFiles,
        ...(template === undefined ? {} : { template }),
        allowAddresses: webhook.allowAddresses ?? [],
        denyAddresses: webhook.denyAddresses ?? [],
      },
      { clock, log },
    );
  } catch (error) {
    throw new SettingsError(`channel ${name}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

async function readTemplate(path: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new SettingsError(`${path}: the template cannot be read; check that the file exists and Andon may read it`, {
      cause: error,
    });
  }
  const problem = checkTemplate(text);
  if (problem !== undefined) throw new SettingsError(`${path}: ${problem}`);
  return text;
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
