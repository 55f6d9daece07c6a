import { readdir, readFile } from 'node:fs/promises';

/** What the kernel says of a process. */
export interface ProcessUsage {
  /** CPU time of all its threads since it began, µs. */
  readonly cpuUs: number;
  /** Resident memory as it is, bytes; nobody collects garbage for it first. */
  readonly rssBytes: number;
  /** The part of it that is not backed by files, bytes. */
  readonly anonymousBytes: number;
}

/** Reads /proc; the scheduler counts in ns where utime and stime count in ticks of 10 ms. */
export async function usageOf(pid: number): Promise<ProcessUsage> {
  let cpuNs = 0;
  for (const thread of await readdir(`/proc/${pid}/task`)) {
    const text = await readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').catch(() => '0');
    cpuNs += Number(text.split(' ')[0]);
  }
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return { cpuUs: cpuNs / 1_000, rssBytes: kilobytes(status, 'VmRSS'), anonymousBytes: kilobytes(status, 'RssAnon') };
}

/** The most memory a process has held so far, bytes. */
export async function peakRssOf(pid: number): Promise<number> {
  return kilobytes(await readFile(`/proc/${pid}/status`, 'utf8'), 'VmHWM');
}

function kilobytes(status: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN) * 1_024;
}
