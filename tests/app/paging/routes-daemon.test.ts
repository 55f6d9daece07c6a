import { expect, test } from '@jest/globals';
import type { Route } from '../../../src/domain/notification/route.ts';
import { DaemonHarness, KeepingChannel } from '../../support/daemon-harness.ts';
import { aRule, aService, stepFault } from '../../support/simulation.ts';

const minute = 60_000;
/** On from 40 minutes on, ten minutes after the daemon starts. */
const traffic = stepFault(40 * minute, 300 * minute, 0.5);

const kinds = ({ sent }: KeepingChannel) => sent.map(({ kind }) => kind);

test('a daemon routes by severity, tells again, hands on, takes a reload over and stops with the acknowledgement', async () => {
  const [chat, boss] = [new KeepingChannel('chat'), new KeepingChannel('boss')];
  const routes: readonly Route[] = [
    {
      match: { severity: ['page'] },
      channels: ['on-call'],
      continue: false,
      repeatEveryMs: 5 * minute,
      escalate: [{ afterMs: 12 * minute, channels: ['boss'] }],
    },
    { match: {}, channels: ['chat'], continue: false, escalate: [] },
  ];
  const run = new DaemonHarness({
    traffic,
    services: [aService(), aService({ name: 'search', rules: [aRule({ severity: 'ticket' })] })],
  });
  run.configured = { ...run.configured, channels: [run.channel, chat, boss], routes };
  await using daemon = await run.start();
  await daemon.advance(17 * minute);

  expect(kinds(daemon.channel)).toEqual(['firing', 'repeated']);
  expect(daemon.channel.sent.map(({ page }) => page.service)).toEqual(['checkout', 'checkout']);
  expect(daemon.channel.sent[1]?.page.title).toMatch(
    /^checkout: still off: success rate .*, and nobody has acknowledged it$/,
  );
  expect(kinds(chat)).toEqual(['firing']);
  expect(chat.sent[0]?.page.service).toBe('search');

  const slower = routes.map((route) =>
    route.repeatEveryMs === undefined ? route : { ...route, repeatEveryMs: 9 * minute },
  );
  daemon.configured = { ...daemon.configured, routes: slower };
  const reloading = daemon.daemon.reload();
  await daemon.advance(20_000);
  expect(await reloading).toMatchObject({ ok: true });
  await daemon.advance(4 * minute);
  expect(kinds(daemon.channel)).toEqual(['firing', 'repeated']);
  await daemon.advance(4 * minute);
  expect(kinds(daemon.channel)).toEqual(['firing', 'repeated', 'repeated']);
  expect(kinds(boss)).toEqual(['unacknowledged']);

  const incident = daemon.incidents().find(({ service }) => service === 'checkout');
  const acknowledging = daemon.daemon.responder.acknowledge(incident?.id ?? '', 'Ada');
  await daemon.advance(250);
  expect(await acknowledging).toMatchObject({ kind: 'recorded' });
  await daemon.advance(30 * minute);
  expect(kinds(daemon.channel)).toHaveLength(3);
});

test('a reminder that falls due under a silence is told when that is over', async () => {
  const routes: readonly Route[] = [
    { match: {}, channels: ['on-call'], continue: false, repeatEveryMs: 5 * minute, escalate: [] },
  ];
  const run = new DaemonHarness({ traffic });
  run.configured = { ...run.configured, routes };
  await using daemon = await run.start();
  await daemon.advance(12 * minute);
  expect(kinds(daemon.channel)).toEqual(['firing']);
  const silencing = daemon.daemon.silences.acts.create({
    matcher: { service: 'checkout' },
    by: 'Ada',
    reason: 'new disks',
    until: { forMs: 10 * minute },
  });
  await daemon.advance(1_000);
  expect(await silencing).toMatchObject({ kind: 'recorded' });
  expect(daemon.daemon.silences.standing()).toBe(1);
  await daemon.advance(10 * minute - 2_000);
  expect(kinds(daemon.channel)).toEqual(['firing']);

  await daemon.advance(4_000);
  expect(daemon.daemon.silences.standing()).toBe(0);
  expect(kinds(daemon.channel)).toEqual(['firing', 'repeated']);
});
