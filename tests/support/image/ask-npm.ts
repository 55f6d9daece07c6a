import { delimiter, join } from 'node:path';
import { checkedRun } from './checked-run.ts';

/** What `npm run` tells the scripts that it runs of the Node beside which it looked for packages and settings. */
const ofAnotherNode = new Set(['npm_config_prefix', 'npm_config_global_prefix', 'npm_config_globalconfig']);

/** What the npm of this machine prints, when it is run by the Node that it was installed with. */
export async function askNpm(args: readonly string[]): Promise<string> {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const PATH = folders.filter((folder) => !folder.endsWith(join('node_modules', '.bin'))).join(delimiter);
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ofAnotherNode.has(name)));
  return (await checkedRun('npm', args, 30_000, { ...own, PATH })).trim();
}
