import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { until } from './until.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const buildWithinMs = 60_000;

/**
 * The main file of Andon as it is installed, built once for all suites of a test run: it starts with a quarter of the work
 * that the sources take. Outside a test run, in the benches, these are the sources.
 */
export async function programUnderTest(): Promise<string> {
  const folder = process.env['ANDON_TEST_RUN_FOLDER'];
  if (folder === undefined) return join(root, 'src', 'main.ts');
  const program = join(folder, 'dist', 'main.js');
  return await until(async () => (existsSync(program) || (await builtNow(folder)) ? program : undefined), {
    what: 'the built program',
    withinMs: buildWithinMs,
  });
}

/** Builds the program unless another suite does; then the answer is false. */
async function builtNow(folder: string): Promise<boolean> {
  const mine = join(folder, 'building');
  try {
    await mkdir(mine);
  } catch {
    return false;
  }
  try {
    const build = ['--disable-warning=ExperimentalWarning', join(root, 'tools', 'build.ts'), join(mine, 'dist')];
    await promisify(execFile)(process.execPath, build, { timeout: buildWithinMs });
    await rename(join(mine, 'dist'), join(folder, 'dist'));
    return true;
  } catch (error) {
    // Whoever asks next tries again and says what is wrong.
    await rm(mine, { recursive: true, force: true });
    throw error;
  }
}
