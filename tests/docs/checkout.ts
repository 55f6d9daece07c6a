import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { programUnderTest } from '../support/program-under-test.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { until } from '../support/until.ts';
import { root } from './pages.ts';

/** What a command line wrote and how it ended. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that was started and goes on. */
export interface Started {
  /** Everything it has written so far. */
  output(): string;
  /** Resolves with the first match of a pattern in its output; rejects when the program ends without it. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** Sends SIGTERM and waits for the end. */
  end(): Promise<number | null>;
}

const endsWithinMs = 30_000;

/** A folder in which the commands of a page find what a reader finds in a checkout, and may write. */
export class Checkout implements AsyncDisposable {
  readonly path: string;
  readonly #folder: AsyncDisposable;
  readonly #started: Started[] = [];
  // A reader has a name, which Andon takes for who acts; a bare container may have none.
  readonly #env: Record<string, string> = { USER: 'ada' };

  private constructor(folder: AsyncDisposable & { readonly path: string }) {
    this.#folder = folder;
    this.path = folder.path;
  }

  static async make(): Promise<Checkout> {
    const checkout = new Checkout(await temporaryDirectory());
    for (const name of ['rules', 'tests', 'node_modules']) await symlink(join(root, name), join(checkout.path, name));
    const bin = join(checkout.path, 'bin');
    await mkdir(bin);
    const node = `exec "${process.execPath}" --disable-warning=ExperimentalWarning`;
    await writeProgram(join(bin, 'node'), `${node} "$@"`);
    await writeProgram(join(bin, 'andon'), `${node} "${await programUnderTest()}" "$@"`);
    return checkout;
  }

  set(variable: string, value: string): void {
    this.#env[variable] = value;
  }

  async write(name: string, text: string): Promise<void> {
    await writeFile(join(this.path, name), text);
  }

  /** Writes a settings file whose absolute paths lead into this folder, where the files it names are. */
  async writeSettings(text: string): Promise<void> {
    const held: Readonly<Record<string, string>> = {
      'webhook-secret': `whsec_${Buffer.alloc(24, 7).toString('base64')}`,
      'on-call-url': 'https://hooks.example.com/on-call',
      // Any certificate will do: these settings are checked, and reach nobody.
      'ca.pem': rootCertificates[0] ?? '',
    };
    await mkdir(join(this.path, 'mounted'), { recursive: true });
    const settings = text.replaceAll(/\/(?:run\/secrets|etc\/andon)\/([\w.-]+)/g, (_path, name: string) =>
      join(this.path, 'mounted', name),
    );
    for (const [, name = ''] of settings.matchAll(/mounted\/([\w.-]+)/g)) {
      await this.write(join('mounted', name), held[name] ?? 'something');
    }
    await this.write('andon.yaml', settings);
  }

  /** Runs a command line in a shell until it ends. */
  async run(command: string): Promise<Outcome> {
    const child = this.#spawn(['sh', '-c', command]);
    const force = setTimeout(() => child.kill('SIGKILL'), endsWithinMs);
    const [stdout, stderr] = [collect(child, ['stdout']), collect(child, ['stderr'])];
    const code = await ending(child);
    clearTimeout(force);
    return { code, stdout: stdout(), stderr: stderr() };
  }

  /** Starts a command line that goes on; it ends with the checkout at the latest. */
  start(command: string): Started {
    const child = this.#spawn(['sh', '-c', `exec ${command}`]);
    const output = collect(child, ['stdout', 'stderr']);
    const ended = ending(child);
    const killOnExit = (): void => void child.kill('SIGKILL');
    process.once('exit', killOnExit);
    void ended.then(() => process.removeListener('exit', killOnExit));
    const started: Started = {
      output,
      printed: async (pattern) =>
        await until(
          () => {
            const match = pattern.exec(output());
            if (match === null && child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
            return match ?? undefined;
          },
          { what: `${pattern.source} from ${command}`, withinMs: endsWithinMs, explain: output },
        ),
      end: async () => {
        child.kill('SIGTERM');
        const force = setTimeout(() => child.kill('SIGKILL'), endsWithinMs);
        const code = await ended;
        clearTimeout(force);
        return code;
      },
    };
    this.#started.push(started);
    return started;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#started.map(async (each) => await each.end()));
    await this.#folder[Symbol.asyncDispose]();
  }

  #spawn([program = '', ...args]: readonly string[]): ChildProcess {
    const kept = Object.entries(process.env).filter(([name]) => !/^(?:ANDON_|OTEL_|NODE_OPTIONS$|JEST_)/.test(name));
    const path = [join(this.path, 'bin'), process.env['PATH'] ?? ''].join(delimiter);
    const env = { ...Object.fromEntries(kept), ...this.#env, PATH: path };
    return spawn(program, args, { cwd: this.path, env, stdio: ['ignore', 'pipe', 'pipe'] });
  }
}

async function writeProgram(path: string, line: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\n${line}\n`);
  await chmod(path, 0o755);
}

function collect(child: ChildProcess, streams: readonly ('stdout' | 'stderr')[]): () => string {
  const chunks: string[] = [];
  for (const stream of streams) child[stream]?.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
  return () => chunks.join('');
}

async function ending(child: ChildProcess): Promise<number | null> {
  return await new Promise((resolve) => {
    child.once('error', () => resolve(127));
    child.once('close', (code) => resolve(code));
  });
}
