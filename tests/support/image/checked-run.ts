import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs a program to its end and answers with its standard output; rejects with what it wrote last when it fails. */
export async function checkedRun(
  program: string,
  args: readonly string[],
  withinMs: number,
  env = process.env,
): Promise<string> {
  try {
    const { stdout } = await run(program, args, { timeout: withinMs, env, maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  } catch (error) {
    const {
      stdout = '',
      stderr = '',
      killed = false,
    } = error as Partial<Record<'stdout' | 'stderr', string>> & {
      readonly killed?: boolean;
    };
    const why = killed ? `took longer than ${withinMs / 1_000} s` : 'failed';
    throw new Error(`${program} ${args.join(' ')} ${why}:\n${(stdout + stderr).slice(-4_000)}`, { cause: error });
  }
}
