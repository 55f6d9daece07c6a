import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const licenseFile = /^(licen[cs]e|copying|notice)([.-].*)?$/i;

/** What must go with the packages whose files are among `inputs`, paths relative to `root`: each text once, and whose it is. */
export async function thirdPartyLicenses(root: string, inputs: readonly string[]): Promise<string> {
  const folders = new Set(inputs.map(packageFolder).filter((folder) => folder !== undefined));
  const notices = await Promise.all([...folders].map(async (folder) => await noticeOf(join(root, folder))));
  const byText = Map.groupBy(notices, ({ text }) => text);
  const sections = [...byText].map(([text, owners]) => {
    const titles = [...new Set(owners.map(({ title }) => title))].sort();
    return `${titles.join('\n')}\n\n${text}`;
  });
  return `The files in this folder hold code of these packages.\n\n${sections.sort().join(`\n${'='.repeat(80)}\n\n`)}`;
}

/** `node_modules/a/node_modules/@b/c/index.js` is in `node_modules/a/node_modules/@b/c`. */
function packageFolder(input: string): string | undefined {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
}

interface Notice {
  readonly title: string;
  readonly text: string;
}

async function noticeOf(folder: string): Promise<Notice> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
    readonly license?: string;
  };
  const files = (await readdir(folder)).filter((file) => licenseFile.test(file)).sort();
  const texts = await Promise.all(files.map(async (file) => (await readFile(join(folder, file), 'utf8')).trim()));
  if (texts.length === 0 && license === undefined) throw new Error(`${name} ${version} does not say its license`);
  return {
    title: license === undefined ? `${name} ${version}` : `${name} ${version}: ${license}`,
    text: texts.map((text) => `${text}\n`).join('\n'),
  };
}
