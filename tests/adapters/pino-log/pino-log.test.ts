import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { createPinoLog, type LogOptions } from '../../../src/adapters/pino-log/pino-log.ts';

/** A log whose lines a test can look at. */
function aLog(options: Partial<LogOptions> = {}) {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>);
  const log = createPinoLog({ level: 'debug', destination: { write }, ...options });
  return { log, lines };
}

describe('a log line', () => {
  test('has an ISO time, the name of its level, its message and its fields', () => {
    const { log, lines } = aLog();

    log.warn('poll failed', { service: 'checkout', reason: 'timeout' });

    expect(lines).toEqual([
      {
        level: 'warn',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        message: 'poll failed',
        service: 'checkout',
        reason: 'timeout',
      },
    ]);
  });

  test('names the trace it belongs to', () => {
    let span: { traceId: string; spanId: string } | undefined = { traceId: 't1', spanId: 's1' };
    const { log, lines } = aLog({ currentSpan: () => span });

    log.info('inside');
    span = undefined;
    log.info('outside');

    expect(lines[0]).toMatchObject({ trace_id: 't1', span_id: 's1' });
    expect(lines[1]).not.toHaveProperty('trace_id');
  });

  test.each([
    ['debug', ['debug', 'info', 'warn', 'error']],
    ['warn', ['warn', 'error']],
    ['error', ['error']],
  ] as const)('below the level %s is not written', (level, written) => {
    const { log, lines } = aLog({ level });

    for (const each of ['debug', 'info', 'warn', 'error'] as const) log[each]('a message');

    expect(lines.map((line) => line['level'])).toEqual(written);
  });
});

describe('secrets', () => {
  test.each([
    ['password', { password: 's3cret' }],
    ['authorization header', { headers: { Authorization: 'Bearer s3cret' } }],
    ['token in camel case', { accessToken: 's3cret' }],
    ['key in a list', { channels: [{ name: 'pager', webhook_secret: 's3cret' }] }],
    ['API key header', { 'X-Api-Key': 's3cret' }],
    ['user in a URL', { url: 'https://ada:s3cret@example.com/x' }],
    ['URL in an error', { error: new Error('GET http://ada:s3cret@db:80/ failed') }],
    [
      'URL in the stack and cause of an error',
      { error: new Error('outer', { cause: new Error('http://:s3cret@db/') }) },
    ],
    ['field of an error', { error: Object.assign(new Error('no'), { token: 's3cret' }) }],
  ])('are cut out: %s', (_, fields) => {
    const { log, lines } = aLog();

    log.error('a message', fields);

    expect(JSON.stringify(lines)).not.toContain('s3cret');
    expect(JSON.stringify(lines)).toContain('[redacted]');
  });

  test('names that only sound like secrets stay', () => {
    const { log, lines } = aLog();

    log.info('a message', { tokenFile: '/run/token', tokens: 3, secretary: 'Ada' });

    expect(lines[0]).toMatchObject({ tokenFile: '/run/token', tokens: 3, secretary: 'Ada' });
  });
});

describe('errors', () => {
  test('keep their facts and cause, with the stack at level error only', () => {
    const { log, lines } = aLog();
    const error = Object.assign(new Error('outer', { cause: new TypeError('inner') }), { reason: 'full' });

    log.warn('a message', { error });
    log.error('a message', { error });

    expect(lines[0]?.['error']).toEqual({
      name: 'Error',
      message: 'outer',
      reason: 'full',
      cause: { name: 'TypeError', message: 'inner' },
    });
    expect(lines[1]?.['error']).toMatchObject({ stack: expect.stringContaining('pino-log.test') });
  });

  test('a field that points at itself does not end the process', () => {
    const { log, lines } = aLog();
    const circle: Record<string, unknown> = { name: 'circle' };
    circle['self'] = circle;

    log.info('a message', { circle, big: 12n });

    expect(lines[0]).toMatchObject({ big: '12', circle: { name: 'circle' } });
  });
});

test('every line is on standard error when the process ends at once', () => {
  const code = `
    import { createPinoLog } from './src/adapters/pino-log/pino-log.ts';
    const log = createPinoLog({ level: 'info' });
    for (let index = 0; index < 500; index += 1) log.info('line', { index });
    process.exit(3);`;
  const ended = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', code], {
    encoding: 'utf8',
    timeout: 15_000,
  });

  expect(ended.status).toBe(3);
  expect(ended.stdout).toBe('');
  expect(
    ended.stderr
      .trim()
      .split('\n')
      .filter((line) => line.startsWith('{')),
  ).toHaveLength(500);
});
