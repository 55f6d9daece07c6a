import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import getPort from 'get-port';

/** The built daemon as a child process. */
export interface AndonProcess extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** The end of its log. */
  log(): string;
  stop(): Promise<void>;
}

export interface AndonProcessOptions {
  /** Where settings and data go. */
  readonly folder: string;
  readonly rules: readonly string[];
  readonly sourceUrl: string;
  readonly webhookUrl?: string;
  /** Node flags on top of those that the program is installed with. */
  readonly nodeFlags?: readonly string[];
  readonly readyWithinMs?: number;
}

export const builtMain = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** Flags in the first line of the built program, so that a bench runs what an installed `andon` runs. */
export async function shippedNodeFlags(): Promise<readonly string[]> {
  return (await firstLineWords()).filter((word) => word.startsWith('--'));
}

/** What the first line puts into the environment. */
async function shippedEnvironment(): Promise<NodeJS.ProcessEnv> {
  const assignments = (await firstLineWords()).map((word) => /^([A-Z_]+)=(.*)$/.exec(word));
  return Object.fromEntries(assignments.filter((match) => match !== null).map(([, name, value]) => [name, value]));
}

async function firstLineWords(): Promise<readonly string[]> {
  const [firstLine = ''] = (await readFile(builtMain, 'utf8')).split('\n', 1);
  return firstLine.split(/\s+/);
}

/** Starts `andon run` from the production build and waits until it says that it is ready. */
export async function startAndon(options: AndonProcessOptions): Promise<AndonProcess> {
  await mkdir(options.folder, { recursive: true });
  const port = await getPort({ host: '127.0.0.1' });
  const settings = join(options.folder, 'andon.yaml');
  await writeFile(
    settings,
    // JSON is YAML.
    JSON.stringify({
      rules: options.rules,
      listen: `127.0.0.1:${port}`,
      data: join(options.folder, 'data'),
      sources: [{ name: 'default', url: options.sourceUrl }],
      channels: options.webhookUrl === undefined ? [] : [{ name: 'bench', webhook: { url: options.webhookUrl } }],
      // Each service's pages are timed by themselves.
      grouping: { within: '0s' },
    }),
  );
  const flags = [...(await shippedNodeFlags()), ...(options.nodeFlags ?? [])];
  const child = spawn(process.execPath, [...flags, builtMain, 'run', '--settings', settings], {
    cwd: options.folder,
    env: { ...process.env, ...(await shippedEnvironment()) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let written = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    written = (written + text).slice(-20_000);
  });
  const gone = once(child, 'close');
  const killOnExit = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', killOnExit);
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), 15_000);
      await gone;
      clearTimeout(force);
    }
    process.removeListener('exit', killOnExit);
  };
  const url = `http://127.0.0.1:${port}`;
  const until = performance.now() + (options.readyWithinMs ?? 60_000);
  while (!(await isReady(url))) {
    if (child.exitCode !== null || performance.now() > until) {
      await stop();
      throw new Error(`andon did not become ready:\n${written}`);
    }
    await sleep(100);
  }
  return { url, pid: child.pid ?? 0, log: () => written, stop, [Symbol.asyncDispose]: stop };
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/-/ready`, { signal: AbortSignal.timeout(5_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
