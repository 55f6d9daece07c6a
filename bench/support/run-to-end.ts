import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { peakRssOf, usageOf } from './process-usage.ts';

export interface EndedRun {
  readonly code: number | null;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakRssBytes: number;
  /** The end of what it wrote. */
  readonly output: string;
}

/** Between two looks at the process, ms; what it takes in its last moments goes unseen. */
const lookEveryMs = 5;
const longestRunMs = 120_000;

/** Runs a program to its end and watches what it takes. */
export async function runToEnd(program: string, args: readonly string[]): Promise<EndedRun> {
  const begin = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (text: string): void => {
    output = (output + text).slice(-4_000);
  };
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  const closed = once(child, 'close');
  const killOnExit = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', killOnExit);
  const force = setTimeout(() => child.kill('SIGKILL'), longestRunMs);
  const pid = child.pid ?? 0;
  let cpuMs = 0;
  let peakRssBytes = 0;
  while (child.exitCode === null && child.signalCode === null) {
    try {
      const peak = await peakRssOf(pid);
      if (Number.isFinite(peak)) peakRssBytes = Math.max(peakRssBytes, peak);
      // Threads that have ended are not in the threads' sum, but in the process's ticks.
      cpuMs = Math.max(cpuMs, (await usageOf(pid)).cpuUs / 1_000, await ticksMs(pid));
    } catch {
      break;
    }
    await sleep(lookEveryMs);
  }
  const [code] = (await closed) as [number | null];
  clearTimeout(force);
  process.removeListener('exit', killOnExit);
  return { code, wallMs: performance.now() - begin, cpuMs, peakRssBytes, output };
}

/** utime and stime of the whole process, ms. */
async function ticksMs(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
