import { appendFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRuleFolder } from '../../src/compose/rule-folder.ts';

export interface MeasuredReload {
  readonly what: 'first load' | 'nothing changed' | 'one file changed';
  readonly tookMs: number;
  /** The longest time for which nothing else could run, ms. */
  readonly longestDelayMs: number;
}

/** Loads the rules as the daemon does, in this process, and watches its event loop meanwhile. */
export async function measureReload(folder: string): Promise<readonly MeasuredReload[]> {
  const rules = createRuleFolder({ paths: [folder], sources: ['default'], channels: [] });
  const measured: MeasuredReload[] = [];
  const load = async (what: MeasuredReload['what']): Promise<void> => {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    await sleep(50);
    delay.reset();
    const begin = performance.now();
    const loaded = await rules.load();
    const tookMs = performance.now() - begin;
    await sleep(5);
    delay.disable();
    if (loaded.kind === 'refused') throw new Error(loaded.problems.join('\n'));
    measured.push({ what, tookMs: Math.round(tookMs), longestDelayMs: Math.round(delay.max / 1e5) / 10 });
  };
  await load('first load');
  await load('nothing changed');
  const [first = ''] = await readdir(folder);
  await appendFile(join(folder, first), '# changed\n');
  await load('one file changed');
  return measured;
}
