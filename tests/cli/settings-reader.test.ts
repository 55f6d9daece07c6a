import { describe, expect, test } from '@jest/globals';
import { createSettingsReader } from '../../src/cli/settings-reader.ts';
import type { SettingsOptions } from '../../src/cli/settings-options.ts';

const sources = 'sources: [{ url: "http://prometheus:9090" }]\n';

function aReader(options: SettingsOptions) {
  const disk = { text: sources as string | undefined };
  const reader = createSettingsReader(
    {
      readFiles: async ([path = '']) =>
        await Promise.resolve(
          disk.text === undefined
            ? { files: [], unreadable: [{ path, problem: 'there is no such file or folder' }] }
            : { files: [{ path, content: new TextEncoder().encode(disk.text) }], unreadable: [] },
        ),
      templateProblem: () => undefined,
      findFileFault: async ({ path }) =>
        await Promise.resolve({ code: 'unreadable-file' as const, message: `${path} is away`, hint: 'bring it back' }),
    },
    options,
  );
  return { disk, reader };
}

describe('settings that are read again', () => {
  test('give way to the flags of the start, as they did then', async () => {
    const { disk, reader } = aReader({ source: 'http://flag:9090', logLevel: 'warn' });
    disk.text = `${sources}log: { level: debug }\nexternalUrl: https://andon.example.com\n`;
    expect(await reader.read()).toMatchObject({
      kind: 'read',
      settings: {
        sources: [{ url: 'http://flag:9090' }],
        log: { level: 'warn' },
        externalUrl: 'https://andon.example.com',
      },
    });
  });

  test('may begin without a file, and are refused once a file that was there is gone', async () => {
    const { disk, reader } = aReader({ source: 'http://flag:9090' });
    disk.text = undefined;
    expect(await reader.read()).toMatchObject({ kind: 'read' });
    disk.text = sources;
    expect(await reader.read()).toMatchObject({ kind: 'read' });
    disk.text = undefined;
    expect(await reader.read()).toEqual({
      kind: 'refused',
      problems: ['andon.yaml: there is no such file or folder'],
    });
  });

  test('say where a problem is and what to write instead, and which named files cannot be used', async () => {
    const { disk, reader } = aReader({ settings: 'my.yaml' });
    disk.text = 'sources: [{ urll: "http://prometheus:9090" }]\n';
    expect(await reader.read()).toMatchObject({
      kind: 'refused',
      problems: expect.arrayContaining([expect.stringMatching(/^my\.yaml:1:\d+: .*urll/)]),
    });
    disk.text = `${sources}api: { tokenFile: /run/token }\n`;
    const read = await reader.read();
    if (read.kind === 'refused') throw new Error(read.problems.join('\n'));
    expect(await read.unusableFiles()).toEqual(['my.yaml:2:19: /run/token is away; bring it back']);
  });
});
