/** Builds `dist/`: the program and every package it needs, in a few files. `node tools/build.ts [folder]`. */
import { chmod, readdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build as bundle } from 'esbuild';
import { builtinsOnDemand } from './builtins-on-demand.ts';
import { leaveOut } from './left-out.ts';
import { thirdPartyLicenses } from './third-party-licenses.ts';

const root = resolve(import.meta.dirname, '..');

/**
 * Writes the program into a folder that needs nothing beside it, node_modules least of all. What the sources import
 * lazily stays in files of its own. Rejects when a source cannot be bundled.
 */
async function build(folder: string): Promise<void> {
  await clear(folder);
  const { metafile } = await bundle({
    absWorkingDir: root,
    entryPoints: { main: 'src/main.ts' },
    outdir: folder,
    chunkNames: 'parts/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // V8 keeps the text of all that it may yet compile. Names stay, so that a stack trace says what failed.
    minifyWhitespace: true,
    minifySyntax: true,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'external',
    // `debug` takes it where it happens to be installed, which it is for our tests only.
    external: ['supports-color'],
    plugins: [builtinsOnDemand(), leaveOut()],
    metafile: true,
    logLevel: 'warning',
  });
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs));
  await writeFile(join(folder, 'THIRD-PARTY-LICENSES.txt'), await thirdPartyLicenses(root, inputs));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n');
  await chmod(join(folder, 'main.js'), 0o755);
}

/** Removes an earlier build, and nothing else. */
async function clear(folder: string): Promise<void> {
  const found: readonly string[] = await readdir(folder).catch(() => []);
  if (found.length > 0 && !found.includes('main.js'))
    throw new Error(`${folder} holds something else than a build, which would replace it; name another folder`);
  await rm(folder, { recursive: true, force: true });
}

await build(resolve(process.argv[2] ?? join(root, 'dist')));
