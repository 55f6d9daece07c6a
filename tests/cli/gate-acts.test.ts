import { describe, expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { endOverrideCommand } from '../../src/cli/end-override.ts';
import { freezesCommand } from '../../src/cli/freezes.ts';
import type { GateDeps } from '../../src/cli/gate.ts';
import { liftCommand } from '../../src/cli/lift.ts';
import { overrideCommand } from '../../src/cli/override.ts';
import { overridesCommand } from '../../src/cli/overrides.ts';
import { stopCommand } from '../../src/cli/stop.ts';
import { aWorld, type World } from '../adapters/http/http-world.ts';
import { apiBench, ran, type Ran } from './api-bench.ts';

type Create = (deps: GateDeps) => Command;

async function on(world: World, create: Create, args: readonly string[], bench = apiBench()): Promise<Ran> {
  return await ran(create, [...args, '--url', world.address.url], bench);
}

function stateOf(world: World): string {
  return world.gates.desk.ask('checkout').state;
}

const id = 'checkout-freeze-20260822T020000Z';
const overrideId = 'checkout-override-20260822T020000Z';

describe('stop', () => {
  test('stops a line until somebody lifts it, and says how', async () => {
    await using world = await aWorld();
    const seen = await on(world, stopCommand, ['checkout', '--reason', 'moving the database']);
    expect(seen).toEqual({
      code: 0,
      out: `the line of checkout is stopped\n  Let it move again: andon lift ${id} --reason TEXT\n`,
      err: '',
    });
    expect(stateOf(world)).toBe('stop');
    expect(world.gates.desk.freezes()).toMatchObject([{ id, by: 'ada', reason: 'moving the database' }]);
  });

  test('stops it for a time, and until the end state has held', async () => {
    await using world = await aWorld();
    const args = ['checkout', '--reason', 'x', '--for', '2h', '--until-end-state-holds', '--by', 'Grace'];
    const { out } = await on(world, stopCommand, args);
    expect(out).toContain('is stopped until 2026-08-22 04:00:00Z (in 2h) or until the end state has held\n');
    expect(world.gates.desk.freezes()).toMatchObject([{ by: 'Grace', liftsWhen: 'end-state-held' }]);
  });

  test('stops every line', async () => {
    await using world = await aWorld();
    expect((await on(world, stopCommand, ['--all', '--reason', 'x'])).out).toContain('every line is stopped\n');
    expect(world.gates.desk.freezes()).toMatchObject([{ service: '*' }]);
  });

  test.each([
    ['nothing named', ['--reason', 'x'], 2, 'name one service, or give --all'],
    ['both named', ['checkout', '--all', '--reason', 'x'], 2, 'name one service, or give --all'],
    ['no reason', ['checkout'], 2, "required option '--reason <text>' not specified"],
    ['a service that nobody watches', ['nobody', '--reason', 'x'], 1, 'See which are watched with `andon gate`.'],
    ['no duration', ['checkout', '--reason', 'x', '--for', 'long'], 1, 'must be a duration'],
  ])('%s: does nothing and says so', async (_, args, code, message) => {
    await using world = await aWorld();
    const seen = await on(world, stopCommand, args);
    expect(seen).toMatchObject({ code, out: '' });
    expect(seen.err).toContain(message);
    expect(world.gates.written).toEqual([]);
  });
});

describe('lift', () => {
  test.each([[id], ['checkout']])('lets the line move again, named by %s', async (named) => {
    await using world = await aWorld();
    await on(world, stopCommand, ['checkout', '--reason', 'x']);
    expect(await on(world, liftCommand, [named, '--reason', 'done'])).toEqual({
      code: 0,
      out: `${id} is lifted: it holds checkout back no longer\n`,
      err: '',
    });
    expect(stateOf(world)).toBe('pass');
    expect(world.gates.written.at(-1)).toMatchObject({ type: 'freeze-lifted', by: 'ada', reason: 'done' });
  });

  test('lists the freezes where a service has several, and lifts none', async () => {
    await using world = await aWorld();
    for (const reason of ['one', 'two']) await on(world, stopCommand, ['checkout', '--reason', reason]);
    const seen = await on(world, liftCommand, ['checkout', '--reason', 'done']);
    expect(seen).toEqual({
      code: 1,
      out: '',
      err: `error: checkout has 2 freezes:\n  ${id}  by ada: one\n  ${id}-2  by ada: two\n  Name one: andon lift <id>\n`,
    });
    expect(world.gates.desk.freezes()).toHaveLength(2);
  });

  test('tells that a freeze of every line is what holds a service', async () => {
    await using world = await aWorld();
    await on(world, stopCommand, ['--all', '--reason', 'x']);
    const seen = await on(world, liftCommand, ['checkout', '--reason', 'done']);
    expect(seen.code).toBe(1);
    expect(seen.err).toContain('every line is under:\n  all-freeze-20260822T020000Z  by ada: x\n');
    expect(await on(world, liftCommand, ['*', '--reason', 'done'])).toMatchObject({ code: 0 });
    expect(world.gates.desk.freezes()).toEqual([]);
  });

  test('says when there is none', async () => {
    await using world = await aWorld();
    const seen = await on(world, liftCommand, ['checkout', '--reason', 'done', '-o', 'json']);
    expect(seen.code).toBe(1);
    expect(JSON.parse(seen.err)).toMatchObject({ error: { reason: 'unknown-freeze' } });
  });
});

describe('override', () => {
  test('lets changes pass for a while, and ends by id or service', async () => {
    await using world = await aWorld();
    await on(world, stopCommand, ['checkout', '--reason', 'x']);
    // The second bears another id, although it is given in the same second.
    for (const [named, given] of [
      [overrideId, overrideId],
      ['checkout', `${overrideId}-2`],
    ] as const) {
      const seen = await on(world, overrideCommand, ['checkout', '--reason', 'hotfix', '--for', '30m']);
      expect(seen).toEqual({
        code: 0,
        out:
          'the gate of checkout lets changes pass until 2026-08-22 02:30:00Z (in 30m)\n' +
          `  End it before: andon end-override ${given} --reason TEXT\n`,
        err: '',
      });
      expect(stateOf(world)).toBe('pass');
      const ended = await on(world, endOverrideCommand, [named, '--reason', 'shipped']);
      expect(ended).toMatchObject({ code: 0, out: `${given} is over: the gate of checkout says what it sees\n` });
      expect(stateOf(world)).toBe('stop');
    }
  });

  test('lets one change pass', async () => {
    await using world = await aWorld();
    const args = ['checkout', '--reason', 'hotfix', '--for', '30m', '--change', 'sha-1'];
    expect((await on(world, overrideCommand, args)).out).toContain('lets the change sha-1 pass until');
    expect((await on(world, overridesCommand, [])).out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['ID', 'SERVICE', 'BY', 'SINCE', 'UNTIL', 'CHANGE', 'REASON'],
      [overrideId, 'checkout', 'ada', 'now', '2026-08-22 02:30:00Z (in 30m)', 'sha-1', 'hotfix'],
      [''],
    ]);
  });

  test('is not for ever', async () => {
    await using world = await aWorld();
    const { code, err } = await on(world, overrideCommand, ['checkout', '--reason', 'x', '--for', '2d']);
    expect(code).toBe(1);
    expect(err).toContain('an override lasts from 1s to 1d');
  });
});

