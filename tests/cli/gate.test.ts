import { describe, expect, test } from '@jest/globals';
import { gateCommand } from '../../src/cli/gate.ts';
import { aWorld, type World } from '../adapters/http/http-world.ts';
import { anOpenIncident } from '../support/gate-bench.ts';
import { aWholeStory } from '../support/incident-story.ts';
import { answerJson, startStub } from '../support/stub-server.ts';
import { until } from '../support/until.ts';
import { apiBench, ran, type Ran } from './api-bench.ts';

const freeze = { service: 'checkout', by: 'Ada', reason: 'moving the database' };

async function gate(world: World, args: readonly string[], bench = apiBench()): Promise<Ran> {
  return await ran(gateCommand, [...args, '--url', world.address.url], bench);
}

/** Asleep means that the command has its answer and waits. */
async function asleep({ clock }: ReturnType<typeof apiBench>): Promise<void> {
  await until(() => clock.asleep === 1 || undefined, {
    what: 'the pause before it asks again',
    withinMs: 5000,
    everyMs: 5,
  });
}

describe('the exit code', () => {
  test('says go while the end state holds', async () => {
    await using world = await aWorld();
    const { code, out, err } = await gate(world, ['checkout']);
    expect([code, err]).toEqual([0, '']);
    expect(out.split('\n')).toEqual([
      'checkout  pass, go',
      '',
      'why      checkout is in its end state, and nothing holds it back',
      'reason   end-state-holds',
      'decided  2026-08-22 02:00:00Z',
      'data     0s old',
      '',
      'Readings',
      'held  0s old  success rate 100% over 1m, target at least 99.9%',
      '',
    ]);
  });

  test('says abort while an incident is open, and what else is seen', async () => {
    await using world = await aWorld();
    world.gates.poll('checkout', 0.5, { incident: anOpenIncident(world.gates.clock.now() - 60_000) });
    await world.gates.acts.freeze({ ...freeze, forMs: 3_600_000 });
    const { code, out } = await gate(world, ['checkout']);
    expect(code).toBe(1);
    const lines = out.split('\n').map((line) => line.replaceAll(/ {2,}/g, '  '));
    for (const line of [
      'checkout  stop, abort: do not ship, roll back',
      'why  Ada stopped the line of checkout until 03:00:00 UTC: moving the database',
      'until  2026-08-22 03:00:00Z (in 1h), if nothing else changes it',
      'Also seen',
      'stop  incident-open  checkout is off since 01:59:00 UTC (payments-failing): incident checkout-20260822T020711Z is open',
      'missed  0s old  success rate 50% over 1m, target at least 99.9%',
      'checkout-freeze-20260822T020000Z  the line of checkout, by Ada since 2026-08-22 02:00:00Z, until 2026-08-22 03:00:00Z (in 1h): moving the database',
    ]) {
      expect(lines).toContain(line);
    }
  });

  test('says wait for what is not known, and go for it where the policy says so', async () => {
    await using world = await aWorld();
    const unknown = await gate(world, ['nobody']);
    expect(unknown).toMatchObject({ code: 3 });
    expect(unknown.out).toContain('unknown-service');
    const policy = { onUnknown: 'warn', budgets: {}, dependsOn: [] } as const;
    world.gates.poll('checkout', 1, { service: { gate: policy } });
    await world.gates.clock.advance(600_000);
    const stale = await gate(world, ['checkout']);
    expect(stale.out).toContain('checkout  unknown, go');
    expect(stale.code).toBe(0);
  });

  test('tells no daemon and a refusal apart from every answer', async () => {
    const world = await aWorld();
    const { url } = world.address;
    await world.server.stop();
    expect(await ran(gateCommand, ['checkout', '--url', url])).toMatchObject({ code: 4, out: '' });
    expect(await ran(gateCommand, ['--url', url])).toMatchObject({ code: 4, out: '' });
    await using other = await startStub((_, response) => {
      answerJson(response, 200, { service: 'checkout', action: 'dance' });
    });
    const strange = await ran(gateCommand, ['checkout', '--url', other.url, '--wait', '10m']);
    expect(strange).toMatchObject({ code: 4, out: '' });
    expect(strange.err).toContain('does not look like Andon');
  });

  test.each([
    ['no service', ['--wait', '1m'], 'name the service'],
    ['a wait that is none', ['checkout', '--wait', 'long'], 'Write a duration such as 10m.'],
    ['asking too often', ['checkout', '--every', '100ms'], 'Write a duration such as 5s, at least 1s.'],
    ['a remedy without its change', ['checkout', '--remedies', 'x', '--reason', 'y'], '--remedies needs --change'],
    ['a reason for nothing', ['checkout', '--reason', 'y'], '--reason is the reason of --remedies'],
  ])('says wrong usage: %s', async (_, args, message) => {
    const seen = await ran(gateCommand, args);
    expect(seen).toMatchObject({ code: 2, out: '' });
    expect(seen.err).toContain(message);
  });

  test('stands in the help', async () => {
    const { code, out } = await ran(gateCommand, ['--help']);
    expect(code).toBe(0);
    expect(out).toContain('3  wait: hold, or unknown, and still so when --wait ran out');
  });
});

