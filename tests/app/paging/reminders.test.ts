import { describe, expect, test } from '@jest/globals';
import { MemoryStore } from '../../../src/adapters/memory/memory-store.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { aStop, successRate } from '../../support/incident-story.ts';
import { ScriptedChannel } from '../../support/scripted-channel.ts';
import { aRoute, minute, PagingBench } from './paging-bench.ts';

describe('an incident that nobody acknowledges', () => {
  test('is told again to the same channels, and handed on step by step, each once', async () => {
    await using bench = await PagingBench.start({ routes: [aRoute()] });
    await bench.happens('opened');
    await bench.clock.advance(45 * minute + 2_000);

    expect(bench.heard('on-call')).toEqual(['firing 0', 'repeated 10', 'repeated 20', 'repeated 30', 'repeated 40']);
    expect(bench.heard('boss')).toEqual(['unacknowledged 15']);
    expect(bench.heard('director')).toEqual(['unacknowledged 30']);
    expect(bench.heard('chat')).toEqual([]);
    const reminded = bench.book.get('inc-1')?.timeline.filter(({ type }) => type === 'reminded');
    expect(reminded).toMatchObject([
      { reminder: 'repeat', told: ['on-call'] },
      { reminder: 'escalation', step: 1, afterMs: 15 * minute, told: ['boss'] },
      { reminder: 'repeat', told: ['on-call'] },
      { reminder: 'escalation', step: 2, afterMs: 30 * minute, told: ['director'] },
      { reminder: 'repeat', told: ['on-call'] },
      { reminder: 'repeat', told: ['on-call'] },
    ]);
  });

  test('is told to its end to whoever it was handed to', async () => {
    await using bench = await PagingBench.start({ routes: [aRoute({ repeatEveryMs: 20 * minute })] });
    await bench.happens('opened');
    await bench.clock.advance(16 * minute);
    await bench.happens('resolved');
    await bench.clock.advance(60 * minute);

    expect(bench.heard('on-call')).toEqual(['firing 0', 'resolved 16']);
    expect(bench.heard('boss')).toEqual(['unacknowledged 15', 'resolved 16']);
    expect(bench.heard('director')).toEqual([]);
  });

  test('is told with its targets as they are then', async () => {
    await using bench = await PagingBench.start({ routes: [aRoute()] });
    await bench.happens('opened');
    await bench.clock.advance(10 * minute + 1_000);
    bench.verdicts = [{ ...successRate, verdict: 'held' }];
    await bench.clock.advance(10 * minute);

    const titles = bench.channel('on-call').accepted.map(({ notification }) => notification.page.title);
    expect(titles[1]).toMatch(
      /^checkout: still open: success rate 95\.1% .* at .* — since .*, and nobody has acknowledged it$/,
    );
    expect(titles[2]).toMatch(/^checkout: still open: its targets hold, but not yet for long enough — since/);
  });

  test('without a route says nothing more', async () => {
    await using bench = await PagingBench.start({ routes: [] });
    await bench.happens('opened');
    await bench.clock.advance(3 * 60 * minute);
    expect([...bench.channels.keys()].map((name) => bench.heard(name))).toEqual([
      ['firing 0'],
      ['firing 0'],
      ['firing 0'],
      ['firing 0'],
    ]);
  });

  test('of a service that names its channels is repeated to those', async () => {
    await using bench = await PagingBench.start({ routes: [aRoute()], notify: ['chat'] });
    await bench.happens('opened');
    await bench.clock.advance(16 * minute);
    expect(bench.heard('chat')).toEqual(['firing 0', 'repeated 10']);
    expect(bench.heard('on-call')).toEqual([]);
    expect(bench.heard('boss')).toEqual(['unacknowledged 15']);
  });

  test('waits while it is to be kept quiet, and is told then', async () => {
    await using bench = await PagingBench.start({ routes: [aRoute()] });
    await bench.happens('opened');
    bench.isQuiet = true;
    await bench.clock.advance(14 * minute);
    expect(bench.heard('on-call')).toEqual(['firing 0']);
    bench.isQuiet = false;
    await bench.clock.advance(2_000);
    expect(bench.heard('on-call')).toEqual(['firing 0', 'repeated 14']);
  });
});

