import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import getPort from 'get-port';
import fetch from 'node-fetch';
import { stringify } from 'yaml';
import { startChild, type Child } from './child.ts';
import { eventually } from './eventually.ts';

/** The daemon as its users run it, with settings of the demo. */
export interface Andon {
  readonly url: string;
  readonly child: Child;
}

const mainFile = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** A new Standard Webhooks secret. */
export function newWebhookSecret(): string {
  return `whsec_${randomBytes(24).toString('base64')}`;
}

/** Starts the daemon on a free loopback port and waits until it says that it is ready. Stop its child when done. */
export async function startAndon(options: {
  readonly rulesFolder: string;
  readonly prometheusUrl: string;
  readonly onCallUrl: string;
  readonly webhookSecret: string;
  /** Where its settings, secret and data go; removed by the caller. */
  readonly folder: string;
  /** What makes waiting for it pointless. */
  readonly unless: readonly Promise<never>[];
  readonly signal: AbortSignal;
}): Promise<Andon> {
  const { folder, signal } = options;
  await mkdir(folder, { recursive: true });
  const secretFile = join(folder, 'webhook-secret');
  await writeFile(secretFile, options.webhookSecret, { mode: 0o600 });
  const settingsFile = join(folder, 'andon.yaml');
  const port = await getPort({ host: '127.0.0.1' });
  await writeFile(
    settingsFile,
    stringify({
      rules: [options.rulesFolder],
      listen: `127.0.0.1:${port}`,
      data: join(folder, 'data'),
      sources: [{ name: 'default', url: options.prometheusUrl }],
      channels: [{ name: 'on-call', webhook: { url: options.onCallUrl, secretFiles: [secretFile] } }],
    }),
  );
  const child = startChild('Andon', process.execPath, [
    '--disable-warning=ExperimentalWarning',
    mainFile,
    'run',
    '--settings',
    settingsFile,
  ]);
  const url = `http://127.0.0.1:${port}`;
  try {
    await eventually(async () => ((await isReady(url)) ? true : undefined), {
      what: 'Andon to be ready',
      withinMs: 30_000,
      unless: [child.crashed, ...options.unless],
      signal,
    });
    return { url, child };
  } catch (error) {
    await child.stop();
    throw error;
  }
}

async function isReady(url: string): Promise<boolean> {
  const response = await fetch(`${url}/-/ready`, { signal: AbortSignal.timeout(5000) });
  const text = await response.text();
  if (!response.ok) throw new Error(text.trim());
  return true;
}