describe('--wait', () => {
  test('asks again until the gate lets it pass, and tells each other answer once', async () => {
    await using world = await aWorld();
    const policy = { onUnknown: 'hold', budgets: {}, dependsOn: [{ service: 'db', whenStopped: 'hold' }] } as const;
    world.gates.poll('checkout', 1, { service: { gate: policy } });
    world.gates.poll('db', 1);
    await world.gates.acts.freeze({ ...freeze, service: 'db' });
    const bench = apiBench();
    const waiting = gate(world, ['checkout', '--wait', '10m', '--every', '20s'], bench);
    for (let asked = 1; asked <= 3; asked += 1) {
      await asleep(bench);
      expect(world.requests).toHaveLength(asked);
      await bench.clock.advance(20_000);
    }
    await asleep(bench);
    await world.gates.acts.freeze({ ...freeze, service: 'db', reason: 'and the disk' });
    await bench.clock.advance(20_000);
    await asleep(bench);
    await world.gates.acts.lift('db-freeze-20260822T020000Z', 'Ada', 'done');
    await world.gates.acts.lift('db-freeze-20260822T020000Z-2', 'Ada', 'done');
    await bench.clock.advance(20_000);
    const { code, out, err } = await waiting;
    expect(code).toBe(0);
    expect(out).toContain('checkout  pass, go');
    expect(err.split('\n')).toEqual([
      '02:00:00Z hold, wait (dependency): it depends on db, whose line is stopped: Ada stopped the line of db: moving the database',
      '',
    ]);
    expect(bench.clock.asleep).toBe(0);
  });

  test('ends at once for a service that nobody watches, and says which may be meant', async () => {
    await using world = await aWorld();
    const { code, err } = await gate(world, ['chekout', '--wait', '10m']);
    expect(code).toBe(3);
    expect(err).toBe(
      'no service named chekout is watched: did you mean checkout? Check the name, or declare it in a rule file\n',
    );
    expect(world.requests).toHaveLength(1);
  });

  test('ends when the time is over, with a last look at its end', async () => {
    await using world = await aWorld();
    const bench = apiBench();
    await world.gates.clock.advance(600_000);
    const waiting = gate(world, ['checkout', '--wait', '8s'], bench);
    await asleep(bench);
    await bench.clock.advance(5_000);
    await asleep(bench);
    await bench.clock.advance(3_000);
    expect(await waiting).toMatchObject({ code: 3 });
    expect(world.requests).toHaveLength(3);
  });

  test('does not wait for a stop to end', async () => {
    await using world = await aWorld();
    await world.gates.acts.freeze(freeze);
    expect(await gate(world, ['checkout', '--wait', '10m'])).toMatchObject({ code: 1, err: '' });
  });

  test('bears a daemon that does not answer for a moment, and says so', async () => {
    const held = { service: 'checkout', state: 'hold', action: 'wait', reason: 'budget-low', words: 'little is left' };
    const answer = { findings: [], readings: [], freezes: [], decidedAt: '2026-08-22T02:00:00.000Z' };
    await using stub = await startStub((_, response, count) => {
      if (count === 2) response.destroy();
      else if (count === 3) answerJson(response, 503, {});
      else answerJson(response, 200, { ...held, ...answer, ...(count === 5 ? { state: 'warn', action: 'go' } : {}) });
    });
    const bench = apiBench();
    const waiting = ran(gateCommand, ['checkout', '--url', stub.url, '--wait', '1m', '-o', 'json'], bench);
    for (let asked = 1; asked <= 4; asked += 1) {
      await asleep(bench);
      await bench.clock.advance(5_000);
    }
    const { code, out, err } = await waiting;
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ state: 'warn' });
    const lines = err.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { waiting: { state: 'hold' } },
      { waiting: { reason: 'unreachable' } },
      { waiting: { status: 503 } },
      { waiting: { state: 'hold' } },
    ]);
  });
});