describe('an acknowledgement', () => {
  test('stops both, for good', async () => {
    await using bench = await PagingBench.start({ routes: [aRoute()] });
    await bench.happens('opened');
    await bench.clock.advance(12 * minute);
    expect(await bench.acknowledge()).toBe('recorded');
    await bench.clock.advance(120 * minute);
    expect(bench.heard('on-call')).toEqual(['firing 0', 'repeated 10']);
    expect(bench.heard('boss')).toEqual([]);
  });

  test('counts for its spell only: a relapse begins anew and can be acknowledged again', async () => {
    await using bench = await PagingBench.start({ routes: [aRoute()] });
    await bench.happens('opened');
    expect(await bench.acknowledge()).toBe('recorded');
    expect(await bench.acknowledge('Grace')).toBe('already-acknowledged');
    await bench.happens('resolved');
    await bench.clock.advance(5 * minute);
    await bench.happens('relapsed');
    await bench.clock.advance(16 * minute);
    expect(bench.heard('on-call')).toEqual(['firing 0', 'resolved 0', 'relapsed 5', 'repeated 15']);
    expect(bench.heard('boss')).toEqual(['unacknowledged 20']);
    expect(await bench.acknowledge('Grace')).toBe('recorded');
    await bench.clock.advance(120 * minute);
    expect(bench.heard('director')).toEqual([]);
    expect(bench.book.get('inc-1')?.incident).toMatchObject({
      acknowledgedBy: 'Ada',
      calling: { acknowledgedBy: 'Grace' },
    });
  });

  test('of a ticket does not stop the page that it turns into, whose route is another one', async () => {
    const ticket = aRoute({ match: { severity: ['ticket'] }, channels: ['chat'], escalate: [] });
    await using bench = await PagingBench.start({ routes: [ticket, aRoute()] });
    await bench.happens('opened', { stop: aStop({ severity: 'ticket' }) });
    expect(await bench.acknowledge()).toBe('recorded');
    await bench.clock.advance(60 * minute);
    await bench.happens('rule-joined', { stop: aStop({ severity: 'page' }) });
    await bench.clock.advance(16 * minute);
    expect(bench.heard('chat')).toEqual(['firing 0', 'escalated 60']);
    expect(bench.heard('on-call')).toEqual(['escalated 60', 'repeated 70']);
    expect(bench.heard('boss')).toEqual(['unacknowledged 75']);
  });

  test('is told to channels that want to hear of it and know of the incident, and to no other', async () => {
    const pager = Object.assign(new ScriptedChannel('on-call'), {
      wants: ['firing', 'resolved', 'acknowledged'] as const,
    });
    const boss = Object.assign(new ScriptedChannel('boss'), { wants: ['acknowledged', 'unacknowledged'] as const });
    const channels = [pager, boss, new ScriptedChannel('chat')];
    const routes = [aRoute({ channels: ['on-call', 'chat'] })];
    await using bench = await PagingBench.start({ routes, channels });
    await bench.happens('opened');
    await bench.acknowledge();
    await bench.happens('resolved');
    expect(bench.heard('on-call')).toEqual(['firing 0', 'acknowledged 0', 'resolved 0']);
    expect(bench.heard('chat')).toEqual(['firing 0', 'resolved 0']);
    expect(bench.heard('boss')).toEqual([]);
    const ids = pager.acceptedIds;
    expect(new Set(ids).size).toBe(3);
    expect(pager.accepted[1]?.notification.page).toMatchObject({ acknowledgedBy: 'Ada' });
    // That somebody acknowledged notifies nobody of the incident.
    expect(bench.book.get('inc-1')?.timeline.filter(({ type }) => type === 'notified')).toHaveLength(2);
  });
});

