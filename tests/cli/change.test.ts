import { describe, expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { changeCommand } from '../../src/cli/change.ts';
import { incidentsCommand } from '../../src/cli/incidents.ts';
import type { GateDeps } from '../../src/cli/gate.ts';
import { aWholeStory } from '../support/incident-story.ts';
import { aWorld, type World } from '../adapters/http/http-world.ts';
import { apiBench, ran, type Ran } from './api-bench.ts';

async function on(world: World, args: readonly string[], bench = apiBench()): Promise<Ran> {
  const create = (deps: GateDeps): Command => {
    const command = changeCommand(deps);
    for (const each of command.commands)
      each.exitOverride().configureOutput({ writeErr: (text) => void deps.stderr.write(text) });
    return command;
  };
  return await ran(create, [...args, '--url', world.address.url], bench);
}

const record = ['record', '--service', 'checkout', '--id', 'deploy-42'];

describe('change record', () => {
  test('tells of a change from its beginning to its end', async () => {
    await using world = await aWorld();
    expect(await on(world, [...record, '--version', 'v42', '--rollback', 'kubectl rollout undo'])).toEqual({
      code: 0,
      out: 'the change deploy-42 of checkout (under way) is recorded\n',
      err: '',
    });
    const end = [...record, '--outcome', 'failed', '--finished-at', '2026-08-22T02:00:00Z'];
    expect((await on(world, end)).out).toBe('the change deploy-42 of checkout (failed) is recorded\n');
    expect((await on(world, end)).out).toBe(
      'the change deploy-42 of checkout (failed) was known, and nothing about it is news\n',
    );
    expect(world.gates.changes.get('checkout', 'deploy-42')).toMatchObject({
      origin: 'cli',
      by: 'ada',
      version: 'v42',
      rollback: 'kubectl rollout undo',
      outcome: 'failed',
    });
  });

  test.each([
    ['--started-at', ['--started-at', 'yesterday']],
    ['--finished-at', ['--finished-at', 'now', '--outcome', 'failed']],
    ['--version', ['--version', 'v'.repeat(5000)]],
  ])('names the flag %s whose value is refused', async (flag, args) => {
    await using world = await aWorld();
    const { code, err } = await on(world, [...record, ...args]);
    expect(code).toBe(1);
    expect(err).toContain(`: ${flag}: must `);
    expect(err).not.toContain('body.');
  });

  test('says that a change remedies an open incident', async () => {
    const [opened] = aWholeStory();
    await using world = await aWorld({ events: opened === undefined ? [] : [opened] });
    const incident = opened?.incidentId ?? '';
    await world.gates.clock.advance(86_400_000);
    const { out } = await on(world, [...record, '--remedies', incident, '--reason', 'rolls back']);
    expect(out).toBe(`the change deploy-42 of checkout (under way) is recorded, as a remedy of ${incident}\n`);
    const show = await ran(incidentsCommand, ['show', incident, '--url', world.address.url], apiBench());
    expect(show.out).toMatch(/remedy-claimed +ada said that change deploy-42 of checkout mends it: rolls back/);
    expect(world.gates.changes.get('checkout', 'deploy-42')?.remedies).toEqual({
      incident,
      by: 'ada',
      reason: 'rolls back',
    });
  });

  test.each([
    ['no id', ['record', '--service', 'checkout'], 2, "required option '--id <id>' not specified"],
    ['an unknown outcome', [...record, '--outcome', 'fine'], 2, 'Allowed choices are succeeded, failed, rolled-back'],
    ['a remedy for no reason', [...record, '--remedies', 'x'], 2, '--remedies and --reason belong together'],
    ['a remedy of nothing', [...record, '--remedies', 'x', '--reason', 'y'], 1, 'no open incident has that id'],
    ['a time that is none', [...record, '--started-at', 'soon'], 1, 'must be a time such as'],
    ['a service nobody watches', ['record', '--service', 'chekout', '--id', 'a'], 1, 'did you mean checkout?'],
  ])('with %s does nothing and says so', async (_, args, code, message) => {
    await using world = await aWorld();
    const seen = await on(world, args);
    expect(seen).toMatchObject({ code, out: '', err: expect.stringContaining(message) as unknown });
    expect(world.gates.written).toEqual([]);
  });
});

describe('change list', () => {
  test('shows the changes of a service as a table', async () => {
    await using world = await aWorld();
    expect((await on(world, ['list', 'checkout'])).out).toBe('Andon knows of no change.\n');
    await on(world, [...record, '--version', 'v42', '--started-at', '2026-08-22T01:00:00Z', '--outcome', 'succeeded']);
    const { code, out } = await on(world, ['list', 'checkout']);
    expect(code).toBe(0);
    expect(out.split('\n').map((line) => line.split(/ {2,}/).map((cell) => cell.trim()))).toEqual([
      ['ID', 'SERVICE', 'VERSION', 'BEGAN', 'OUTCOME', 'BY', 'FROM'],
      ['deploy-42', 'checkout', 'v42', '1h ago', 'succeeded', 'ada', 'cli'],
      [''],
    ]);
  });

  test('names who answers for a fix that came by way of the gate', async () => {
    const [opened] = aWholeStory();
    await using world = await aWorld({ events: opened === undefined ? [] : [opened] });
    await world.gates.clock.advance(86_400_000);
    const remedies = { incident: opened?.incidentId ?? '', by: 'Grace', reason: 'rolls back' };
    await world.post('/api/v1/changes', { change: 'fix', service: 'checkout', remedies });
    const { out } = await on(world, ['list', 'checkout']);
    expect(out.split('\n')[1]?.split(/ {2,}/).slice(-2)).toEqual(['Grace', 'api']);
  });

  test('shows those of all as they came', async () => {
    await using world = await aWorld();
    await on(world, record);
    const { out } = await on(world, ['list', '-o', 'json', '--limit', '1']);
    expect(JSON.parse(out)).toMatchObject({ changes: [{ id: 'deploy-42', service: 'checkout' }] });
  });

  test.each([
    ['a service nobody watches', ['list', 'chekout'], 1],
    ['no number', ['list', '--limit', 'all'], 2],
  ])('of %s says what is wrong', async (_, args, code) => {
    await using world = await aWorld();
    expect(await on(world, args)).toMatchObject({ code, out: '' });
  });
});
