import { builtinModules } from 'node:module';
import type { Plugin } from 'esbuild';

/** Costly modules that packages import at their start and seldom or never use. */
const onFirstUse: ReadonlySet<string> = new Set(['child_process', 'cluster', 'http2', 'https', 'worker_threads']);

/**
 * Node's own modules by `process.getBuiltinModule` instead of `import`, which reads all that a module exports: from
 * `node:http` that loads Node's fetch, for 6 MB. The costliest are loaded when something in them is first used.
 */
export function builtinsOnDemand(): Plugin {
  const names = new Set(builtinModules.map((name) => name.replace(/^node:/, '')));
  return {
    name: 'builtins-on-demand',
    setup(build) {
      build.onResolve({ filter: /^(node:)?[a-z_0-9/]+$/ }, ({ path, kind }) => {
        const name = path.replace(/^node:/, '');
        if (!names.has(name)) return undefined;
        // Whoever awaits a module already loads it late, and wants its named exports.
        return kind === 'dynamic-import'
          ? { path: `node:${name}`, external: true }
          : { path: name, namespace: 'builtin' };
      });
      build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
        contents: onFirstUse.has(path) ? loadedOnFirstUse(path) : `module.exports = ${loading(path)};`,
        loader: 'js',
      }));
    },
  };
}

function loading(name: string): string {
  return `process.getBuiltinModule('node:${name}')`;
}

function loadedOnFirstUse(name: string): string {
  const getters = Object.keys(process.getBuiltinModule(`node:${name}`) ?? {}).map(
    (key) => `get ${key}() { return ${loading(name)}.${key}; }`,
  );
  return `module.exports = { ${getters.join(', ')} };`;
}
