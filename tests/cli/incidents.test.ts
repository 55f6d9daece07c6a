import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import nodeFetch from 'node-fetch';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ApiDeps } from '../../src/cli/api-command.ts';
import { incidentsCommand } from '../../src/cli/incidents.ts';
import type { StoredEvent } from '../../src/domain/incident/event.ts';
import { aWorld, type World } from '../adapters/http/http-world.ts';
import { anEvent, aStop, aWholeStory, storyStart } from '../support/incident-story.ts';

interface Ran {
  readonly code: number | undefined;
  readonly out: string;
  readonly err: string;
}

/** Runs `andon incidents …` inside this process, as the program does. */
async function incidents(args: readonly string[], change: Partial<ApiDeps> = {}, isTTY = false): Promise<Ran> {
  let code: number | undefined;
  let out = '';
  let err = '';
  const command = incidentsCommand({
    stdout: { write: (text) => (out += text), isTTY },
    stderr: { write: (text) => (err += text) },
    env: { USER: 'ada' },
    fetch: nodeFetch,
    readText: async (path) => await readFile(path, 'utf8'),
    now: () => storyStart + 3_600_000,
    exit: (given) => {
      code = given;
    },
    ...change,
  });
  for (const each of [command, ...command.commands]) {
    each.exitOverride().configureOutput({ writeOut: (text) => (out += text), writeErr: (text) => (err += text) });
  }
  try {
    await command.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    code = error.exitCode === 0 ? 0 : 2;
  }
  return { code, out, err };
}

async function against(world: World, args: readonly string[], change: Partial<ApiDeps> = {}): Promise<Ran> {
  return await incidents([...args, '--url', world.address.url], change);
}

const story = [...aWholeStory(), anEvent('opened', 7, 3000, { incidentId: 'inc-2', group: { region: 'eu' } })];

describe('list', () => {
  test('shows incidents as a table, newest first', async () => {
    await using world = await aWorld({ events: story });

    const ran = await against(world, ['list']);

    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['ID', 'SERVICE', 'SEVERITY', 'PHASE', 'BEGAN', 'DETECTED AFTER', 'WAS OFF FOR', 'ACKNOWLEDGED', 'TITLE'],
      ['inc-2', 'checkout {region="eu"}', 'page', 'open', '1h ago', '50m', '-', '-', 'Payments fail'],
      ['inc-1', 'checkout', 'page', 'closed', '59m 50s ago', '1m 30s', '11m 30s', 'Ada', 'Payments fail'],
      [''],
    ]);
  });

  test('passes filters on, and tells how to see more', async () => {
    const events = ['a', 'b', 'c'].map((incidentId, index) => anEvent('opened', index + 1, index, { incidentId }));
    await using world = await aWorld({ events });

    const page = await against(world, ['list', '--limit', '2']);
    const rest = await against(world, ['list', '--limit', '2', '--before', 'b']);

    expect(page.out).toContain('There are more: --before b\n');
    expect(rest.out).toMatch(/^a /m);
    expect(rest.out).not.toMatch(/^[bc] /m);
    expect((await against(world, ['list', '--phase', 'closed'])).out).toBe('No incident.\n');
    expect((await against(world, ['list', '--service', 'search'])).out).toBe('No incident.\n');
  });

  test('as JSON is what the API answered', async () => {
    await using world = await aWorld({ events: story });

    const ran = await against(world, ['list', '--output', 'json']);

    expect(JSON.parse(ran.out)).toEqual(await (await world.get('/api/v1/incidents')).json());
  });
});