describe('the lists', () => {
  test('show who stopped which line, and until when', async () => {
    await using world = await aWorld();
    expect((await on(world, freezesCommand, [])).out).toBe('Nobody has stopped a line.\n');
    expect((await on(world, overridesCommand, [])).out).toBe('Nobody has overridden a gate.\n');
    await on(world, stopCommand, ['--all', '--reason', 'holidays', '--for', '1d']);
    await world.gates.clock.advance(60_000);
    await on(world, stopCommand, ['checkout', '--reason', 'x', '--until-end-state-holds']);
    const bench = apiBench();
    await bench.clock.advance(120_000);
    const { out } = await on(world, freezesCommand, [], bench);
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => line.split(/ {2,}/)),
    ).toEqual([
      ['ID', 'SERVICE', 'BY', 'SINCE', 'UNTIL', 'REASON'],
      ['all-freeze-20260822T020000Z', '* (all)', 'ada', '2m ago', '2026-08-23 02:00:00Z (in 23h 58m)', 'holidays'],
      ['checkout-freeze-20260822T020100Z', 'checkout', 'ada', '1m ago', 'the end state has held', 'x'],
    ]);
  });

  test('as JSON are what the API answered', async () => {
    await using world = await aWorld();
    await on(world, stopCommand, ['checkout', '--reason', 'x']);
    const { out } = await on(world, freezesCommand, ['-o', 'json']);
    expect(JSON.parse(out)).toEqual(await (await world.get('/api/v1/freezes')).json());
  });
});

test.each<[string, Create, string[]]>([
  ['stop', stopCommand, ['checkout', '--reason', 'x']],
  ['lift', liftCommand, ['checkout', '--reason', 'x']],
  ['override', overrideCommand, ['checkout', '--reason', 'x', '--for', '1h']],
  ['end-override', endOverrideCommand, ['checkout', '--reason', 'x']],
])('%s needs to know who acts', async (_, create, args) => {
  expect(await ran(create, args, apiBench({ env: {} }))).toEqual({
    code: 2,
    out: '',
    err: 'error: nothing says who acts\n  Give --by <name>, or set ANDON_USER or USER.\n',
  });
});