describe('what happens meanwhile', () => {
  test('a restart goes on where it was, and tells nothing twice', async () => {
    const [store, clock] = [new MemoryStore(), new ManualClock()];
    const channels = ['on-call', 'boss', 'director'].map((name) => new ScriptedChannel(name));
    const parts = { store, clock, channels, routes: [aRoute()] };
    const first = await PagingBench.start(parts);
    await first.happens('opened');
    await first.clock.advance(16 * minute);
    await first.stop();
    await clock.advance(2 * minute);
    await using second = await PagingBench.start(parts);
    await clock.advance(13 * minute);
    expect(second.heard('on-call')).toEqual(['firing 0', 'repeated 10', 'repeated 20', 'repeated 30']);
    expect(second.heard('boss')).toEqual(['unacknowledged 15']);
    expect(second.heard('director')).toEqual(['unacknowledged 30']);
  });

  test('a restart long after tells each step once, and repeats once', async () => {
    const [store, clock] = [new MemoryStore(), new ManualClock()];
    const channels = ['on-call', 'boss', 'director'].map((name) => new ScriptedChannel(name));
    const parts = { store, clock, channels, routes: [aRoute()] };
    const first = await PagingBench.start(parts);
    await first.happens('opened');
    await first.stop();
    await clock.advance(120 * minute);
    await using second = await PagingBench.start(parts);
    await clock.advance(5 * minute);
    expect(second.heard('on-call')).toEqual(['firing 0', 'repeated 120']);
    expect(second.heard('boss')).toEqual(['unacknowledged 120']);
    expect(second.heard('director')).toEqual(['unacknowledged 120']);
  });

  test.each([
    ['forward', 60 * minute],
    ['back', -60 * minute],
  ])('a clock that is set %s reminds nobody early or late', async (_, ms) => {
    await using bench = await PagingBench.start({ routes: [aRoute()] });
    await bench.happens('opened');
    await bench.clock.advance(5 * minute);
    bench.clock.step(ms);
    await bench.clock.advance(4 * minute);
    expect(bench.channel('on-call').accepted).toHaveLength(1);
    await bench.clock.advance(minute + 2_000);
    expect(bench.channel('on-call').accepted).toHaveLength(2);
    await bench.clock.advance(5 * minute);
    expect(bench.channel('boss').accepted).toHaveLength(1);
  });

  test('a reload that changes the route holds from then on, and no step is told twice', async () => {
    await using bench = await PagingBench.start({ routes: [aRoute()] });
    await bench.happens('opened');
    await bench.clock.advance(16 * minute);
    bench.routes = [
      aRoute({
        channels: ['chat'],
        repeatEveryMs: 5 * minute,
        escalate: [
          { afterMs: 10 * minute, channels: ['boss'] },
          { afterMs: 25 * minute, channels: ['director'] },
        ],
      }),
    ];
    await bench.clock.advance(10 * minute + 5_000);
    expect(bench.heard('on-call')).toEqual(['firing 0', 'repeated 10']);
    expect(bench.heard('chat')).toEqual(['repeated 16', 'repeated 21', 'repeated 26']);
    expect(bench.heard('boss')).toEqual(['unacknowledged 15']);
    expect(bench.heard('director')).toEqual(['unacknowledged 25']);
  });

  test('a channel that is taken out is not told, and the others are', async () => {
    await using bench = await PagingBench.start({ routes: [aRoute({ channels: ['on-call', 'chat'] })] });
    await bench.happens('opened');
    await bench.use(bench.channel('chat'), bench.channel('director'));
    await bench.clock.advance(31 * minute);
    expect(bench.heard('on-call')).toEqual(['firing 0']);
    expect(bench.heard('chat')).toEqual(['firing 0', 'repeated 10', 'repeated 20', 'repeated 30']);
    expect(bench.heard('director')).toEqual(['unacknowledged 30']);
    expect(bench.deliverer.status().map(({ pending }) => pending)).toEqual([0, 0]);
  });

  test('a channel that does not take the page gets no pile of repeats, and is told once when it is back', async () => {
    await using bench = await PagingBench.start({ routes: [aRoute()] });
    bench.channel('on-call').answer = () => ({ kind: 'retry', reason: 'server-error', detail: 'HTTP 503' });
    await bench.happens('opened');
    await bench.clock.advance(50 * minute);
    expect(await bench.store.pending()).toHaveLength(1);
    bench.channel('on-call').answer = () => ({ kind: 'accepted' });
    await bench.clock.advance(2 * minute);
    expect(bench.heard('on-call')).toEqual(['firing 0']);
    expect(bench.heard('boss')).toEqual(['unacknowledged 15']);
    await bench.clock.advance(10 * minute);
    expect(bench.heard('on-call')).toHaveLength(2);
  });

  test('channels that resend by themselves, and those that do not want it, get no repeats', async () => {
    const forgetful = new ScriptedChannel('on-call');
    forgetful.resend = { everyMs: 24 * 60 * minute, resolvedForMs: 0 };
    const machine = Object.assign(new ScriptedChannel('chat'), {
      wants: ['firing', 'resolved', 'unacknowledged'] as const,
    });
    const channels = [forgetful, machine, new ScriptedChannel('boss')];
    const routes = [
      aRoute({ channels: ['on-call', 'chat', 'boss'], escalate: [{ afterMs: 15 * minute, channels: ['on-call'] }] }),
    ];
    await using bench = await PagingBench.start({ channels, routes });
    await bench.happens('opened');
    await bench.clock.advance(16 * minute);
    expect(bench.heard('on-call')).toEqual(['firing 0', 'unacknowledged 15']);
    expect(bench.heard('chat')).toEqual(['firing 0']);
    expect(bench.heard('boss')).toEqual(['firing 0', 'repeated 10']);
  });

  test('a resolution that is written while a reminder is due keeps its place: neither is lost', async () => {
    await using bench = await PagingBench.start({ routes: [aRoute()] });
    await bench.happens('opened');
    await bench.clock.advance(10 * minute - 500);
    const { recorder, clock } = bench;
    const both = [bench.happens('resolved'), recorder.recordNow(() => undefined)];
    await clock.advance(2_000);
    await Promise.all(both);
    expect(bench.heard('on-call').at(-1)).toBe('resolved 10');
    const { notifications } = {
      notifications: (await bench.store.outbox('inc-1')).map((each) => each.notification.id),
    };
    expect(new Set(notifications).size).toBe(notifications.length);
  });
});