describe('show', () => {
  test('tells times, targets and timeline', async () => {
    await using world = await aWorld({ events: story });

    const { out, code } = await against(world, ['show', 'inc-1']);

    expect(code).toBe(0);
    for (const line of [
      'onset         2026-08-22 02:00:10Z (59m 50s ago), between 01:59:45Z and 02:00:15Z (change-point)',
      'detected      2026-08-22 02:01:40Z (58m 20s ago), 1m 30s after onset',
      'notified      5s after it was detected, 3s after it was recorded',
      'acknowledged  by Ada, 2m after the incident was opened',
      'recovered     2026-08-22 02:11:40Z (48m 20s ago), between 02:11:25Z and 02:11:40Z, 11m 30s after onset',
      'impact        4200 bad events beyond the targets, of 100000; at worst 20% (success rate)',
      '2026-08-22 02:01:40Z  +1m 30s   opened         payments-failing (page, condition-true)',
      '2026-08-22 02:03:40Z  +3m 30s   acknowledged   Ada: looking',
      '2026-08-22 02:21:40Z  +21m 30s  resolved       back since 2026-08-22 02:11:40Z',
    ]) {
      expect(out.split('\n')).toContain(line);
    }
  });

  test('tells what the incident spent of error budgets', async () => {
    const budgetsSpent = [
      { budget: 'success_rate', spent: 0.0278, remaining: 0.872 },
      { budget: 'latency', spent: 0.5, remaining: -0.1, about: true },
    ];
    const resolved = anEvent('resolved', 2, 1300, { budgetsSpent });
    await using world = await aWorld({ events: [anEvent('opened', 1, 100), resolved] });

    const { out } = await against(world, ['show', 'inc-1']);

    const lines = out.split('\n').map((line) => line.trim());
    const [first, second] = [
      'Error budget success rate: this incident spent 2.78% of it; 87.2% was left when service was back',
      'Error budget latency: this incident spent about 50% of it; it was overspent by 10% when service was back',
    ];
    expect(lines).toContain(`budget spent  ${first}`);
    // Once among the facts and once in the timeline.
    expect(lines.filter((line) => line === second)).toHaveLength(2);
  });

  test('tells targets that cannot be told, and says when nothing has happened yet', async () => {
    await using world = await aWorld({ events: [anEvent('opened', 1, 100)] });

    const { out } = await against(world, ['show', 'inc-1']);

    expect(out).toContain('missed   success rate 95.1% over 5m, target at least 99.9%\n');
    expect(out).toContain('unknown  replication lag unknown (stale), target at most 10\n');
    expect(out).toContain('notified      not yet\nacknowledged  by nobody\nrecovered     not yet\n');
  });

  test('has a line for every type of event, also for one that a newer daemon sends', async () => {
    const types: StoredEvent['type'][] = [
      'opened',
      'undeliverable',
      'blinded',
      'sighted',
      'definition-changed',
      'unwatched',
      'closed-by-hand',
    ];
    await using world = await aWorld({ events: types.map((type, index) => anEvent(type, index + 1, index)) });
    const record = (await (await world.get('/api/v1/incidents/inc-1')).json()) as { timeline: object[] };
    record.timeline.push({ seq: 9, type: 'gate-opened', at: '2026-08-22T02:05:00.000Z', recordedAt: '', future: 1 });
    const answer = async () =>
      await Promise.resolve({ status: 200, text: async () => await Promise.resolve(JSON.stringify(record)) });

    const { out } = await incidents(['show', 'inc-1'], { fetch: answer });

    const timeline = out.slice(out.indexOf('Timeline')).replaceAll(/ {2,}/g, '  ');
    for (const line of [
      'undeliverable  pager: rejected',
      'blinded  source-down: the source does not answer',
      'sighted  after 1m',
      'definition-changed  what changed is not known; the end state is now: Customers can pay again',
      'unwatched\n',
      '+5m  gate-opened\n',
    ]) {
      expect(timeline).toContain(line);
    }
  });

  test('lets no text from elsewhere steer the terminal', async () => {
    const evil = 'a\u001b[2Jb\u0007\u202ec';
    const opened = anEvent('opened', 1, 0, {
      incidentId: 'x',
      owner: evil,
      stop: aStop({ summary: evil, rule: evil }),
    });
    await using world = await aWorld({
      events: [opened, anEvent('noted', 2, 1, { incidentId: 'x', by: evil, note: evil })],
    });

    for (const args of [['list'], ['show', 'x']]) {
      const { out } = await against(world, args);
      for (const character of ['\u001b', '\u0007', '\u202e']) expect(out).not.toContain(character);
      expect(out).toContain('a[2Jb\\u202ec');
    }
  });
});

