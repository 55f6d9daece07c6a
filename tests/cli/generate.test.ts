import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { beforeEach, afterEach, expect, test } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { runProgram } from '../../src/cli/program.ts';
import type { ProgramProcess } from '../../src/cli/program-process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
beforeEach(async () => {
  folder = await temporaryDirectory();
});
afterEach(async () => {
  await folder[Symbol.asyncDispose]();
});

const service = (name: string, more = ''): string => `apiVersion: andon/v1
kind: Service
metadata: { name: ${name} }
spec:
  signals:
    success_rate:
      ratio: { good: 'requests_total{code!~"5.."}', total: requests_total }
  endState: { summary: all is well, hold: 5m, targets: [{ signal: success_rate, atLeast: 99%, over: 5m }] }
  errorBudgets:
    - { signal: success_rate, objective: 99.9%, period: 30d, burnRates: [page, ticket] }
${more}`;

async function write(name: string, text: string): Promise<string> {
  const path = join(folder.path, name);
  await writeFile(path, text);
  return path;
}

async function run(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const [stdout, stderr] = [new PassThrough({ encoding: 'utf8' }), new PassThrough({ encoding: 'utf8' })];
  const io = { stdout, stderr, env: {}, on: () => undefined, off: () => undefined } as unknown as ProgramProcess;
  const code = await runProgram(['node', 'andon', 'generate', 'prometheus-rules', ...args], io);
  const textOf = (stream: PassThrough): string => String(stream.read() ?? '').replaceAll(`${folder.path}/`, '');
  return { code, out: textOf(stdout), err: textOf(stderr) };
}

test('writes the rules of every budget of every file', async () => {
  const paths = [await write('shop.yaml', service('shop')), await write('cart.yaml', service('cart'))];
  const { code, out, err } = await run(...paths);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const { groups } = parse(out) as { readonly groups: readonly { readonly name: string }[] };
  expect(groups.map(({ name }) => name)).toEqual(
    ['shop', 'cart'].flatMap((name) =>
      ['sli-recordings', 'meta-recordings', 'alerts'].map((kind) => `sloth-slo-${kind}-${name}-success_rate`),
    ),
  );
});

test('writes manifests, one for each service, or one for all under a name', async () => {
  const paths = [await write('shop.yaml', service('shop')), await write('cart.yaml', service('cart'))];
  const manifest = [
    '--format',
    'prometheus-rule',
    '--namespace',
    'monitoring',
    '--label',
    'release=kps',
    '--label',
    'a.b/c=d',
  ];
  const metadata = async (...more: readonly string[]) =>
    parseAllDocuments((await run(...paths, ...manifest, ...more)).out).map((each) => each.toJS() as unknown);
  const labels = { release: 'kps', 'a.b/c': 'd' };
  expect(await metadata()).toMatchObject([
    { kind: 'PrometheusRule', metadata: { name: 'andon-shop', namespace: 'monitoring', labels } },
    { kind: 'PrometheusRule', metadata: { name: 'andon-cart', namespace: 'monitoring', labels } },
  ]);
  expect(await metadata('--name', 'budgets')).toMatchObject([{ metadata: { name: 'budgets' } }]);
});

test('writes to a file, and cuts groups to a size', async () => {
  const path = await write('shop.yaml', service('shop'));
  const output = join(folder.path, 'rules.yml');
  expect(await run(path, '--output', output, '--max-group-size', '5')).toEqual({ code: 0, out: '', err: '' });
  const { groups } = parse(await readFile(output, 'utf8')) as { groups: { rules: unknown[] }[] };
  expect(Math.max(...groups.map(({ rules }) => rules.length))).toBe(5);
});

const stopRule = `  stopTheLine:
    - { name: failing, when: success_rate.over("1m") < 0.9 }
`;

test('names what it leaves out, which is a failure when it is asked to be strict', async () => {
  const path = await write('shop.yaml', service('shop', stopRule));
  const lax = await run(path);
  expect(lax.code).toBe(0);
  expect(lax.err).toMatch(/^shop\.yaml:12:7: warning \[not-in-rules\] no rule for `failing`: /);
  const strict = await run(path, '--strict');
  expect(strict).toEqual({ ...lax, code: 1 });
});

test('makes nothing of a file with errors, and says what they are as the check does', async () => {
  const path = await write('shop.yaml', service('shop').replace('99.9%', '999%'));
  const { code, out, err } = await run(path);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(/^shop\.yaml:10:\d+: error /);
});

test('says so when there is no budget to make rules of', async () => {
  const path = await write('shop.yaml', service('shop').replace(/ {2}errorBudgets:\n.*\n/, ''));
  const { code, out, err } = await run(path);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toContain('declare one under spec.errorBudgets');
});

test.each([
  [[], 'missing required argument'],
  [['nowhere.yaml'], 'nowhere.yaml: '],
  [['shop.yaml', '--format', 'jsonnet'], 'Allowed choices are rules, prometheus-rule'],
  [['shop.yaml', '--max-group-size', '0'], 'at least 1'],
  [['shop.yaml', '--name', 'all'], '--name is for manifests'],
  [['shop.yaml', '--format', 'prometheus-rule', '--name', 'Big Name'], 'expected lower-case letters'],
  [['shop.yaml', '--format', 'prometheus-rule', '--label', 'release'], 'expected name=value'],
  [['shop.yaml', '--output', 'nowhere/rules.yml'], 'nowhere/rules.yml cannot be written'],
])('wrong usage %j ends with 2', async (args, message) => {
  await write('shop.yaml', service('shop'));
  const { code, out, err } = await run(...args.map((arg) => (/\.ya?ml$/.test(arg) ? join(folder.path, arg) : arg)));
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(message);
});