describe('a change that remedies an incident', () => {
  const args = ['checkout', '--change', 'sha-1', '--remedies', 'inc-1', '--reason', 'reverts it', '--by', 'Grace'];
  const passed = {
    service: 'checkout',
    state: 'pass',
    action: 'go',
    reason: 'remedy',
    words: 'it remedies incident inc-1',
    findings: [],
    readings: [],
    freezes: [],
    passage: { kind: 'remedy', by: 'Grace', reason: 'reverts it', incidentId: 'inc-1' },
    decidedAt: '2026-08-22T02:00:00.000Z',
  };

  test('is reported once before the gate is asked', async () => {
    await using stub = await startStub(({ path }, response, count) => {
      if (path === '/api/v1/changes') answerJson(response, 201, { change: 'sha-1' });
      else answerJson(response, 200, count === 2 ? { ...passed, state: 'hold', action: 'wait' } : passed);
    });
    const bench = apiBench();
    const waiting = ran(gateCommand, [...args, '--url', stub.url, '--wait', '1m'], bench);
    await asleep(bench);
    await bench.clock.advance(5_000);
    const { code, out } = await waiting;
    expect(code).toBe(0);
    expect(out).toContain('let through  as the remedy of an incident, says Grace: reverts it');
    const gatePath = '/api/v1/gate/checkout?change=sha-1';
    expect(stub.requests.map(({ path }) => path)).toEqual(['/api/v1/changes', gatePath, gatePath]);
    expect(JSON.parse([...(stub.requests[0]?.form.keys() ?? [])].join(''))).toEqual({
      change: 'sha-1',
      service: 'checkout',
      remedies: { incident: 'inc-1', by: 'Grace', reason: 'reverts it' },
    });
  });

  test('that the daemon cannot read is wrong usage, and the gate is not asked', async () => {
    await using stub = await startStub((_, response) => {
      answerJson(response, 422, { reason: 'invalid-request', title: 'Too long', detail: 'the reason is too long' });
    });
    const seen = await ran(gateCommand, [...args, '--url', stub.url]);
    expect(seen).toMatchObject({ code: 2, out: '' });
    expect(seen.err).toContain('Too long: the reason is too long');
    expect(stub.requests).toHaveLength(1);
  });

  test('of an incident that is not open is said to be none, and the gate answers as ever', async () => {
    await using world = await aWorld();
    const passing = await gate(world, args);
    expect(passing.code).toBe(0);
    expect(passing.out).toContain('checkout  pass, go');
    expect(passing.err).toMatch(/no open incident has that id; the gate is asked as for any change\n$/);
    await world.gates.acts.freeze(freeze);
    const held = await gate(world, [...args, '-o', 'json']);
    expect(held.code).toBe(1);
    expect(JSON.parse(held.err)).toMatchObject({ note: expect.stringContaining('no open incident') as unknown });
    expect(JSON.parse(held.out)).toMatchObject({ reason: 'frozen' });
  });

  test('of an incident of a service that its own has nothing to do with is said to be none, and makes no change', async () => {
    await using world = await aWorld({ events: aWholeStory().slice(0, 1) });
    world.gates.poll('search', 1);
    const seen = await gate(world, ['search', ...args.slice(1)]);
    expect(seen.code).toBe(0);
    expect(seen.err).toMatch(/incident inc-1 is one of checkout, .*; the gate is asked as for any change\n$/);
    expect(world.gates.changes.of('search')).toEqual([]);
  });

  test('needs somebody who answers for it', async () => {
    const bench = apiBench({ env: {} });
    const seen = await ran(gateCommand, args.slice(0, -2), bench);
    expect(seen.err).toContain('nothing says who acts');
    expect(seen.code).toBe(2);
  });
});

describe('without a service', () => {
  test('lists every gate', async () => {
    await using world = await aWorld();
    world.gates.poll('search', 0.5);
    const { code, out } = await gate(world, []);
    expect(code).toBe(0);
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => line.split(/ {2,}/)),
    ).toEqual([
      ['SERVICE', 'STATE', 'ACTION', 'REASON', 'WHY'],
      ['checkout', 'pass', 'go', 'end-state-holds', 'checkout is in its end state, and nothing holds it back'],
      ['search', 'warn', 'go', 'target-missed', 'search: success rate 50% over 1m, target at least 99.9%'],
    ]);
  });

  test('says so when there is none', async () => {
    await using world = await aWorld();
    world.gates.looks.clear();
    expect(await gate(world, [])).toMatchObject({ code: 0, out: 'No service is watched.\n' });
  });
});

test('lets no text from elsewhere steer the terminal', async () => {
  const evil = 'a\u001b[2Jb\u0007\u202ec';
  const finding = { state: evil, reason: evil, words: evil };
  const freezes = [{ id: evil, service: evil, by: evil, reason: evil, since: evil, liftsWhen: evil, until: evil }];
  const more = { action: 'wait', findings: [finding, finding], readings: [], freezes, decidedAt: evil, until: evil };
  const passage = { kind: 'x', by: evil, reason: evil, until: evil };
  await using stub = await startStub(({ path }, response) => {
    const answer = { service: evil, ...finding, ...more, passage };
    answerJson(response, 200, path === '/api/v1/gate' ? { gates: [answer] } : answer);
  });
  for (const args of [['checkout'], []]) {
    const bench = apiBench();
    const { code, out } = await ran(gateCommand, [...args, '--url', stub.url], bench);
    expect(code).toBe(args.length === 0 ? 0 : 3);
    for (const character of ['\u001b', '\u0007', '\u202e']) expect(out).not.toContain(character);
    expect(out).toContain('a[2Jb\\u202ec');
  }
});

test.each([
  ['on a terminal', true, true],
  ['not into a pipe', false, false],
])('paints states %s', async (_, isTTY, coloured) => {
  await using world = await aWorld();
  await world.gates.acts.freeze(freeze);
  expect((await gate(world, ['checkout'], apiBench({}, isTTY))).out.includes('\u001b[31mstop\u001b[39m')).toBe(
    coloured,
  );
});
