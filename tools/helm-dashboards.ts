/** Copies dashboards/*.json into the chart, which can read files of its own only. Run it after a change of the dashboards. */
import { copyFileSync, globSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const inChart = join(root, 'helm/andon/dashboards');

rmSync(inChart, { recursive: true, force: true });
mkdirSync(inChart);
for (const name of globSync('*.json', { cwd: join(root, 'dashboards') })) {
  copyFileSync(join(root, 'dashboards', name), join(inChart, name));
}
