import { describe, expect, test } from '@jest/globals';
import { silenceCommand } from '../../src/cli/silence.ts';
import { aWorld, type World } from '../adapters/http/http-world.ts';
import { apiBench, ran, type Ran } from './api-bench.ts';

async function on(world: World, args: readonly string[], bench = apiBench()): Promise<Ran> {
  return await ran(silenceCommand, [...args, '--url', world.address.url], bench);
}

const id = 'checkout-silence-20260822T020000Z';

describe('andon silence', () => {
  test('adds one, lists it and ends it', async () => {
    await using world = await aWorld();
    const added = await on(world, ['add', 'checkout', '--for', '2h', '--reason', 'new disks']);
    expect(added).toEqual({
      code: 0,
      out: `pages of service checkout are kept back until 2026-08-22 04:00:00Z (in 2h)\n  Let them go before: andon silence end ${id} --reason TEXT\n`,
      err: '',
    });
    const listed = await on(world, ['list']);
    expect(listed.out).toMatch(/^ID +ABOUT +BY +FROM +UNTIL +UNDER IT +REASON\n/);
    expect(listed.out).toMatch(new RegExp(`${id} +service checkout +ada +now .*new disks`));
    const ended = await on(world, ['end', id, '--reason', 'they are in', '--by', 'Grace']);
    expect(ended).toEqual({ code: 0, out: `${id} is over: service checkout pages again\n`, err: '' });
    expect((await on(world, ['list'])).out).toBe('Nobody keeps a page back.\n');
  });

  test('names what is meant by more than the service', async () => {
    await using world = await aWorld();
    const args = ['--owner', 'payments', '--severity', 'page', '--label', 'team=a', '--group', 'region=eu=1'];
    const times = ['--from', '2026-08-22T03:00:00Z', '--until', '2026-08-22T05:00:00Z'];
    const { out } = await on(world, ['add', ...args, ...times, '--reason', 'x', '--output', 'json']);
    expect(JSON.parse(out)).toMatchObject({
      matcher: { owner: 'payments', severity: 'page', labels: { team: 'a' }, group: { region: 'eu=1' } },
      from: '2026-08-22T03:00:00.000Z',
      until: '2026-08-22T05:00:00.000Z',
    });
  });

  test.each([
    ['nothing named', ['add', '--for', '2h', '--reason', 'x'], 2, 'name what to silence, or give --all'],
    ['one and all', ['add', 'checkout', '--all', '--for', '2h', '--reason', 'x'], 2, 'not both'],
    ['no end', ['add', 'checkout', '--reason', 'x'], 2, 'say when it ends'],
    ['a service that nobody watches', ['add', 'nobody', '--for', '2h', '--reason', 'x'], 1, 'No such service'],
    ['all for too long', ['add', '--all', '--for', '2d', '--reason', 'x'], 1, 'lasts at most 1d'],
    ['one that is over', ['end', 'x', '--reason', 'x'], 1, 'andon silence list'],
  ])('%s: does nothing and says so', async (_, args, code, message) => {
    await using world = await aWorld();
    const seen = await on(world, args);
    expect(seen).toMatchObject({ code, out: '' });
    expect(seen.err).toContain(message);
    expect((await on(world, ['list'])).out).toBe('Nobody keeps a page back.\n');
  });

  test('does nothing when nothing says who acts', async () => {
    await using world = await aWorld();
    const args = ['add', 'checkout', '--for', '2h', '--reason', 'x'];
    expect(await on(world, args, apiBench({ env: {} }))).toMatchObject({ code: 2, out: '' });
  });

  test('asks whether another service is meant', async () => {
    await using world = await aWorld();
    const { code, err } = await on(world, ['add', 'chekout', '--for', '2h', '--reason', 'new disks']);
    expect(code).toBe(1);
    expect(err).toContain('no service named "chekout" is watched; did you mean checkout?');
  });

  test.each([
    ['--for', ['checkout', '--for', '2 hours']],
    ['--from', ['checkout', '--for', '2h', '--from', 'tomorrow']],
    ['--label', ['--label', `team=${'x'.repeat(2000)}`, '--for', '2h']],
  ])('names the flag %s whose value is refused, and no field of a request', async (flag, args) => {
    await using world = await aWorld();
    const { code, err } = await on(world, ['add', ...args, '--reason', 'new disks']);
    expect(code).toBe(1);
    expect(err).toContain(`: ${flag}: must `);
    expect(err).not.toContain('body.');
  });
});
