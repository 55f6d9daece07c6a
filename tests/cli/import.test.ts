import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { CommanderError } from 'commander';
import { readRuleFiles } from '../../src/adapters/files/rule-files.ts';
import { writeFiles } from '../../src/adapters/files/write-files.ts';
import { importCommand } from '../../src/cli/import.ts';
import { loadRules } from '../../src/config/load-rules.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const golden = (name: string): string => fileURLToPath(new URL(`../golden/import/${name}`, import.meta.url));

async function run(...args: readonly string[]) {
  const result = { out: '', err: '', code: undefined as number | undefined };
  const command = importCommand({
    readFiles: readRuleFiles,
    writeFiles,
    stdout: { write: (text) => (result.out += text) },
    stderr: { write: (text) => (result.err += text) },
    env: {},
    exit: (code) => {
      result.code = code;
    },
  });
  for (const each of [command, ...command.commands]) {
    each
      .exitOverride()
      .configureOutput({ writeErr: (text) => (result.err += text), writeOut: (text) => (result.out += text) });
  }
  try {
    await command.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    result.code = error.exitCode === 0 ? 0 : 2;
  }
  return result;
}

describe('andon import', () => {
  test('writes rule files to standard output, and what was lost to standard error', async () => {
    const { out, err, code } = await run('sloth', golden('sloth/kubernetes.yaml'));
    expect(loadRules([{ path: 'out.yaml', content: Buffer.from(out) }]).services.map(({ name }) => name)).toEqual([
      'search',
    ]);
    expect(err).toContain('kubernetes.yaml:6:3: warning [without-effect]');
    expect(err).toContain('1 objective of 1 service; everything was carried over; 1 part to look at\n');
    expect(code).toBe(0);
  });

  test('ends with 1 when something was not carried over', async () => {
    const { err, code } = await run('sloth', golden('sloth/not-carried-over.yaml'));
    expect(err).toMatch(/\d+ parts not carried over; 2 parts to look at\n$/);
    expect(code).toBe(1);
  });

  test('writes one file for each service, and replaces none unless it is told to', async () => {
    await using folder = await temporaryDirectory();
    const target = join(folder.path, 'rules', 'imported');
    const first = await run('openslo', golden('openslo/shop.yaml'), '--output', target);
    expect([first.code, first.out]).toEqual([0, '']);
    expect((await readdir(target)).sort()).toEqual(['shop-billing.yaml', 'shop.yaml']);
    expect(first.err).toContain(`wrote ${join(target, 'shop.yaml')}\n`);

    await writeFile(join(target, 'shop.yaml'), 'mine');
    const second = await run('openslo', golden('openslo/shop.yaml'), '--output', target);
    expect(second.code).toBe(2);
    expect(second.err).toContain('are there already, so nothing was written; --force replaces');
    expect(await readFile(join(target, 'shop.yaml'), 'utf8')).toBe('mine');

    expect((await run('openslo', golden('openslo/shop.yaml'), '--output', target, '--force')).code).toBe(0);
    expect(await readFile(join(target, 'shop.yaml'), 'utf8')).toContain('apiVersion: andon/v1');
  });

  test('reports for programs', async () => {
    const { out, err, code } = await run('pyrra', golden('pyrra/not-carried-over.yaml'), '--report', 'json');
    const report = JSON.parse(err) as { readonly diagnostics: readonly { readonly code: string }[] };
    expect(report).toMatchObject({ services: ['absent'], objectives: 1, written: [] });
    expect(report.diagnostics.map((each) => each.code)).toContain('not-carried-over');
    expect(out).toContain('name: absent');
    expect(code).toBe(1);
  });

  test('takes a period for Sloth, and a service for Pyrra', async () => {
    expect((await run('sloth', golden('sloth/getting-started.yaml'), '--period', '28d')).out).toContain('period: 28d');
    const { out } = await run('pyrra', golden('pyrra/shop.yaml'), '--service', 'edge');
    expect(out).toContain('name: edge\n');
  });

  test.each([
    ['no dialect', []],
    ['no file', ['sloth']],
    ['a file that is not there', ['sloth', '/nowhere/at-all.yaml']],
    ['an unknown dialect', ['nagios', 'x.yaml']],
    ['a period that is none', ['sloth', '--period', 'month', 'x.yaml']],
    ['a period that is too long', ['sloth', '--period', '9999d', 'x.yaml']],
    ['a period where the files say it', ['pyrra', '--period', '30d', 'x.yaml']],
  ])('%s is wrong usage', async (_, args) => {
    const { code, err, out } = await run(...args);
    expect([code, out]).toEqual([2, '']);
    expect(err).not.toBe('');
  });
});
