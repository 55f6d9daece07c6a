/**
 * `npm run lock`, after any change of dependencies in package.json: adds to package-lock.json the packages for other
 * platforms that npm leaves out (npm/cli#4828: when node_modules is there, or the registry lacks them). Without them
 * `npm ci` refuses the file, on this platform too.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

const systems = new Set(['aix', 'android', 'darwin', 'freebsd', 'linux', 'openharmony', 'sunos', 'wasi', 'win32']);
const processors = new Set(['arm64', 'arm', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64']);

/** The lock file's packages with those for other platforms, sorted as npm sorts them, and the paths that were added. */
export function completed(packages) {
  const added = {};
  for (const [path, { dev, optionalDependencies = {} }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      const platform = platformOf(name);
      // A range cannot be pinned without the registry, and a package for this platform was dropped for a reason.
      if (platform === undefined || !/^\d+\.\d+\.\d+/.test(version) || isInstalled(packages, path, name)) continue;
      added[`node_modules/${name}`] = { version, ...(dev ? { dev } : {}), optional: true, ...platform };
    }
  }
  const all = Object.entries({ ...packages, ...added }).sort(([a], [b]) => a.localeCompare(b, 'en'));
  return { packages: Object.fromEntries(all), added: Object.keys(added) };
}

/** What the name says about where it runs: `@swc/core-linux-arm64-musl`. */
function platformOf(name) {
  const words = name.split(/[/-]/);
  const os = words.find((word) => systems.has(word));
  const cpu = words.find((word) => processors.has(word));
  if (cpu === undefined || (os === undefined && cpu !== 'wasm32')) return undefined;
  const last = words.at(-1) ?? '';
  const libc =
    os !== 'linux' ? undefined : last.startsWith('musl') ? 'musl' : /^g(nu|libc)/.test(last) ? 'glibc' : undefined;
  return { ...(os ? { os: [os] } : {}), cpu: [cpu], ...(libc ? { libc: [libc] } : {}) };
}

/** Whether a package at `path` finds `name`: beside itself or in any folder above. */
function isInstalled(packages, path, name) {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    if (packages[`${folder === '' ? '' : `${folder}/`}node_modules/${name}`] !== undefined) return true;
    if (folder === '') return false;
  }
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const file = argv[2] ?? fileURLToPath(new URL('../package-lock.json', import.meta.url));
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const { packages, added } = completed(lock.packages);
  if (added.length > 0) writeFileSync(file, `${JSON.stringify({ ...lock, packages }, undefined, 2)}\n`);
  console.log(`${added.length} packages for other platforms added.`);
}
