import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ensurePrograms } from './debian.mjs';
import { ensureModules, ensureNode, environmentWith } from './node-modules.mjs';
import { endChildrenOnSignals } from './process.mjs';
import { SetupError } from './setup-error.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const say = (line) => console.log(line);

try {
  endChildrenOnSignals();
  await ensureModules(root, say);
  const node = await ensureNode(root, say);
  const found = await ensurePrograms(['prometheus'], say);
  process.exitCode = await handOver(node, { ...environmentWith(root, node), ...found });
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  if (error.output) console.error(error.output.trimEnd());
  console.error(error.message);
  process.exitCode = 1;
}

/** The demo itself is TypeScript and lives as long as its user wants; it tidies up by itself, so signals are left to it. */
function handOver(node, env) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(signal);
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', 'demo/main.ts', ...process.argv.slice(2)], {
    cwd: root,
    env,
    stdio: 'inherit',
  });
  // A terminal sends Ctrl-C to the whole group; a lone SIGTERM reaches this process only.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}
