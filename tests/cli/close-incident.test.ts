import { expect, test } from '@jest/globals';
import { runProgram } from '../../src/cli/program.ts';
import { aWorld, type World } from '../adapters/http/http-world.ts';
import { anEvent } from '../support/incident-story.ts';

async function incidents(args: readonly string[]) {
  const said = { out: '', err: '' };
  const io = {
    stdout: { write: (text: string) => (said.out += text) },
    stderr: { write: (text: string) => (said.err += text) },
    env: { USER: 'ada' },
    on: () => undefined,
    off: () => undefined,
  };
  const code = await runProgram(['node', 'andon', 'incidents', ...args], io as never);
  return { ...said, code };
}

async function against(world: World, args: readonly string[]) {
  return await incidents([...args, '--url', world.address.url]);
}

test('an incident that is watched is not closed, and one that is unwatched is', async () => {
  await using world = await aWorld({
    events: [
      anEvent('opened', 1, 100),
      anEvent('opened', 2, 200, { incidentId: 'inc-2' }),
      anEvent('unwatched', 3, 300),
    ],
  });
  const close = async (id: string) => await against(world, ['close', id, '--because', 'it was retired']);

  expect(await close('inc-2')).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/closes by itself/) });
  expect(await close('inc-1')).toEqual({
    code: 0,
    out: 'inc-1 is closed; that service is back was not seen by Andon\n',
    err: '',
  });
  const { out } = await against(world, ['show', 'inc-1']);
  expect(out).toMatch(/recovered +not seen\n/);
  expect(out).toMatch(/closed .*, by hand by ada: it was retired\n/);
  expect(out).toMatch(/closed-by-hand +ada: it was retired\n/);
});

test('closing asks for a reason', async () => {
  expect(await incidents(['close', 'inc-1'])).toMatchObject({ code: 2, err: expect.stringMatching(/--because/) });
});
