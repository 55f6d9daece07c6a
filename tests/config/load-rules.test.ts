import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { loadRules } from '../../src/config/load-rules.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

const file = (text: string, path = 'shop.yaml') => ({ path, content: new TextEncoder().encode(text) });
const minimal = readFileSync(join(root, 'tests/golden/check/good/minimal.yaml'), 'utf8');
const everything = readFileSync(join(root, 'tests/golden/check/good/everything.yaml'), 'utf8');
const codes = (result: ReturnType<typeof loadRules>) => result.diagnostics.map(({ code }) => code);

describe('the shipped rule files', () => {
  test.each(readdirSync(join(root, 'rules')).filter((name) => name.endsWith('.yaml')))(
    '%s is without a flaw',
    (name) => {
      const { services, diagnostics } = loadRules([{ path: name, content: readFileSync(join(root, 'rules', name)) }]);
      expect(diagnostics).toEqual([]);
      expect(services).toHaveLength(1);
    },
  );
});

describe('a service', () => {
  const [service, second] = loadRules([file(everything)]).services;

  test('carries what was declared, in ms and ratios', () => {
    expect(service).toMatchObject({
      name: 'everything',
      owner: 'team-a',
      labels: { tier: 'web' },
      source: 'eu',
      notify: ['on-call', 'tickets'],
      endState: {
        summary: 'It works for everybody',
        holdMs: 120_000,
        watchMs: 0,
        targets: [
          { signal: 'success_rate', bound: 'atLeast', value: 0.999, overMs: 5_400_000, unit: 'ratio' },
          { signal: 'lag', bound: 'atMost', value: 90, unit: 'seconds' },
          { signal: 'lag', bound: 'atLeast', value: -1.5, overMs: 60_000, unit: 'seconds' },
        ],
      },
    });
    expect(service?.signals.map(({ name, kind, by, maxGroups }) => [name, kind, by, maxGroups])).toEqual([
      ['success_rate', 'ratio', ['region'], 5],
      ['failures', 'ratio', [], 50],
      ['native', 'latency', ['region'], 50],
      ['dotted', 'latency', [], 50],
      ['lag', 'gauge', ['region'], 50],
    ]);
    expect(service?.signals[2]).toMatchObject({ thresholdSeconds: 1.5, native: true });
    expect(service?.signals[4]).toMatchObject({ smearMs: 300_000, selectors: ['lag_seconds', 'seen'] });
    expect(service?.rules[0]).toMatchObject({
      name: 'one',
      formerly: ['uno', 'eins'],
      forMs: 3_000_000,
      severity: 'ticket',
      labels: { impact: 'high' },
      onUnknown: { policy: 'open', afterMs: 600_000 },
    });
  });

  test('has defaults for what was left out', () => {
    expect(second).toMatchObject({
      source: 'default',
      notify: [],
      labels: {},
      endState: { watchMs: 1_800_000 },
    });
    expect(second?.rules[0]).toMatchObject({ forMs: 0, severity: 'page', onUnknown: { policy: 'ignore' } });
  });
});

describe('a service without rules', () => {
  test.each([
    ['that are left out', ''],
    ['that are an empty list', '  stopTheLine: []\n'],
  ])('%s is loaded all the same, and its author told that nobody is paged', (_, rules) => {
    const text = everything.slice(everything.indexOf('---\n')).replace(/  stopTheLine: .*\n/, rules);
    const { services, diagnostics } = loadRules([file(text)]);
    expect(services).toMatchObject([{ name: 'second', rules: [] }]);
    expect(diagnostics).toMatchObject([{ severity: 'warning', code: 'no-rules' }]);
  });
});

describe('what nobody asks for', () => {
  test('is not reported while something that may ask for it is broken', () => {
    const unused = minimal.replace(/    - name: slow\n.*\n/, '');
    expect(codes(loadRules([file(unused)]))).toEqual(['unused-signal', 'unused-signal']);
    expect(codes(loadRules([file(unused.replace('< 0.97', '< 0.97 && queue.lastest() > 1.0'))]))).toEqual([
      'unknown-method',
    ]);
    expect(codes(loadRules([file(unused.replace('atLeast: 99.9%', 'atLeast: 101%'))]))).toEqual(['ratio-out-of-range']);
  });
});

