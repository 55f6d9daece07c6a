import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { andonClient, type AndonClient } from './andon-client.ts';
import { programUnderTest } from './program-under-test.ts';
import { until } from './until.ts';

export interface AndonOptions {
  /** Rule files, by file name. */
  readonly rules: Readonly<Record<string, string>>;
  /** Settings other than `rules`, `listen` and `data`. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Folder of the event log; beside the settings unless told otherwise. */
  readonly data?: string;
  readonly listen?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A program that is to run the daemon, with its arguments, such as a shell that sets a limit. */
  readonly wrapper?: readonly string[];
}

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What one finished command line wrote and how it ended. */
export interface Finished extends Ending {
  readonly stdout: string;
  readonly stderr: string;
}

const readyWithinMs = 30_000;
const endWithinMs = 20_000;

/** Runs one command of the real command line until it ends, in at most 60 s. */
export async function runCli(
  args: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly command?: readonly string[] } = {},
): Promise<Finished> {
  const [program = '', ...before] = options.command ?? [
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    await programUnderTest(),
  ];
  const child = spawn(program, [...before, ...args], {
    env: environment(options.env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stdout = collect(child, 'stdout');
  const stderr = collect(child, 'stderr');
  const force = setTimeout(() => child.kill('SIGKILL'), 60_000);
  const ending = await endingOf(child);
  clearTimeout(force);
  return { ...ending, stdout: stdout(), stderr: stderr() };
}

/** The real daemon as a child process, on settings and data of its own that outlive kills and restarts. */
export class AndonProcess implements AsyncDisposable {
  readonly folder: string;
  readonly dataFolder: string;
  readonly #options: AndonOptions;
  #child: ChildProcess | undefined;
  #ending: Promise<Ending> | undefined;
  #stderr: () => string = () => '';
  #before = '';
  #url = '';

  private constructor(folder: string, options: AndonOptions) {
    this.folder = folder;
    this.#options = options;
    this.dataFolder = options.data ?? join(folder, 'data');
  }

  /** Writes settings and rules into a folder of its own and starts nothing yet. */
  static async prepare(options: AndonOptions): Promise<AndonProcess> {
    const andon = new AndonProcess(await mkdtemp(join(tmpdir(), 'andon-e2e-')), options);
    await mkdir(andon.rulesFolder);
    for (const [name, text] of Object.entries(options.rules)) await andon.writeRule(name, text);
    await andon.writeSettings(options.settings);
    return andon;
  }

  /** Prepares, starts, and waits until the daemon says that it is ready. */
  static async start(options: AndonOptions): Promise<AndonProcess> {
    const andon = await AndonProcess.prepare(options);
    try {
      await andon.launch();
      await andon.ready();
      return andon;
    } catch (error) {
      await andon[Symbol.asyncDispose]();
      throw error;
    }
  }

  get rulesFolder(): string {
    return join(this.folder, 'rules');
  }

  get settingsFile(): string {
    return join(this.folder, 'andon.yaml');
  }

  get url(): string {
    return this.#url;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get api(): AndonClient {
    return andonClient(this.#url);
  }

  /** Everything on standard error, of earlier lives too. */
  get stderr(): string {
    return this.#before + this.#stderr();
  }

  /** The lines of the log of all lives, oldest first. */
  logLines(): readonly Readonly<Record<string, unknown>>[] {
    return linesOf(this.stderr);
  }

  /** The end of what it wrote, for a failing test to show. */
  tail(): string {
    return this.stderr.split('\n').slice(-30).join('\n');
  }

  /** Puts settings in place in one step; those that a test does not give stay as they were. */
  async writeSettings(settings: Readonly<Record<string, unknown>>): Promise<void> {
    const { listen = '127.0.0.1:0' } = this.#options;
    const whole = { rules: [this.rulesFolder], listen, data: this.dataFolder, ...settings };
    await writeFile(`${this.settingsFile}.new`, JSON.stringify(whole));
    await rename(`${this.settingsFile}.new`, this.settingsFile);
  }

  /** Puts a rule file in place in one step, so that a look at the folder never meets half of it. */
  async writeRule(name: string, text: string): Promise<void> {
    const path = join(this.rulesFolder, name);
    await writeFile(`${path}.new`, text);
    await rename(`${path}.new`, path);
  }

  /** Starts the process on the same data; resolves when it runs, whether it is ready or not. */
  async spawn(): Promise<void> {
    this.#before = this.stderr;
    const node = [
      process.execPath,
      '--disable-warning=ExperimentalWarning',
      await programUnderTest(),
      'run',
      '--settings',
      this.settingsFile,
    ];
    const [program = '', ...args] = [...(this.#options.wrapper ?? []), ...node];
    const child = spawn(program, args, { env: environment(this.#options.env), stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    this.#stderr = collect(child, 'stderr');
    const ending = endingOf(child);
    this.#ending = ending;
    // A test run that is torn down must not leave the program behind.
    const killOnExit = (): void => void child.kill('SIGKILL');
    process.once('exit', killOnExit);
    void ending.then(() => process.removeListener('exit', killOnExit));
  }

  /** Starts the process on the same data and waits until it serves. */
  async launch(): Promise<void> {
    await this.spawn();
    const before = this.#before.length;
    this.#url = await this.#unlessEnded(() => {
      const up = linesOf(this.stderr.slice(before)).find((line) => line['message'] === 'Andon is up');
      return up === undefined ? undefined : String(up['url']);
    }, 'Andon to serve');
  }

  async ready(): Promise<void> {
    await this.#unlessEnded(
      async () => ((await this.api.get('/-/ready')).status === 200 ? true : undefined),
      'Andon to be ready',
    );
  }

  async #unlessEnded<T>(look: () => Promise<T | undefined> | T | null | undefined, what: string): Promise<T> {
    const found = await until<T | Error>(
      async () => {
        const child = this.#child;
        if (child !== undefined && (child.exitCode !== null || child.signalCode !== null))
          return new Error(`Andon ended (${child.signalCode ?? child.exitCode}) instead of: ${what}\n${this.tail()}`);
        return (await look()) ?? undefined;
      },
      { what, withinMs: readyWithinMs, everyMs: 20, explain: () => this.tail() },
    );
    if (found instanceof Error) throw found;
    return found;
  }

  /** Sends a signal and does not wait. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Sends a signal and waits for the end, by force after 20 s. */
  async end(signal: NodeJS.Signals): Promise<Ending> {
    this.signal(signal);
    const force = setTimeout(() => this.signal('SIGKILL'), endWithinMs);
    const ending = await this.ended();
    clearTimeout(force);
    return ending;
  }

  /** Resolves when the process has ended. */
  async ended(): Promise<Ending> {
    return (await this.#ending) ?? { code: null, signal: null };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const child = this.#child;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      child.kill('SIGCONT');
      await this.end('SIGTERM');
    }
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Nothing that a developer has set for Andon or for Node may reach the process under test. */
function environment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(?:ANDON_|OTEL_|NODE_OPTIONS$|JEST_)/.test(name));
  return { ...Object.fromEntries(kept), ...more };
}

function linesOf(text: string): readonly Readonly<Record<string, unknown>>[] {
  return text.split('\n').flatMap((line) => {
    if (!line.startsWith('{')) return [];
    try {
      return [JSON.parse(line) as Readonly<Record<string, unknown>>];
    } catch {
      // The last line of a process that was killed may be cut.
      return [];
    }
  });
}

function collect(child: ChildProcess, stream: 'stdout' | 'stderr'): () => string {
  const chunks: string[] = [];
  child[stream]?.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
  return () => chunks.join('');
}

async function endingOf(child: ChildProcess): Promise<Ending> {
  return new Promise((resolve) => {
    child.once('error', () => resolve({ code: 127, signal: null }));
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
}
