import { describe, expect, test } from '@jest/globals';
import { firstNotified } from '../../../src/domain/incident/describe-notified.ts';
import type { Route } from '../../../src/domain/notification/route.ts';
import type { Service } from '../../../src/domain/service/service.ts';
import { DaemonHarness, KeepingChannel } from '../../support/daemon-harness.ts';
import { aRule, aService, start } from '../../support/simulation.ts';
import { badDuring, minute } from '../silence/silence-story.ts';

const routes: readonly Route[] = [
  {
    match: {},
    channels: ['on-call'],
    continue: false,
    escalate: [{ afterMs: 5 * minute, channels: ['boss'] }],
  },
];
const grouping = { by: ['owner'], withinMs: 2 * minute, everyMs: 30_000 };

/** Three services of one owner, off from minute 31 to 40; they hold again one after another. */
function three(holdMs: readonly number[] = [minute, minute, minute]): readonly Service[] {
  const endState = aService().endState;
  return holdMs.map((each, index) =>
    aService({
      name: `s0${index}`,
      owner: 'payments',
      endState: { ...endState, holdMs: each },
      rules: [aRule({ forMs: index * 10_000 })],
    }),
  );
}

async function aGroup(services: readonly Service[], route: Partial<Route> = {}) {
  const boss = new KeepingChannel('boss');
  const run = new DaemonHarness({ traffic: badDuring([31 * minute, 40 * minute]), services });
  const channels = [run.channel, boss];
  run.configured = { ...run.configured, channels, grouping, routes: routes.map((each) => ({ ...each, ...route })) };
  const daemon = await run.start();
  const incident = (service: string) => {
    const found = daemon.incidents().find((each) => each.service === service);
    if (found === undefined) throw new Error(`nothing opened for ${service}`);
    return found;
  };
  const acknowledge = async (service: string): Promise<void> => {
    const acknowledging = daemon.daemon.responder.acknowledge(incident(service).id, 'ada');
    await daemon.advance(250);
    expect(await acknowledging).toMatchObject({ kind: 'recorded' });
  };
  return { daemon, boss, incident, acknowledge, [Symbol.asyncDispose]: async () => await daemon.stop() };
}

const told = ({ sent }: KeepingChannel) => sent.map(({ kind, page }) => `${kind} ${page.service}`);

describe('a group that nobody acknowledged', () => {
  test('is handed on as a whole, and its end is told once there too, when all are back', async () => {
    await using group = await aGroup(three([minute, 2 * minute, 3 * minute]));
    await group.daemon.advance(20 * minute);
    expect(told(group.boss)).toEqual(['unacknowledged s00', 'resolved s00']);
    const [first, last] = group.boss.sent;
    expect(first?.page.together?.map(({ service }) => service)).toEqual(['s01', 's02']);
    expect(last?.page.title).toMatch(/^s00 and 2 more: all 3 back, the last since .*; with s01, s02$/);
    expect(last?.page.offCount).toEqual({ off: 0, of: 3 });
    expect(group.daemon.channel.sent.at(-1)?.page.title).toBe(last?.page.title);
  });

  test('is not told of one by one after a restart, while they are on their way back', async () => {
    const services = three([minute, 6 * minute, 6 * minute]);
    const first = await aGroup(services);
    // All are well again from minute 41 on; the first one has resolved, and the others have not held for long enough.
    await first.daemon.advance(14 * minute);
    expect(first.incident('s00').phase).toBe('watching');
    expect(first.incident('s01').phase).toBe('open');
    await first.daemon.stop();
    const startsAt = first.daemon.clock.now() - start;
    const traffic = badDuring([31 * minute, 40 * minute]);
    const next = new DaemonHarness({ traffic, services, store: first.daemon.store, startsAt });
    next.configured = { ...first.daemon.configured, sources: next.configured.sources };
    // Its source takes a while to answer: until then nobody can tell how they stand.
    next.source.failure = { reason: 'unavailable', detail: 'connection refused' };
    await using second = await next.start();
    await second.advance(20_000);
    next.source.failure = undefined;
    await second.advance(15 * minute);
    expect(told(first.boss)).toEqual(['unacknowledged s00', 'resolved s00']);
  });

  test('names those that joined later to whoever it was handed on to', async () => {
    const late = three();
    const rules = [aRule({ forMs: 7 * minute })];
    const all = [...late, aService({ name: 's03', owner: 'payments', rules })];
    await using group = await aGroup(all);
    group.daemon.configured = { ...group.daemon.configured, grouping: { ...grouping, withinMs: 10 * minute } };
    const reloading = group.daemon.daemon.reload();
    await group.daemon.advance(20_000);
    await reloading;
    await group.daemon.advance(25 * minute);
    expect(told(group.boss)).toEqual(['unacknowledged s00', 'escalated s00', 'resolved s00']);
    expect(group.boss.sent[1]?.page.together?.map(({ service }) => service)).toContain('s03');
    expect(group.boss.sent[2]?.page.title).toMatch(/all 4 back/);
  });

  test('goes on by itself where one is off for long after the first is back', async () => {
    const [s00, s01] = three();
    // The share of half an hour is bad for long after the last bad event.
    const { targets } = aService().endState;
    const slow = targets.map((target) => ({ ...target, overMs: 30 * minute }));
    const services = [s00, s01 && { ...s01, endState: { ...s01.endState, targets: slow } }].flatMap(
      (each) => each ?? [],
    );
    await using group = await aGroup(services, { repeatEveryMs: 5 * minute });
    await group.daemon.advance(25 * minute);
    expect(group.incident('s00').phase).not.toBe('open');
    const own = group.daemon.channel.sent.filter(({ page }) => page.service === 's01');
    expect(own.map(({ kind }) => kind)).toContain('repeated');
    expect(own[0]?.page.title).toMatch(/^s01: still off: .*nobody has acknowledged it$/);
  });
});

