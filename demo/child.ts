import { spawn } from 'node:child_process';
import { DemoError } from './demo-error.ts';

/** A program the demo started. */
export interface Child {
  /** Rejects with a DemoError when the program ends before it was told to; never resolves. */
  readonly crashed: Promise<never>;
  /** The end of what it printed. */
  tail(): string;
  /** The first match in what it has printed so far. */
  printed(pattern: RegExp): RegExpExecArray | undefined;
  /** Asks it to end, makes it end after `patienceMs`, and waits. May be called twice. */
  stop(): Promise<void>;
}

const keptCharacters = 64_000;
const tailLines = 20;
const patienceMs = 8_000;

/**
 * Starts a program in a process group of its own: Ctrl-C in the terminal then reaches the demo only, which ends its
 * programs in order.
 */
export function startChild(
  name: string,
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Child {
  const child = spawn(command, args, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let stopping = false;
  const take = (chunk: string): void => {
    output = (output + chunk).slice(-keptCharacters);
  };
  child.stdout.setEncoding('utf8').on('data', take);
  child.stderr.setEncoding('utf8').on('data', take);
  const tail = (): string => output.trimEnd().split('\n').slice(-tailLines).join('\n');

  const { promise: closed, resolve: hasClosed } = Promise.withResolvers<void>();
  const { promise: crashed, reject: hasCrashed } = Promise.withResolvers<never>();
  // Whoever waits for something races against it; nobody has to.
  crashed.catch(() => {});
  child.on('error', (error) => {
    hasCrashed(new DemoError(`${name} could not be started: ${error.message}`));
    hasClosed();
  });
  child.on('close', (code, signal) => {
    if (!stopping) hasCrashed(new DemoError(`${name} ended by itself (${signal ?? `exit code ${code}`}).`, tail()));
    hasClosed();
  });

  return {
    crashed,
    tail,
    printed: (pattern) => pattern.exec(output) ?? undefined,
    async stop() {
      stopping = true;
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return closed;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}
