import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ensurePrograms } from '../../tools/debian.mjs';

/** A machine with nothing but these commands on PATH; what they are asked is written to `log`. */
let folder: string;
let policyFile: string;
const outer = { ...process.env };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'andon-debian-'));
  policyFile = join(folder, 'policy-rc.d');
  await mkdir(join(folder, 'bin'));
  for (const name of ['sh', 'env', 'chmod', 'rm', 'cat', 'test'])
    await symlink(`/usr/bin/${name}`, join(folder, 'bin', name));
  process.env['PATH'] = join(folder, 'bin');
  // `npm test` names the programs it found.
  delete process.env['VMALERT_BIN'];
  delete process.env['AMTOOL_BIN'];
});
afterEach(async () => {
  Object.assign(process.env, outer);
  await rm(folder, { recursive: true });
});

async function command(name: string, script: string): Promise<void> {
  const file = join(folder, 'bin', name);
  await writeFile(file, `#!/bin/sh\n${script.replaceAll('%', folder)}\n`);
  await chmod(file, 0o755);
}

/** An apt-get that installs vmalert once its lists are fresh. */
async function withApt(known: boolean): Promise<void> {
  await command(
    'apt-cache',
    `test -e %/lists && echo '  Candidate: 1.79' || echo '${known ? '  Candidate: 1.78' : ''}'`,
  );
  await command(
    'apt-get',
    [
      'test "$1" = --version && exit 0',
      'test "$1" = -o && shift 2',
      'echo "$DEBIAN_FRONTEND apt-get $* policy:$(cat %/policy-rc.d 2>/dev/null)" >> %/log',
      'test "$1" = update && echo fresh > %/lists && exit 0',
      'test -e %/lists || { echo "404 Not Found"; exit 100; }',
      "printf '#!/bin/sh\\n' > %/bin/vmalert && chmod 755 %/bin/vmalert",
    ].join('\n'),
  );
}

const asRoot = () => ({ isRoot: true, policyFile });
const asUser = () => ({ isRoot: false, policyFile });
const log = async (): Promise<readonly string[]> =>
  (await readFile(join(folder, 'log'), 'utf8')).replaceAll('#!/bin/sh\nexit 101', 'no').trimEnd().split('\n');
const installed = 'noninteractive apt-get install -y --no-install-recommends victoria-metrics policy:no';
const updated = 'noninteractive apt-get update policy:no';

describe('programs that are missing', () => {
  test('are installed by root, without starting services, and named for what follows', async () => {
    await withApt(true);
    await writeFile(join(folder, 'lists'), '');
    const said: string[] = [];
    const found = await ensurePrograms(['vmalert'], (line) => said.push(line), asRoot());
    expect(found).toEqual({ VMALERT_BIN: join(folder, 'bin/vmalert') });
    expect(said).toEqual(['Not found: vmalert: apt-get install victoria-metrics']);
    expect(await log()).toEqual([installed]);
    expect(existsSync(policyFile)).toBe(false);
  });

  test('are looked up first when apt has never heard of them', async () => {
    await withApt(false);
    await ensurePrograms(['vmalert'], () => {}, asRoot());
    expect(await log()).toEqual([updated, installed]);
  });

  test('are looked up again when the lists are too old', async () => {
    await withApt(true);
    await ensurePrograms(['vmalert'], () => {}, asRoot());
    expect(await log()).toEqual([installed, updated, installed]);
  });

  test("leave the machine's own policy on services as it is", async () => {
    await withApt(true);
    await writeFile(policyFile, 'own');
    await ensurePrograms(['vmalert'], () => {}, asRoot());
    expect(await readFile(policyFile, 'utf8')).toBe('own');
  });

  test('are installed through sudo when it asks for no password', async () => {
    await withApt(true);
    await command(
      'sudo',
      'test "$1" = -n || exit 1; shift; test "$1" = true && exit 0; echo "sudo $1" >> %/log; exec "$@"',
    );
    await command('true', 'exit 0');
    await ensurePrograms(['vmalert'], () => {}, asUser());
    expect((await log()).filter((line) => line.startsWith('sudo'))).toEqual([
      'sudo sh',
      'sudo env',
      'sudo env',
      'sudo env',
      'sudo rm',
    ]);
  });

  test('are asked for when nobody may install them', async () => {
    await withApt(true);
    await expect(ensurePrograms(['vmalert'], () => {}, asUser())).rejects.toThrow(
      'Not found: vmalert. They can only be installed by root. Install with `sudo apt-get install',
    );
  });

  test('are asked for when there is no apt-get', async () => {
    await expect(ensurePrograms(['vmalert', 'amtool'], () => {}, asRoot())).rejects.toThrow(
      'Not found: vmalert, amtool. This machine has no apt-get.',
    );
  });

  test('are asked for, with what apt-get said, when it cannot install them', async () => {
    await withApt(true);
    await command('apt-get', 'test "$1" = --version && exit 0; echo "E: no network"; exit 100');
    await expect(ensurePrograms(['vmalert'], () => {}, asRoot())).rejects.toMatchObject({
      message: expect.stringContaining('apt-get could not install them.'),
      output: expect.stringContaining('E: no network'),
    });
    expect(existsSync(policyFile)).toBe(false);
  });
});
