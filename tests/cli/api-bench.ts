import { readFile } from 'node:fs/promises';
import { CommanderError, type Command } from 'commander';
import nodeFetch from 'node-fetch';
import type { GateDeps } from '../../src/cli/gate.ts';
import { ManualClock } from '../support/manual-clock.ts';

export interface Ran {
  readonly code: number | undefined;
  readonly out: string;
  readonly err: string;
}

/** What commands need, with what they wrote; a test may change it. Its clock stands still. */
export function apiBench(change: Partial<GateDeps> = {}, isTTY = false) {
  const seen = { code: undefined as number | undefined, out: '', err: '' };
  const clock = new ManualClock();
  const deps: GateDeps = {
    stdout: { write: (text) => (seen.out += text), isTTY },
    stderr: { write: (text) => (seen.err += text) },
    env: { USER: 'ada' },
    fetch: nodeFetch,
    readText: async (path) => await readFile(path, 'utf8'),
    now: () => clock.now(),
    clock,
    exit: (given) => {
      seen.code = given;
    },
    ...change,
  };
  return { deps, seen, clock };
}

/** Runs a command inside this process, as the program does. */
export async function ran(
  create: (deps: GateDeps) => Command,
  args: readonly string[],
  bench: ReturnType<typeof apiBench> = apiBench(),
): Promise<Ran> {
  const { deps, seen } = bench;
  const command = create(deps).exitOverride();
  try {
    await command.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    seen.code = error.exitCode === 0 ? 0 : 2;
  }
  return { ...seen };
}