describe('an acknowledgement within a group', () => {
  test('of any but the first is told with the group, which goes on', async () => {
    await using group = await aGroup(three());
    await group.daemon.advance(3 * minute);
    await group.acknowledge('s01');
    await group.daemon.advance(5 * minute);
    const page = group.boss.sent[0]?.page;
    expect(page?.title).toMatch(/, and nobody has acknowledged it, only s01 \(ada\); with s01, s02$/);
    expect(page?.together?.map(({ acknowledgedBy }) => acknowledgedBy)).toEqual(['ada', undefined]);
  });

  test('of the first says that the others are in hands too, also after it is back', async () => {
    await using group = await aGroup(three([minute, 9 * minute, 9 * minute]), { repeatEveryMs: 2 * minute });
    await group.daemon.advance(3 * minute);
    await group.acknowledge('s00');
    const before = told(group.daemon.channel);
    await group.daemon.advance(25 * minute);
    expect(told(group.daemon.channel)).toEqual([...before, 'resolved s00']);
    expect(told(group.boss)).toEqual([]);
  });
});

describe('the time to notify of one that joined', () => {
  test('is not that of the page of an escalation: the first one’s page told of it', async () => {
    await using group = await aGroup(three());
    await group.daemon.advance(20 * minute);
    expect(told(group.boss)).toContain('unacknowledged s00');
    expect(group.incident('s00').timeToNotifyMs).toBeLessThan(1000);
    for (const service of ['s01', 's02']) {
      expect(firstNotified(group.incident(service))).toBeUndefined();
      expect(group.incident(service).telling.toldFirstBy).toBe(group.incident('s00').id);
    }
  });
});

describe('a group whose first one is back while others stay off', () => {
  /** Four of one owner; the last three are off for long after the first is back. */
  function four(): readonly Service[] {
    const { endState } = aService();
    const slow = endState.targets.map((target) => ({ ...target, overMs: 30 * minute }));
    return [0, 1, 2, 3].map((index) =>
      aService({
        name: `s0${index}`,
        owner: 'payments',
        endState: index === 0 ? endState : { ...endState, targets: slow },
        rules: [aRule({ forMs: index * 10_000 })],
      }),
    );
  }

  test('is reminded of each that is off, and hears one end that counts all of them once all are back', async () => {
    await using group = await aGroup(four(), { repeatEveryMs: 5 * minute });
    await group.daemon.advance(22 * minute);
    expect(group.incident('s00').phase).not.toBe('open');
    for (const channel of [group.daemon.channel, group.boss])
      for (const service of ['s01', 's02', 's03'])
        expect(
          told(channel).some((each) => each === `repeated ${service}` || each === `unacknowledged ${service}`),
        ).toBe(true);
    expect(told(group.daemon.channel)).not.toContain('resolved s00');
    await group.daemon.advance(40 * minute);
    expect(group.daemon.incidents().every(({ phase }) => phase !== 'open')).toBe(true);
    for (const { sent } of [group.daemon.channel, group.boss]) {
      const ends = sent.filter(({ kind }) => kind === 'resolved');
      expect(ends.map(({ page }) => page.service).sort()).toEqual(['s00', 's01', 's02', 's03']);
      const end = ends.find(({ page }) => page.service === 's00');
      expect(end?.page.title).toMatch(/^s00 and 3 more: all 4 back/);
      expect(end?.page.offCount).toEqual({ off: 0, of: 4 });
    }
  });
});

describe('the next step of an escalation', () => {
  const onceItHolds = [{ afterMs: 11.5 * minute, channels: ['boss'] }];
  const [s00, s01] = three([6 * minute, 6 * minute]);

  test('wakes nobody for what is on its way back', async () => {
    await using group = await aGroup(
      [s00].flatMap((each) => each ?? []),
      { escalate: onceItHolds },
    );
    await group.daemon.advance(14 * minute);
    expect(group.incident('s00').phase).toBe('open');
    await group.daemon.advance(10 * minute);
    expect(group.incident('s00').phase).not.toBe('open');
    expect(told(group.boss)).toEqual([]);
  });

  test('is told while another of the group is off', async () => {
    const { targets } = aService().endState;
    const slow = targets.map((target) => ({ ...target, overMs: 30 * minute }));
    const other = s01 && { ...s01, endState: { ...s01.endState, targets: slow } };
    await using group = await aGroup(
      [s00, other].flatMap((each) => each ?? []),
      { escalate: onceItHolds },
    );
    await group.daemon.advance(14 * minute);
    expect(group.incident('s00').phase).toBe('open');
    expect(told(group.boss)).toEqual(['unacknowledged s00']);
  });
});
