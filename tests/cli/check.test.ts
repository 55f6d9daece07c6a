import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { CommanderError } from 'commander';
import { readRuleFiles } from '../../src/adapters/files/rule-files.ts';
import { checkCommand, type CheckDeps } from '../../src/cli/check.ts';
import { findFileFault } from '../../src/compose/find-file-fault.ts';
import type { SourceSettings } from '../../src/config/settings.ts';

let folder = '';
let good = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'andon-check-'));
  good = await readFile(new URL('../golden/check/good/minimal.yaml', import.meta.url), 'utf8');
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

type Live = ReturnType<CheckDeps['inspector']>;
const every15s = { kind: 'ok', arrivals: { intervalMs: 14_998, sampleTimes: [] } } as const;
const everySeries: Live = {
  clock: async () => await Promise.resolve({ kind: 'ok', now: 1_000_000, roundTripMs: 1 }),
  arrivals: async (signals) => await Promise.resolve(signals.map(() => every15s)),
  buckets: async (signals) =>
    await Promise.resolve(signals.map(() => ({ kind: 'ok', layout: { bounds: [0.3], ofSome: [], isKnown: true } }))),
  series: async () => await Promise.resolve({ kind: 'ok', series: [{}] }),
  metricTypes: async () => await Promise.resolve({ kind: 'ok', types: [] }),
  values: async () => await Promise.resolve({ kind: 'ok', values: [1000] }),
  countGroups: async () => await Promise.resolve({ kind: 'ok', groups: 1 }),
};
const noSeries: Live = {
  ...everySeries,
  series: async () => await Promise.resolve({ kind: 'ok', series: [] }),
};