describe('colours', () => {
  test.each([
    ['on a terminal', true, {}, true],
    ['not into a pipe', false, {}, false],
    ['not when the user wants none', true, { NO_COLOR: '1' }, false],
    ['when NO_COLOR is empty', true, { NO_COLOR: '' }, true],
    ['not on a dumb terminal', true, { TERM: 'dumb' }, false],
  ])('%s', async (_, isTTY, env, coloured) => {
    await using world = await aWorld({ events: story });

    for (const args of [['list'], ['show', 'inc-1']]) {
      const { out } = await incidents([...args, '--url', world.address.url], { env }, isTTY);
      expect(out.includes('\u001b[31mpage\u001b[39m')).toBe(coloured);
      expect(out.includes('\u001b')).toBe(coloured);
    }
  });
});

describe('acknowledge and note', () => {
  test('are recorded with the name given, or that of the user', async () => {
    await using world = await aWorld({ events: [anEvent('opened', 1, 100)] });

    const acknowledged = await against(world, ['acknowledge', 'inc-1', '--by', 'Grace', '--note', 'looking']);
    const again = await against(world, ['ack', 'inc-1']);
    const noted = await against(world, ['note', 'inc-1', 'rolled', 'back']);

    expect(acknowledged).toEqual({ code: 0, out: 'inc-1 is acknowledged by Grace\n', err: '' });
    expect(again).toEqual({ code: 0, out: 'inc-1 is acknowledged by Grace\n', err: '' });
    expect(noted).toEqual({ code: 0, out: 'the note is in the timeline of inc-1\n', err: '' });
    expect(world.book.get('inc-1')?.timeline.slice(1)).toMatchObject([
      { type: 'acknowledged', by: 'Grace', note: 'looking' },
      { type: 'noted', by: 'ada', note: 'rolled back' },
    ]);
  });

  test.each([[['ack', 'inc-1']], [['note', 'inc-1', 'looking']], [['close', 'inc-1', '--because', 'gone']]])(
    'need to know who acts: %j',
    async (command) => {
      const ran = await incidents(command, { env: { USER: '' } });

      expect(ran.code).toBe(2);
      expect(ran.err).toBe('error: nothing says who acts\n  Give --by <name>, or set ANDON_USER or USER.\n');
    },
  );

  test('find an incident whatever its name holds', async () => {
    const incidentId = 'a/b?c d%';
    await using world = await aWorld({ events: [anEvent('opened', 1, 100, { incidentId })] });

    expect(await against(world, ['ack', incidentId])).toMatchObject({ code: 0 });
    expect(world.book.get(incidentId)?.incident.acknowledgedBy).toBe('ada');
  });
});

describe('the token', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'andon-cli-'));
    await writeFile(join(folder, 'token'), 'correct-horse\n');
    await writeFile(join(folder, 'empty'), '\n');
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });
  const open = [anEvent('opened', 1, 100)];

  test('comes from a file, named by option or environment, and opens what is guarded', async () => {
    const tokenFile = join(folder, 'token');
    await using world = await aWorld({ events: open, tokenFile });

    const without = await against(world, ['ack', 'inc-1']);
    const byOption = await against(world, ['ack', 'inc-1', '--token-file', tokenFile]);
    const byEnvironment = await against(world, ['note', 'inc-1', 'x'], {
      env: { USER: 'ada', ANDON_TOKEN_FILE: tokenFile },
    });

    expect(without.code).toBe(1);
    expect(without.err).toContain('Not authorized: the request bears no token');
    expect(without.err).toContain('--token-file');
    expect([byOption.code, byEnvironment.code]).toEqual([0, 0]);
  });

  test.each(['missing', 'empty'])('from a file that is %s is wrong usage, and nothing is asked', async (name) => {
    await using world = await aWorld({ events: open });

    const ran = await against(world, ['ack', 'inc-1', '--token-file', join(folder, name)]);

    expect(ran.code).toBe(2);
    expect(ran.err).toContain(join(folder, name));
    expect(world.requests).toEqual([]);
  });

  test('does not follow a redirect', async () => {
    await using world = await aWorld({ events: open });
    const server = createServer((_request, response) => {
      response.writeHead(307, { location: `${world.address.url}/api/v1/incidents/inc-1/acknowledge` }).end();
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;

    const ran = await incidents([
      'ack',
      'inc-1',
      '--url',
      `http://127.0.0.1:${port}`,
      '--token-file',
      join(folder, 'token'),
    ]);
    server.closeAllConnections();
    server.close();

    expect(ran.code).toBe(1);
    expect(ran.err).toContain('does not look like Andon (HTTP status 307)');
    expect(world.requests).toEqual([]);
  });
});

