import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Jest's global set-up: gives all suites of a run a folder for what they share. It goes when the run ends, or is ended. */
export default function makeRunFolder(): void {
  const folder = mkdtempSync(join(tmpdir(), 'andon-test-run-'));
  process.env['ANDON_TEST_RUN_FOLDER'] = folder;
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  process.once('exit', remove);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      remove();
      // Nobody listens any more: it ends as told.
      process.kill(process.pid, signal);
    });
}
