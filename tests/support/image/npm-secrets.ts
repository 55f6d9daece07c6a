import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { askNpm } from './ask-npm.ts';

/** Stands in the npmrc that the build is given, and must be found nowhere in the image. */
export const secretMarker = 'andon-image-test-secret';

/** Flags that hand this machine's npm configuration to a build as its secrets. The files go into the folder. */
export async function npmSecrets(folder: string): Promise<readonly string[]> {
  const files = await Promise.all(
    ['globalconfig', 'userconfig'].map(async (key) => await readFile(await npmSetting(key), 'utf8').catch(() => '')),
  );
  const lines = files.join('\n').split('\n');
  // The path of authorities is another one in there.
  const kept = lines.filter((line) => !/^\s*(cafile|prefix|cache)\s*=/.test(line));
  const npmrc = join(folder, 'npmrc');
  const own = [`registry=${await npmSetting('registry')}`, `//registry.invalid/:_authToken=${secretMarker}`];
  await writeFile(npmrc, `${[...kept, ...own].join('\n')}\n`, { mode: 0o600 });
  const authorities = [await npmSetting('cafile'), process.env['NODE_EXTRA_CA_CERTS'] ?? ''].find(
    (path) => path !== '' && existsSync(path),
  );
  const secrets = [`id=npmrc,src=${npmrc}`, ...(authorities === undefined ? [] : [`id=npm-ca,src=${authorities}`])];
  return secrets.flatMap((secret) => ['--secret', secret]);
}

async function npmSetting(key: string): Promise<string> {
  return await askNpm(['config', 'get', key]);
}
