import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createRuleFolder } from '../../src/compose/rule-folder.ts';

function declaring(...names: readonly string[]): string {
  return names
    .map(
      (name) => `apiVersion: andon/v1
kind: Service
metadata: { name: ${name} }
spec:
  signals:
    success_rate: { ratio: { good: 'good_total{service="${name}"}', total: 'all_total{service="${name}"}' } }
  endState:
    summary: It works
    hold: 5m
    targets:
      - { signal: success_rate, atLeast: 99%, over: 5m }
`,
    )
    .join('---\n');
}

describe('a folder of rule files', () => {
  let folder = '';
  let turns = 0;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'andon-rule-folder-'));
    turns = 0;
  });
  afterEach(async () => await rm(folder, { recursive: true }));

  const rules = () =>
    createRuleFolder({
      paths: [folder],
      sources: ['default'],
      channels: [],
      giveWay: async () => {
        turns += 1;
        await Promise.resolve();
      },
    });
  const write = async (name: string, text: string): Promise<void> => await writeFile(join(folder, name), text);
  const names = async (source: ReturnType<typeof rules>): Promise<readonly string[]> => {
    const loaded = await source.load();
    if (loaded.kind === 'refused') throw new Error(loaded.problems.join('\n'));
    return loaded.services.map((service) => service.name);
  };

  test('gives way to whatever else is due after each document, however many there are in how many files', async () => {
    const many = Array.from({ length: 60 }, (_, index) => `s${index}`);
    await write('a.yaml', declaring(...many.slice(0, 50)));
    await write('b.yaml', declaring(...many.slice(50)));
    expect(await names(rules())).toEqual(many);
    expect(turns).toBe(60);
  });

  test('lets other work in between two documents unless told otherwise', async () => {
    await write('a.yaml', declaring(...Array.from({ length: 20 }, (_, index) => `s${index}`)));
    const unhurried = createRuleFolder({
      paths: [folder],
      sources: ['default'],
      channels: [],
    });
    let loading = true;
    let others = 0;
    const other = (): void => {
      others += 1;
      if (loading) setImmediate(other);
    };
    setImmediate(other);
    await unhurried.load();
    loading = false;
    expect(others).toBeGreaterThanOrEqual(20);
  });

  test('parses only what changed when it is loaded again', async () => {
    await write('a.yaml', declaring('one', 'two'));
    await write('b.yaml', declaring('three'));
    const source = rules();
    await source.load();
    turns = 0;
    expect(await names(source)).toEqual(['one', 'two', 'three']);
    expect(turns).toBe(0);
    await write('b.yaml', declaring('four'));
    expect(await names(source)).toEqual(['one', 'two', 'four']);
    expect(turns).toBe(1);
  });

  test('forgets a file that went away', async () => {
    await write('a.yaml', declaring('one'));
    await write('b.yaml', declaring('two'));
    const source = rules();
    await source.load();
    await rm(join(folder, 'b.yaml'));
    expect(await names(source)).toEqual(['one']);
  });

  test('refuses a service that a changed file declares for the second time, and takes it once that is mended', async () => {
    await write('a.yaml', declaring('one'));
    await write('b.yaml', declaring('two'));
    const source = rules();
    await source.load();
    await write('b.yaml', declaring('one'));
    expect(await source.load()).toEqual({
      kind: 'refused',
      sound: [expect.objectContaining({ name: 'one' })],
      declared: ['one'],
      files: [expect.anything(), expect.anything()],
      problems: [expect.stringMatching(/b\.yaml:3:19: the service `one` is declared already, in .*a\.yaml:3; /)],
    });
    await write('a.yaml', declaring('two'));
    expect(await names(source)).toEqual(['two', 'one']);
  });

  test('keeps telling about a problem in a file that nobody touched', async () => {
    await write('a.yaml', 'apiVersion: andon/v2\n');
    await write('b.yaml', declaring('one'));
    const source = rules();
    const first = await source.load();
    expect(first.kind).toBe('refused');
    expect(await source.load()).toEqual(first);
  });

  test('says of files with problems what in them is sound, and what they declare by name', async () => {
    await write('a.yaml', declaring('one', 'two').replace('name: two', 'name: two, labels: 3'));
    await write('b.yaml', 'apiVersion: [\n');
    await write('c.yaml', declaring('three'));
    const loaded = await rules().load();
    if (loaded.kind !== 'refused') throw new Error('not refused');
    expect(loaded.sound.map(({ name }) => name)).toEqual(['one', 'three']);
    expect(loaded.declared).toEqual(['one', 'two', 'three']);
    expect(loaded.problems.map((line) => /(\w)\.yaml:\d+:\d+: /.exec(line)?.[1])).toEqual(['a', 'b']);
  });

  test('says beside what cannot be read what is wrong with the rest, and keeps what is sound', async () => {
    await write('a.yaml', declaring('one'));
    await write('b.yaml', 'apiVersion: andon/v2\n');
    const loaded = await createRuleFolder({
      paths: [folder, join(folder, 'gone')],
      sources: ['default'],
      channels: [],
    }).load();
    if (loaded.kind !== 'refused') throw new Error('not refused');
    expect(loaded.problems[0]).toContain('gone: ');
    expect(loaded.problems[1]).toMatch(/b\.yaml:1:/);
    expect(loaded.sound.map(({ name }) => name)).toEqual(['one']);
  });
});
