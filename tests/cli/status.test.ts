import { describe, expect, test } from '@jest/globals';
import { statusCommand } from '../../src/cli/status.ts';
import type { StatusView } from '../../src/app/views/status-view.ts';
import { aWorld } from '../adapters/http/http-world.ts';
import { storyStart } from '../support/incident-story.ts';
import { aStatus } from '../support/service-views.ts';
import { apiBench, ran } from './api-bench.ts';

const well: StatusView = {
  ...aStatus,
  reload: { ok: true, lastAttemptAt: storyStart, lastSuccessAt: storyStart, problems: [], atNextStart: [] },
  store: { degraded: false },
  sources: [{ name: 'main', lastAnswerAt: storyStart }],
  channels: [{ name: 'pager', type: 'webhook', configured: true, pending: 0 }],
};

async function status(view: StatusView, args: readonly string[] = []) {
  await using world = await aWorld({ parts: { status: () => view } });
  const { deps, seen } = apiBench({ now: () => storyStart + 5_000 });
  return await ran(statusCommand, [...args, '--url', world.address.url], { ...apiBench(), deps, seen });
}

describe('andon status', () => {
  test('says that all is well, and ends with 0', async () => {
    expect(await status(well)).toEqual({
      code: 0,
      err: '',
      out: `Andon 0.1.0 has run since 2026-08-22 01:00:00Z (1h ago). All is well with it.

SOURCE  ANSWERED  LAST FAILURE
main    5s ago

CHANNEL  TYPE     WAITING  DELIVERED  LAST FAILURE
pager    webhook  0        never
`,
    });
  });

  test('says first what deserves a look, and ends with 1', async () => {
    const { code, out } = await status({
      ...aStatus,
      reload: { ...aStatus.reload, standIn: { kind: 'sound-rules', leftOut: ['cart', 'shop'] } },
    });
    expect(code).toBe(1);
    expect(out).toContain(`This deserves a look:
  - The settings or rule files have problems; what is sound in them runs, and cart and shop are not watched.
  - a.yaml:3:7: no
  - The store cannot keep what happens: full
  - Source main does not answer (timeout): no answer in 5 s
`);
  });

  test.each([
    [
      'with one that waits and failed since',
      { pending: 1, lastDeliveryAt: storyStart - 1 },
      ['1 page waits for the channel pager (throttled): try later'],
    ],
    ['with one that was delivered since', { pending: 1, lastDeliveryAt: storyStart + 1 }, []],
    ['with none that waits', { pending: 0, lastDeliveryAt: storyStart - 1 }, []],
  ])('warns of a channel %s', async (_, seen, warnings) => {
    const [channel] = aStatus.channels;
    if (channel === undefined) throw new Error('no channel');
    const { out, code } = await status({ ...well, channels: [{ ...channel, ...seen }] }, ['-o', 'json']);
    expect(JSON.parse(out)).toMatchObject({ warnings });
    expect(code).toBe(warnings.length === 0 ? 0 : 1);
  });

  test('ends with 1 where no Andon answers', async () => {
    const { code, err } = await ran(statusCommand, ['--url', 'http://127.0.0.1:1']);
    expect(code).toBe(1);
    expect(err).toContain('no Andon answers at http://127.0.0.1:1');
  });
});
