import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './process.mjs';

/** Scripts of package.json that look at the code without running it, in the order in which they are reported. */
const staticScripts = ['lint', 'format:check', 'types', 'arrows', 'dead'];
const stepTimeoutMs = 5 * 60_000;

/** Runs the static checks, at most `atOnce` at a time, and reports each as its turn comes: none stops the others. */
export async function runStaticSteps(root, env, atOnce, report) {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const waiting = staticScripts.map((name) => deferred(name));
  const queue = [...waiting];
  const worker = async () => {
    for (let step = queue.shift(); step !== undefined; step = queue.shift()) {
      step.resolve(await timed(step.name, scripts[step.name], root, env));
    }
  };
  const workers = Promise.all(Array.from({ length: atOnce }, worker));
  const done = [];
  for (const step of waiting) {
    const result = await step.promise;
    report(result);
    done.push(result);
  }
  await workers;
  return done;
}

/** `✓ lint 3.2 s`, or the same with a cross and all that the step printed. */
export function stepReport({ name, code, seconds, output }) {
  const line = `${code === 0 ? '✓' : '✗'} ${name} ${seconds.toFixed(1)} s`;
  return code === 0 ? line : `${line}\n${output.trimEnd().replace(/^/gm, '    ')}`;
}

async function timed(name, script, root, env) {
  if (script === undefined) return { name, code: 1, seconds: 0, output: `package.json has no script "${name}".` };
  const startedAt = performance.now();
  const { code, output } = await run('sh', ['-c', script], { cwd: root, env, timeoutMs: stepTimeoutMs });
  return { name, code, output, seconds: (performance.now() - startedAt) / 1000 };
}

function deferred(name) {
  let resolve;
  const promise = new Promise((settle) => {
    resolve = settle;
  });
  return { name, promise, resolve };
}
