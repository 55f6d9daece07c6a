import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';

/** A program that listens on a loopback port; dispose of it (`await using`) to end it and remove its folder. */
export interface RealServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Its configuration and data; removed on stop unless the caller chose it. */
  readonly directory: string;
  /** The last lines the program wrote, for a failing test to show. */
  log(): string;
  /** Sends a signal and waits until the process is gone. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Ends the process, by force if it has not gone within 5 s. May be called twice. */
  stop(): Promise<void>;
}

export interface RealServerPlan {
  readonly program: string;
  readonly args: (place: { readonly port: number; readonly directory: string }) => Promise<readonly string[]>;
  readonly readyPath: string;
  /** Fixed for a restart on the same port. */
  readonly port?: number | undefined;
  /** Kept after the stop, for a restart on the same data. */
  readonly directory?: string | undefined;
  /** Prepended to the URL and the ready path. */
  readonly pathPrefix?: string | undefined;
}

const readyWithinMs = 15_000;
const stopWithinMs = 5_000;

/** Starts a program and waits until it says that it is ready; rejects with its log when it does not. */
export async function startRealServer(plan: RealServerPlan): Promise<RealServer> {
  const directory = plan.directory ?? (await mkdtemp(join(tmpdir(), `andon-${plan.program}-`)));
  const removeDirectory = async (): Promise<void> => {
    if (plan.directory === undefined) await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  };
  // A port that is free now may be taken a moment later, so a program that dies at once gets another one.
  for (let attempt = 1; ; attempt++) {
    const port = plan.port ?? (await getPort({ host: '127.0.0.1' }));
    const server = await launch(plan, port, directory, removeDirectory);
    const ready = await becomesReady(server);
    if (ready) return server.server;
    await server.end();
    if (plan.port !== undefined || attempt === 3) {
      await removeDirectory();
      throw new Error(`${plan.program} did not become ready:\n${server.server.log()}`);
    }
  }
}

interface Launched {
  readonly server: RealServer;
  readonly child: ChildProcess;
  readonly readyUrl: string;
  end(): Promise<void>;
}

async function launch(
  plan: RealServerPlan,
  port: number,
  directory: string,
  removeDirectory: () => Promise<void>,
): Promise<Launched> {
  const child = spawn(plan.program, await plan.args({ port, directory }), { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  const keep = (chunk: Buffer): void => {
    lines.push(chunk.toString());
    if (lines.length > 200) lines.shift();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  child.on('error', (error) => lines.push(String(error)));
  const gone = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  // A test run that is torn down must not leave the program behind.
  const killOnExit = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', killOnExit);
  void gone.then(() => process.removeListener('exit', killOnExit));

  const end = async (): Promise<void> => {
    child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), stopWithinMs);
    await gone;
    clearTimeout(force);
  };
  const url = `http://127.0.0.1:${port}${plan.pathPrefix ?? ''}`;
  const stop = async (): Promise<void> => {
    await end();
    await removeDirectory();
  };
  const server: RealServer = {
    url,
    port,
    pid: child.pid ?? 0,
    directory,
    log: () => lines.join(''),
    async kill(signal) {
      child.kill(signal);
      await gone;
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
  return { server, child, readyUrl: `${url}${plan.readyPath}`, end };
}

async function becomesReady({ child, readyUrl }: Launched): Promise<boolean> {
  const until = performance.now() + readyWithinMs;
  while (child.exitCode === null && child.signalCode === null && performance.now() < until) {
    if (await answersOk(readyUrl)) return true;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  return false;
}

async function answersOk(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: 1_000 }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode === 200));
      response.once('error', () => resolve(false));
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(false));
  });
}