describe('a revision', () => {
  const revision = (text: string) => loadRules([file(text)]).services[0]?.revision;

  test.each([
    ['a comment', (text: string) => `# hello\n${text}`],
    ['the order of keys', (text: string) => text.replace(/(    hold: 5m\n)(    targets:\n.*\n)/, '$2$1')],
    ['the order of signals', (text: string) => text.replace(/(    latency:\n.*\n)(    queue:\n.*\n)/, '$2$1')],
    ['the owner', (text: string) => text.replace('name: shop', 'name: shop\n  owner: other')],
    ['white space in a condition', (text: string) => text.replace(' < 0.97', '   < 0.97')],
    ['another spelling of the same bound', (text: string) => text.replace('99.9%', '0.999')],
  ])('does not change with %s', (_, change) => {
    expect(change(minimal)).not.toBe(minimal);
    expect(revision(change(minimal))).toBe(revision(minimal));
  });

  test.each([
    ['a bound', (text: string) => text.replace('99.9%', '99.8%')],
    ['a condition', (text: string) => text.replace('0.97', '0.96')],
    ['a selector', (text: string) => text.replace('total: http', 'total: https')],
    ['hold', (text: string) => text.replace('hold: 5m', 'hold: 6m')],
    ['the end state in words', (text: string) => text.replace('Customers', 'Nobody')],
  ])('changes with %s', (_, change) => {
    expect(revision(change(minimal))).toMatch(/^\w{11}$/);
    expect(revision(change(minimal))).not.toBe(revision(minimal));
  });
});

describe('several files', () => {
  test('declare a service once', () => {
    const result = loadRules([file(minimal, 'a.yaml'), file(minimal, 'b.yaml')]);
    expect(result.services).toHaveLength(1);
    expect(result.diagnostics).toMatchObject([
      { file: 'b.yaml', line: 4, column: 9, code: 'duplicate-service', message: expect.stringContaining('a.yaml:4') },
    ]);
  });

  test('keep their good services when one of them is bad', () => {
    const result = loadRules([file('a: [', 'bad.yaml'), file(minimal, 'good.yaml')]);
    expect(result.services.map(({ name }) => name)).toEqual(['shop']);
    expect(result.diagnostics.every(({ file: path }) => path === 'bad.yaml')).toBe(true);
  });

  test('are reported by file and position', () => {
    const bad = minimal.replace('99.9%', '999%').replace('300ms', 'fast');
    const places = loadRules([file(bad, 'b.yaml'), file(bad.replace('shop', 'shop2'), 'a.yaml')]).diagnostics;
    expect(places.map(({ file: path, line }) => `${path}:${line}`)).toEqual([
      'a.yaml:12',
      'a.yaml:19',
      'b.yaml:12',
      'b.yaml:19',
    ]);
  });
});

describe('names from the settings', () => {
  const named = minimal.replace('spec:', 'spec:\n  source: us\n  notify: [on-cal]');

  test('are checked where they are known', () => {
    const result = loadRules([file(named)], { sources: ['eu'], channels: ['on-call'] });
    expect(result.diagnostics).toMatchObject([
      { code: 'unknown-source', line: 6 },
      { code: 'unknown-channel', line: 7, hint: 'did you mean on-call?' },
    ]);
    expect(result.services).toEqual([]);
    expect(codes(loadRules([file(named)], { sources: ['us'], channels: ['on-cal'] }))).toEqual([]);
    expect(codes(loadRules([file(named)]))).toEqual([]);
  });
});

describe('a place', () => {
  test('is found for each part of a service, or for what holds it', () => {
    const { locate } = loadRules([file('# nothing\n', 'x.yaml'), file(`${minimal}---\n${everything}`)]);
    expect(locate('shop', ['spec', 'signals', 'latency', 'latency', 'threshold'])).toMatchObject({
      line: 12,
      column: 71,
    });
    expect(locate('everything', ['metadata', 'name'])?.excerpt).toBe('  name: everything');
    expect(locate('shop', ['spec', 'signals', 'latency', 'nowhere'])).toMatchObject({ line: 11, column: 5 });
    expect(locate('nobody', [])).toBeUndefined();
  });
});

describe('whatever a file holds', () => {
  const tokens = [
    '- ',
    ': ',
    '\n',
    '  ',
    '&a ',
    '*a',
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
    '|',
    '>',
    '#',
    '!!',
    '%',
    '---\n',
    'spec',
    'signals',
    'kind',
    '\t',
    '5m',
    '? ',
    '<<: ',
    '\u0000',
    '\u{1F600}',
    ',',
  ];

  test('loading it never throws', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...tokens), { maxLength: 60 }), (parts) => {
        const { diagnostics } = loadRules([file(parts.join(''))]);
        for (const { line, column } of diagnostics) expect(line >= 1 && column >= 1).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('a good file with one stretch cut out is loaded or complained about', () => {
    fc.assert(
      fc.property(fc.nat(everything.length), fc.nat(30), (from, length) => {
        const { services, diagnostics } = loadRules([
          file(everything.slice(0, from) + everything.slice(from + length)),
        ]);
        expect(services.length > 0 || diagnostics.length > 0).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('bytes are loaded without an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (content) => {
        loadRules([{ path: 'x', content }]);
      }),
    );
  });
});
