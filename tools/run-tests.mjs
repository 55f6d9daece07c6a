import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensurePrograms } from './debian.mjs';
import { ensureModules, ensureNode, environmentWith } from './node-modules.mjs';
import { endChildrenOnSignals, run } from './process.mjs';
import { programs } from './programs.mjs';
import { SetupError } from './setup-error.mjs';
import { runStaticSteps, stepReport } from './steps.mjs';
import { closingLine, leftOut, tally } from './tally.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const jestTimeoutMs = 30 * 60_000;
const say = (line) => console.log(line);

endChildrenOnSignals();
const total = await runAll(process.argv.slice(2));
process.exitCode = total.failed > 0 ? 1 : 0;
say(closingLine(total));

async function runAll(jestArgs) {
  let env;
  try {
    await ensureModules(root, say);
    const node = await ensureNode(root, say);
    env = { ...environmentWith(root, node), ...(await ensurePrograms(Object.keys(programs), say)) };
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    if (error.output) say(error.output.trimEnd());
    say(`✗ set-up: ${error.message}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const steps = await runStaticSteps(root, env, 2, (step) => say(stepReport(step)));
  const { code, results } = await runJest(env, jestArgs);
  const total = tally(steps, results, code);
  for (const suite of leftOut(results)) say(`- ${suite}`);
  if (total.ranNone) say('✗ no Jest test ran.');
  return total;
}

async function runJest(env, args) {
  const folder = mkdtempSync(join(tmpdir(), 'andon-tests-'));
  try {
    const resultsFile = join(folder, 'results.json');
    const onOutput = process.stdout.isTTY ? (chunk) => process.stdout.write(chunk) : undefined;
    const startedAt = performance.now();
    const { code, output } = await run(
      'node',
      [
        '--experimental-vm-modules',
        '--disable-warning=ExperimentalWarning',
        'node_modules/jest/bin/jest.js',
        '--ci',
        '--maxWorkers=2',
        '--json',
        `--outputFile=${resultsFile}`,
        ...args,
      ],
      { cwd: root, env, timeoutMs: jestTimeoutMs, onOutput },
    );
    const seconds = (performance.now() - startedAt) / 1000;
    say(stepReport({ name: 'jest', code, seconds, output: onOutput ? '' : withoutJson(output) }));
    if (code === 0 && output.includes('failed to exit gracefully')) say('  (a Jest worker had to be ended by force)');
    return { code, results: readResults(resultsFile) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readResults(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function withoutJson(output) {
  return output.replace(/^Test results written to: .*$/m, '');
}
