import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './process.mjs';
import { SetupError } from './setup-error.mjs';

const nodeWanted = 24;

/**
 * Why node_modules cannot be used as it is: `missing`, `out of date`, or undefined when it is what package-lock.json
 * asks for. Versions are compared, not file times: git sets file times to the moment of the checkout.
 */
export function modulesProblem(root) {
  const installed = packagesOf(join(root, 'node_modules', '.package-lock.json'));
  if (installed === undefined) return 'missing';
  for (const [path, wanted] of Object.entries(packagesOf(join(root, 'package-lock.json')) ?? {})) {
    if (path === '') continue;
    const found = installed[path];
    if (found === undefined && !(wanted.optional || wanted.devOptional)) return 'out of date';
    if (found !== undefined && found.version !== wanted.version) return 'out of date';
  }
  return undefined;
}

/** Installs the npm packages when they are missing or out of date. */
export async function ensureModules(root, say) {
  const problem = modulesProblem(root);
  if (problem === undefined) return;
  say(`node_modules is ${problem}: npm ci`);
  const { code, output } = await npm(root, ['ci', '--no-audit', '--no-fund']);
  if (code !== 0) throw new SetupError('npm ci failed; the npm packages could not be installed.', output);
}

/** The Node that runs TypeScript: the one the devDependency `node` brings, else this one if it is new enough. */
export async function ensureNode(root, say) {
  const own = join(root, 'node_modules', '.bin', 'node');
  if (await isNewEnough(own)) return own;
  if (majorOf(process.version) >= nodeWanted) return process.execPath;
  say(`Node ${nodeWanted} is missing from node_modules (install scripts did not run): npm rebuild node`);
  const { output } = await npm(root, ['rebuild', 'node']);
  if (await isNewEnough(own)) return own;
  throw new SetupError(
    `Andon needs Node ${nodeWanted} or newer, this is ${process.version}, and npm did not install the one in package.json, ` +
      'most likely because install scripts are switched off. Allow it once with `npm rebuild node --ignore-scripts=false`, ' +
      `or run with a Node ${nodeWanted} of your own.`,
    output,
  );
}

/** The environment in which `node` and the installed commands are found first. */
export function environmentWith(root, node) {
  const first = [join(root, 'node_modules', '.bin')];
  // A Node from outside must not be shadowed by a node_modules/.bin/node that does not work.
  if (!node.startsWith(first[0])) first.unshift(join(node, '..'));
  return { ...process.env, PATH: [...first, process.env.PATH ?? ''].join(delimiter) };
}

/** npm runs on the machine's own Node: the one in node_modules is about to be replaced. */
function npm(root, args) {
  const path = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((entry) => !entry.endsWith(join('node_modules', '.bin')));
  return run('npm', args, { cwd: root, env: { ...process.env, PATH: path.join(delimiter) } });
}

async function isNewEnough(node) {
  const { code, output } = await run(node, ['--version'], {});
  return code === 0 && majorOf(output) >= nodeWanted;
}

function majorOf(version) {
  return Number(/^v(\d+)/.exec(version)?.[1] ?? 0);
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
