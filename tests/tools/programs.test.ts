import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { debianPackages, findProgram, missingProgramsMessage, programs } from '../../tools/programs.mjs';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'andon-programs-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function aProgram(...path: readonly string[]): Promise<string> {
  const file = join(folder, ...path);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, '#!/bin/sh\n');
  await chmod(file, 0o755);
  return file;
}

describe('finding a program', () => {
  test('takes the one its variable names, even when there is one on PATH', async () => {
    const named = await aProgram('mine', 'prometheus-nightly');
    await aProgram('bin', 'prometheus');
    expect(findProgram('prometheus', { PROMETHEUS_BIN: named, PATH: join(folder, 'bin') })).toBe(named);
  });

  test('takes the first one on PATH that can be run', async () => {
    const second = await aProgram('second', 'amtool');
    await aProgram('third', 'amtool');
    await mkdir(join(folder, 'first', 'amtool'), { recursive: true });
    await mkdir(join(folder, 'zeroth'));
    await writeFile(join(folder, 'zeroth', 'amtool'), 'not executable', { mode: 0o644 });
    const path = ['zeroth', 'first', 'second', 'third'].map((name) => join(folder, name)).join(':');
    expect(findProgram('amtool', { PATH: path })).toBe(second);
  });

  test('refuses a variable that names nothing, rather than quietly taking another program', async () => {
    await aProgram('bin', 'prometheus');
    expect(() =>
      findProgram('prometheus', { PROMETHEUS_BIN: join(folder, 'gone'), PATH: join(folder, 'bin') }),
    ).toThrow(`PROMETHEUS_BIN is set to ${join(folder, 'gone')}, which is not a program that can be run.`);
  });

  test('finds none when nobody has it', () => {
    expect(findProgram('vmalert', { PATH: folder, VMALERT_BIN: '' })).toBeUndefined();
  });

  test('has a variable of its own for every program', () => {
    const variables = Object.values(programs).map(({ variable }) => variable);
    expect(new Set(variables).size).toBe(variables.length);
  });
});

describe('what to do about missing programs', () => {
  test('names each Debian package once', () => {
    expect(debianPackages(['prometheus', 'promtool', 'openssl'])).toEqual(['prometheus', 'openssl']);
  });

  test('gives the three ways out for one program', () => {
    expect(missingProgramsMessage(['prometheus'], 'It can only be installed by root.')).toBe(
      'Not found: prometheus. It can only be installed by root. Install with ' +
        '`sudo apt-get install --no-install-recommends prometheus`, put it on PATH, or set PROMETHEUS_BIN=/path/to/prometheus.',
    );
  });

  test('gives the three ways out for several programs', () => {
    expect(missingProgramsMessage(['vmalert', 'amtool'], 'This machine has no apt-get.')).toBe(
      'Not found: vmalert, amtool. This machine has no apt-get. Install with ' +
        '`sudo apt-get install --no-install-recommends victoria-metrics prometheus-alertmanager`, put them on PATH, ' +
        'or set VMALERT_BIN=/path/to/vmalert AMTOOL_BIN=/path/to/amtool.',
    );
  });
});