describe('when it does not work', () => {
  test.each([
    ['node-fetch', nodeFetch],
    ["Node's own fetch", fetch],
  ])('no daemon, asked by %s: says where it asked, why not, and what to do', async (_, fetch) => {
    const world = await aWorld();
    const { url } = world.address;
    await world.server.stop();

    const ran = await incidents(['list', '--url', url], { fetch });

    expect(ran).toEqual({
      code: 1,
      out: '',
      err: `error: no Andon answers at ${url}: ECONNREFUSED\n  Is the daemon running (\`andon run\`)? Name another address with --url or ANDON_URL.\n`,
    });
  });

  test('a daemon that never answers: says so after a while', async () => {
    const timeout = async () => await Promise.reject(new DOMException('aborted', 'TimeoutError'));

    expect((await incidents(['list'], { fetch: timeout })).err).toContain('no answer within 10 s');
  });

  test('an unknown incident: says so, with the hint of the daemon', async () => {
    await using world = await aWorld();

    const ran = await against(world, ['show', 'nothing', '--output', 'json']);

    expect(ran).toMatchObject({ code: 1, out: '' });
    expect(JSON.parse(ran.err)).toEqual({
      error: {
        message: 'No such incident: no incident "nothing" is kept',
        hint: 'See which are kept with `andon incidents list`.',
        status: 404,
        reason: 'unknown-incident',
      },
    });
    expect((await against(world, ['show', 'nothing'])).err).toMatch(
      /^error: No such incident: no incident "nothing" is/,
    );
  });

  test.each([
    ['a page', 200, '<html></html>', 'HTTP status 200'],
    ['other JSON', 200, '{"status":"success"}', 'its answer has another shape'],
    ['an error of another server', 502, 'Bad Gateway', 'HTTP status 502'],
  ])('another server at the address, %s: says that this is not Andon', async (_, status, text, why) => {
    const answer = async () => await Promise.resolve({ status, text: async () => await Promise.resolve(text) });

    const ran = await incidents(['list'], { fetch: answer });

    expect(ran.code).toBe(1);
    expect(ran.err).toContain(`what answers at http://127.0.0.1:9655 does not look like Andon (${why})`);
  });

  test.each([
    ['an unknown command', ['frobnicate'], "unknown command 'frobnicate'"],
    ['an unknown option', ['list', '--severity', 'page'], "unknown option '--severity'"],
    ['an unknown phase', ['list', '--phase', 'shut'], 'Allowed choices are open, watching, closed'],
    ['a limit that is none', ['list', '--limit', 'many'], 'Write a number from 1 to 500.'],
    ['a URL that is none', ['list', '--url', 'localhost:9655'], 'Write a URL such as http://127.0.0.1:9655.'],
    ['no incident', ['show'], "missing required argument 'id'"],
    ['no note', ['note', 'inc-1'], "missing required argument 'text'"],
  ])('%s is wrong usage', async (_, args, message) => {
    const ran = await incidents(args);

    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toContain(message);
  });

  test('an address in the environment that is none is wrong usage', async () => {
    const ran = await incidents(['list'], { env: { ANDON_URL: 'andon' } });

    expect(ran).toMatchObject({
      code: 2,
      err: 'error: ANDON_URL is no URL; write for instance http://127.0.0.1:9655\n',
    });
  });

  test('the address comes from the environment when none is given', async () => {
    await using world = await aWorld({ events: story });

    expect(await incidents(['list'], { env: { ANDON_URL: `${world.address.url}/` } })).toMatchObject({ code: 0 });
  });
});
