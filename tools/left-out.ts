import { readFileSync } from 'node:fs';
import type { Loader, Plugin } from 'esbuild';

interface Substitute {
  readonly file: RegExp;
  readonly contents: (path: string) => string;
  readonly loader: Loader;
}

const nothing = (): string => 'module.exports = {};';

/** Media types whose character set express looks up, because Andon answers with them. */
const servedTypes = ['application/json', 'text/html', 'text/plain'];

/** Files of packages that Andon never gets to, and what stands in for them. */
const substitutes: readonly Substitute[] = [
  // Problems are told in English, by Andon's own words.
  {
    file: /\/zod\/v4\/locales\/index\.js$/,
    contents: () => "export { default as en } from './en.js';",
    loader: 'js',
  },
  // Requests are JSON, and express takes JSON in UTF encodings only.
  { file: /\/iconv-lite\/encodings\/(tables\/.*\.json|sbcs-data-generated\.js)$/, contents: nothing, loader: 'js' },
  { file: /\/mime-db\/db\.json$/, contents: servedTypesOf, loader: 'json' },
  // For Nodes older than 18.
  { file: /\/web-streams-polyfill\/dist\/ponyfill\.es2018\.js$/, contents: nothing, loader: 'js' },
];

/** Leaves large files out of the build. Fails the build when one is not met any more, so that the list stays true. */
export function leaveOut(): Plugin {
  return {
    name: 'leave-out',
    setup(build) {
      const met = new Set<Substitute>();
      for (const substitute of substitutes) {
        build.onLoad({ filter: substitute.file }, ({ path }) => {
          met.add(substitute);
          return { contents: substitute.contents(path), loader: substitute.loader };
        });
      }
      build.onEnd(() => ({
        errors: substitutes
          .filter((each) => !met.has(each))
          .map(({ file }) => ({ text: `no package has a file ${file} any more; mend tools/left-out.ts` })),
      }));
    },
  };
}

function servedTypesOf(path: string): string {
  const all = JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, unknown>>;
  return JSON.stringify(Object.fromEntries(servedTypes.map((type) => [type, all[type]])));
}
