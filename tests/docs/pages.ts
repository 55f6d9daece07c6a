import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root, with a slash at its end. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** A fenced block of code. Its info string says in which language it is and how it is tested: `sh run exit=1`. */
export interface Block {
  /** Page and line, for messages. */
  readonly where: string;
  readonly language: string;
  /** The first word behind the language, up to `=`. */
  readonly marker: string;
  /** What stands behind `=` in words such as `exit=1`. */
  readonly options: Readonly<Record<string, string>>;
  readonly text: string;
}

/** A page of documentation. */
export interface Page {
  /** From the root: `docs/timing.md`. */
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  /** The text outside blocks. */
  readonly prose: string;
}

/** Every page at the root and in docs/. */
export function allPages(): readonly Page[] {
  return ['', 'docs/'].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.md'))
      .sort()
      .map((name) => readPage(folder + name)),
  );
}

export function readPage(path: string): Page {
  const text = readFileSync(join(root, path), 'utf8');
  const blocks: Block[] = [];
  const prose = text.replaceAll(
    /^```(\S*)([^\n]*)\n(.*?)^```$/gms,
    (fence, language: string, info: string, body: string, at: number) => {
      const words = info.trim().split(/\s+/);
      const line = text.slice(0, at).split('\n').length;
      blocks.push({
        where: `${path}:${line}`,
        language,
        marker: (words[0] ?? '').replace(/=.*/, ''),
        options: Object.fromEntries(words.flatMap((word) => (word.includes('=') ? [halves(word)] : []))),
        text: body,
      });
      return fence.replaceAll(/[^\n]+/g, '');
    },
  );
  return { path, text, blocks, prose };
}

function halves(word: string): readonly [string, string] {
  const at = word.indexOf('=');
  return [word.slice(0, at), word.slice(at + 1)];
}

/** What stands between single backticks, outside blocks. */
export function codeWords(page: Page): readonly string[] {
  return [...page.prose.matchAll(/`([^`\n]+)`/g)].map(([, word = '']) => word);
}