/** Writes a file and names it. */
async function write(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

async function run(
  args: readonly string[],
  {
    inspector = everySeries,
    isTTY = false,
    env = {},
  }: { inspector?: Live; isTTY?: boolean; env?: Record<string, string> } = {},
) {
  const result = { out: '', err: '', code: undefined as number | undefined, asked: [] as SourceSettings[] };
  const command = checkCommand({
    readFiles: readRuleFiles,
    inspector: (source) => {
      result.asked.push(source);
      return inspector;
    },
    templateProblem: (template) => (template.includes('{{{{') ? 'this template does not end' : undefined),
    findFileFault,
    now: () => Date.UTC(2026, 6, 1),
    stdout: { write: (text) => (result.out += text), isTTY },
    stderr: { write: (text) => (result.err += text) },
    env,
    exit: (code) => {
      result.code = code;
    },
  }).exitOverride();
  try {
    await command.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    result.code = error.exitCode === 0 ? 0 : 2;
  }
  result.out = result.out.replaceAll(`${folder}/`, '');
  return result;
}

describe('andon check', () => {
  test('says nothing but a summary about good files, and exits with 0', async () => {
    await write('shop.yaml', good);
    expect(await run([folder])).toMatchObject({
      out: 'no problems in 1 file (1 service, 2 rules)\n',
      err: '',
      code: 0,
    });
  });

  test('shows each problem with a caret and a hint, and exits with 1', async () => {
    await write('shop.yaml', good.replace('hold: 5m', 'hold: 5m\n    wach: 1h').replace('0.97', '97'));
    const { out, code } = await run([folder]);
    expect(out).toBe(`shop.yaml:18:5: error [unknown-key] \`wach\` is no key that is known here
 18 |     wach: 1h
    |     ^^^^
    = hint: did you mean watch?

shop.yaml:23:39: error [ratio-out-of-range] \`success_rate\` is a share between 0 and 1, never 97
 23 |       when: success_rate.over("1m") < 97
    |                                       ^^
    = hint: did you mean 0.97?

2 errors in 1 file (0 services, 0 rules)
`);
    expect(code).toBe(1);
  });

  test('exits with 0 when there are only warnings', async () => {
    await write('shop.yaml', good.replace('hold: 5m', 'hold: 5s'));
    const { out, code } = await run([folder]);
    expect(out).toContain('warning [short-hold]');
    expect(out).toContain('1 warning in 1 file (1 service, 2 rules)');
    expect(code).toBe(0);
  });

  test('paints only a terminal, and not one that asks for no colour', async () => {
    await write('shop.yaml', 'a: [');
    expect((await run([folder], { isTTY: true })).out).toContain('\u001B[');
    expect((await run([folder], { isTTY: true, env: { NO_COLOR: '1' } })).out).not.toContain('\u001B[');
    expect((await run([folder])).out).not.toContain('\u001B[');
  });

  test('lets no control character of a file reach the terminal', async () => {
    await write('shop.yaml', good.replace('summary: Customers', 'sum\u001B[31mmary: Customers'));
    const { out } = await run([folder]);
    expect(out).toContain('unknown-key');
    expect(out).not.toContain('\u001B');
  });

  test('can speak JSON', async () => {
    await write('shop.yaml', good.replace('0.97', '97'));
    const { out, code } = await run([folder, '--output', 'json']);
    expect(JSON.parse(out)).toEqual({
      diagnostics: [
        {
          file: 'shop.yaml',
          line: 22,
          column: 39,
          endColumn: 41,
          severity: 'error',
          code: 'ratio-out-of-range',
          message: expect.any(String),
          hint: 'did you mean 0.97?',
          excerpt: '      when: success_rate.over("1m") < 97',
        },
      ],
      errors: 1,
      warnings: 0,
      files: 1,
      services: 0,
      rules: 0,
    });
    expect(code).toBe(1);
  });

  test('can annotate a pull request, with everything escaped', async () => {
    await write('a,b%.yaml', good.replace('99.9%', '101%'));
    const { out } = await run([folder, '-o', 'github']);
    expect(out.split('\n')[0]).toBe(
      '::error file=a%2Cb%25.yaml,line=19,endLine=19,col=42,endColumn=46,title=ratio-out-of-range::' +
        'a share lies between 0%25 and 100%25, which `101%25` does not',
    );
  });
});

describe('wrong usage exits with 2', () => {
  test.each([
    ['a path that is not there', ['nowhere.yaml'], /^error: .*nowhere\.yaml: /],
    ['an unknown format', ['--output', 'xml'], /xml/],
    ['an unknown option', ['--nonsense'], /nonsense/],
    ['settings that are not there', ['--settings', 'nowhere.yaml'], /nowhere\.yaml/],
  ])('%s', async (_, args, message) => {
    const { err, code } = await run(args);
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });

  test('a folder without rule files', async () => {
    await write('readme.md', 'x');
    expect(await run([folder])).toMatchObject({ err: expect.stringContaining('no rule file'), code: 2 });
  });

  test('a source that is neither a URL nor a name', async () => {
    await write('shop.yaml', good);
    expect(await run([folder, '--source', 'eu'])).toMatchObject({
      err: expect.stringContaining('--source eu'),
      code: 2,
    });
  });
});

describe('with settings', () => {
  test('checks them, and finds the rules, sources and channels they name', async () => {
    const rules = await write('shop.yaml', good.replace('spec:', 'spec:\n  source: eu\n  notify: [on-cal]'));
    const settings = await write(
      'andon.yml',
      `rules: [${rules}]
sources: [{ name: eu, url: "http://eu:9090" }]
channels: [{ name: on-call, webhook: { url: "http://a", template: "{{{{" } }]
`,
    );
    const { out, code } = await run(['--settings', settings]);
    expect(out).toContain('andon.yml:3:67: error [invalid-template] this template does not end');
    expect(out).toContain('\n1 error in the settings; rule files were not looked for\n');
    expect(code).toBe(1);
    await writeFile(settings, (await readFile(settings, 'utf8')).replace('{{{{', '{}'));
    expect((await run(['--settings', settings])).out).toContain('did you mean on-call?');
  });

  test('lays over them what the environment lays over them for a daemon, and says so of what is wrong with it', async () => {
    const rules = await write('shop.yaml', good.replace('spec:', 'spec:\n  source: default\n  notify: [webhook]'));
    const settings = await write('andon.yml', 'rules: [nowhere]\n');
    const env = { ANDON_RULES: rules, ANDON_SOURCE: 'http://a:9090', ANDON_WEBHOOK: 'http://a' };
    expect(await run(['--settings', settings], { env })).toMatchObject({
      out: expect.stringContaining('no problems in 1 file'),
      code: 0,
    });
    const { out, code } = await run(['--settings', settings], { env: { ...env, ANDON_SOURCE: 'a:9090' } });
    expect(out).toContain('(flags and environment): error');
    expect(out).toContain('sources.0.url');
    expect(code).toBe(1);
  });

  test('reports each file they name that is not there, where they name it', async () => {
    const rules = await write('shop.yaml', good);
    const missing = join(folder, 'missing');
    const settings = await write(
      'andon.yml',
      `rules: [${rules}]
sources:
  - url: http://a
    basicAuth: { username: andon, passwordFile: ${missing} }
    headerFiles:
      X-Api-Key: ${missing}
    tls:
      caFile: ${missing}
      certFile: ${missing}
      keyFile: ${missing}
  - name: eu
    url: http://b
    bearerTokenFile: ${missing}
channels:
  - name: on-call
    webhook:
      urlFile: ${missing}
      secretFiles:
        - ${missing}
      headerFiles:
        X-Api-Key: ${missing}
      templateFile: ${missing}
api:
  tokenFile: ${missing}
`,
    );
    const { out, code } = await run(['--settings', settings, '-o', 'json']);
    const { diagnostics } = JSON.parse(out) as { diagnostics: { line: number; code: string; message: string }[] };
    expect(diagnostics.map((each) => each.line)).toEqual([4, 6, 8, 9, 10, 13, 17, 19, 21, 22, 24]);
    expect(new Set(diagnostics.map((each) => each.code))).toEqual(new Set(['unreadable-file']));
    expect(diagnostics[2]).toMatchObject({
      file: 'andon.yml',
      column: 15,
      severity: 'error',
      message: 'the file missing cannot be read (ENOENT)',
      hint: 'create it, or mend the path; a relative one starts in the working directory',
    });
    expect(code).toBe(1);
  });

  test.each([
    ['webhook: { url: "http://a", secretFiles: [FILE] }', 'hunter2-hunter2', 'invalid-secret'],
    ['webhook: { url: "http://a", secretFiles: [FILE] }', ' \n', 'invalid-file'],
    ['webhook: { url: "http://a", secretFiles: [FILE] }', `whsec_${'A'.repeat(32)}\n`, undefined],
    ['webhook: { url: "http://a", templateFile: FILE }', '{{#each', 'invalid-template'],
    ['webhook: { url: "http://a", templateFile: FILE }', '{"text": "{{title}}"}', undefined],
    ['webhook: { urlFile: FILE }', 'hooks.example.com/hunter2', 'invalid-file'],
    ['webhook: { urlFile: FILE }', 'https://hooks.example.com/hunter2', undefined],
    ['webhook: { url: "http://a", headerFiles: { X-Key: FILE } }', 'hunter2\nhunter3', 'invalid-file'],
  ])('reads what the files hold: %s with %j is %s', async (channel, held, code) => {
    const rules = await write('shop.yaml', good);
    const named = await write('named', held);
    const settings = await write(
      'andon.yml',
      `rules: [${rules}]\nsources: [{ url: "http://a" }]\nchannels:\n  - { name: a, ${channel.replace('FILE', named)} }\n`,
    );
    const { out } = await run(['--settings', settings, '-o', 'json']);
    const { diagnostics } = JSON.parse(out) as { diagnostics: { line: number; code: string }[] };
    expect(diagnostics).toMatchObject(code === undefined ? [] : [{ line: 4, code }]);
    expect(out).not.toContain('hunter2');
  });

  test('shows a name with a line break whole', async () => {
    const rules = await write('shop.yaml', good);
    const channel = '  - { name: "on\\ncall", webhook: { url: "http://a" } }\n';
    const settings = await write('andon.yml', `rules: [${rules}]\nchannels:\n${channel}${channel}`);
    const { out } = await run(['--settings', settings]);
    expect(out).toContain('got `on\\ncall`\n');
    expect(out).toContain('there are two channels named `on\\ncall`\n');
    expect(out).not.toContain('hint: call');
  });

  test('asks the source of that name', async () => {
    const rules = await write('shop.yaml', good);
    const settings = await write('andon.yml', 'sources: [{ name: eu, url: "http://eu:9090", timeout: 1s }]\n');
    const { asked } = await run(['--settings', settings, '--source', 'eu', rules]);
    expect(asked).toMatchObject([{ name: 'eu', url: 'http://eu:9090', timeout: 1000 }]);
  });
});

describe('with a source', () => {
  test('also reports what the source does not have', async () => {
    const rules = await write('shop.yaml', good);
    const { out, code, asked } = await run([rules, '--source', 'http://127.0.0.1:1'], { inspector: noSeries });
    expect(asked).toMatchObject([{ name: 'default', url: 'http://127.0.0.1:1' }]);
    expect(out).toContain('shop.yaml:14:23: error [live-no-series] no series matches queue_depth');
    expect(code).toBe(1);
    expect((await run([rules, '--source', 'http://127.0.0.1:1'])).code).toBe(0);
  });

  test('warns of a threshold between two buckets, and exits with 0', async () => {
    const rules = await write('shop.yaml', good);
    const layout = { bounds: [0.25, 0.5], ofSome: [], isKnown: true };
    const buckets: Live['buckets'] = async () => await Promise.resolve([{ kind: 'ok', layout }]);
    const { out, code } = await run([rules, '--source', 'http://127.0.0.1:1'], {
      inspector: { ...everySeries, buckets },
    });
    expect(out).toContain('warning [live-between-buckets] the threshold 300ms lies between the buckets 0.25 and 0.5; ');
    expect(out).toContain('= hint: write threshold: 250ms or 500ms; the buckets are 0.25, 0.5, +Inf');
    expect(code).toBe(0);
  });

  const refused = { kind: 'failed', failure: { reason: 'unavailable', detail: 'refused by 127.0.0.1:1' } } as const;
  const down: Live = {
    ...everySeries,
    clock: async () => await Promise.resolve(refused),
    series: async () => await Promise.reject(new Error('asked all the same')),
  };

  test('that does not answer says so once, as an error in every format', async () => {
    const args = [await write('shop.yaml', good), '--source', 'http://127.0.0.1:1'];
    const text = await run(args, { inspector: down });
    expect(text.out)
      .toBe(`(--source): error [live-not-checked] nothing was checked against the source: refused by 127.0.0.1:1
   = hint: see that it runs and can be reached from here, or check without --source

1 error in 1 file (1 service, 2 rules)
`);
    const json = await run([...args, '-o', 'json'], { inspector: down });
    expect(JSON.parse(json.out)).toMatchObject({ errors: 1, diagnostics: [{ code: 'live-not-checked' }] });
    const github = await run([...args, '-o', 'github'], { inspector: down });
    expect(github.out).toMatch(/^::error title=live-not-checked::nothing was checked .*: refused by 127/);
    expect([text.code, json.code, github.code]).toEqual([1, 1, 1]);
  });

  test.each([
    ['hold: 5s', 'hold: 20s', 30, 'short-hold', 'a hold of 20s may end between two scrapes: samples come every 30s'],
    ['over: 5m', 'over: 1m', 40, 'short-window', '1m rarely holds two scrapes: samples come every 40s'],
    ['over("1m")', 'over("20s")', 15, 'short-window', '20s rarely holds two scrapes: samples come every 15s'],
    ['over: 5m', 'over: 10s', 5, 'short-window', undefined],
    ['over("1m")', 'over("10s")', 5, 'short-window', undefined],
    ['hold: 5m', 'hold: 10s', 5, 'short-hold', undefined],
  ])('judges %s as %s by its scrape interval of %d s', async (from, to, seconds, code, message) => {
    const text = good.replace(from, to).replace('hold: 5m', to.startsWith('hold') ? to : 'hold: 5m');
    const rules = await write('shop.yaml', text);
    const arrivals: Live['arrivals'] = async (signals) =>
      await Promise.resolve(
        signals.map(() => ({ kind: 'ok', arrivals: { intervalMs: seconds * 1000 + 2, sampleTimes: [] } })),
      );
    const { out, code: exit } = await run([rules, '--source', 'http://127.0.0.1:1', '-o', 'json'], {
      inspector: { ...everySeries, arrivals },
    });
    const { diagnostics } = JSON.parse(out) as { diagnostics: { code: string; message: string }[] };
    const said = diagnostics.filter((each) => each.code === code).map((each) => each.message);
    expect([...new Set(said)]).toEqual(message === undefined ? [] : [message]);
    expect(exit).toBe(0);
  });

  test('that tells no interval leaves the warning as it was', async () => {
    const rules = await write('shop.yaml', good.replace('hold: 5m', 'hold: 5s'));
    const arrivals: Live['arrivals'] = async (signals) => await Promise.resolve(signals.map(() => refused));
    const { out } = await run([rules, '--source', 'http://127.0.0.1:1'], { inspector: { ...everySeries, arrivals } });
    expect(out).toContain('warning [short-hold] a hold of 5s may end between two scrapes\n');
  });

  test('that broken settings may name is not blamed beside them', async () => {
    const rules = await write('shop.yaml', good);
    const settings = await write('andon.yml', 'sources: [{ url: "http://a", timeot: 1s }]\n');
    const { out, err, code } = await run(['--settings', settings, '--source', 'default', rules]);
    expect(out).toContain('timeot');
    expect({ err, code }).toEqual({ err: '', code: 1 });
  });
});
