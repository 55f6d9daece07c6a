import { expect, test } from '@jest/globals';
import { IncidentBook } from '../../../src/app/recording/incident-book.ts';
import { Recorder } from '../../../src/app/recording/recorder.ts';
import { silentLog } from '../../../src/app/ports/log.ts';
import { describeEvent } from '../../../src/adapters/http/describe-event.ts';
import type { IncidentEvent, StoredEvent } from '../../../src/domain/incident/event.ts';
import type { StoredLogEvent } from '../../../src/domain/log/log-event.ts';
import { nothingHeld } from '../../../src/domain/notification/hold-back.ts';
import type { Notification } from '../../../src/domain/notification/notification.ts';
import { owedTelling } from '../../../src/domain/notification/owed-telling.ts';
import { anEvent, storyStart } from '../../support/incident-story.ts';

const holding = {
  ...nothingHeld,
  grouping: { withinMs: 120_000, everyMs: 30_000, keyOf: () => '', isGrouped: () => true },
};

/** A recorder that groups, in time that the test moves by seconds. */
function aStage() {
  const log: StoredLogEvent[] = [];
  const sent: Notification[] = [];
  const book = new IncidentBook();
  let now = storyStart;
  const recorder = new Recorder({
    store: {
      commit: async ({ events = [], notifications = [], recordedAt }) => {
        const stored = events.map((event, index) => ({ ...event, seq: log.length + index + 1, recordedAt }));
        log.push(...stored);
        sent.push(...notifications);
        return await Promise.resolve(stored);
      },
    },
    book,
    clock: { now: () => now },
    log: silentLog,
    telemetry: { eventsCommitted: () => undefined },
    holding: () => holding,
    deliver: () => undefined,
  });
  const record = async (event: IncidentEvent, channels: readonly string[] = ['chat']): Promise<void> => {
    await recorder.record({ events: [event], checkpoints: [], channels });
  };
  return {
    sent,
    log,
    incident: (service: string) => book.get(service)?.incident,
    wait: (seconds: number) => {
      now += seconds * 1000;
    },
    turn: async (
      type: 'opened' | 'resolved' | 'relapsed' | 'reminded',
      service: string,
      channels?: readonly string[],
    ) => {
      const base = { service, group: {}, incidentId: service, at: now };
      const { seq: _seq, recordedAt: _at, ...event } = anEvent(type, 1, 0, base);
      await record(event as IncidentEvent, channels);
    },
    tell: async () => {
      for (const incident of book.list({ limit: 100 })) {
        const event = owedTelling(incident, { ...holding, around: book.all(), standing: {}, now });
        if (event !== undefined) await record(event);
      }
    },
    told: () => sent.map(({ kind, page }) => `${kind} ${page.service}`),
  };
}

test('relapses of one outage are one page too, however long ago it was told first', async () => {
  const { turn, wait, tell, told, sent, incident } = aStage();
  for (const service of ['s14', 's15']) await turn('opened', service);
  wait(30);
  await tell();
  wait(300);
  for (const service of ['s15', 's14']) await turn('resolved', service);
  await tell();
  const before = ['firing s14', 'escalated s14', 'resolved s14'];
  expect(told()).toEqual(before);
  wait(60);
  await turn('relapsed', 's14');
  wait(7);
  await turn('relapsed', 's15');
  await tell();
  expect(told()).toEqual([...before, 'relapsed s14']);
  expect(incident('s15')?.telling.under?.incidentId).toBe('s14');
  wait(30);
  await tell();
  expect(told()).toEqual([...before, 'relapsed s14', 'escalated s14']);
  expect(sent.at(-1)?.page.together?.map(({ service }) => service)).toEqual(['s15']);
});

test('an incident that pages by itself is not told under another one any more', async () => {
  const { turn, wait, told, incident } = aStage();
  for (const service of ['s14', 's15']) await turn('opened', service);
  expect(incident('s15')?.telling.under?.incidentId).toBe('s14');
  wait(60);
  for (const service of ['s15', 's14']) await turn('resolved', service);
  wait(300);
  await turn('relapsed', 's15');
  expect(told().at(-1)).toBe('relapsed s15');
  expect(incident('s15')?.telling.under).toBeUndefined();
});

test('what is held back for a group says so', async () => {
  const { turn, log } = aStage();
  for (const service of ['s14', 's15']) await turn('opened', service);
  await turn('resolved', 's14');
  const event = log.at(-1);
  expect(event).toMatchObject({ type: 'resolved', withheld: ['chat'], withheldFor: ['group'] });
  expect(describeEvent(event as StoredEvent)).toContain(
    'held back from chat: others that are told under it are not back yet',
  );
});

test('a channel of one team is told of what that team owns, and of its end at once', async () => {
  const { turn, wait, tell, sent } = aStage();
  await turn('opened', 's14', ['chat', 'team-a']);
  await turn('opened', 's15', ['chat', 'team-b']);
  wait(30);
  await tell();
  await turn('resolved', 's14');
  const on = (name: string) =>
    sent.filter(({ channel }) => channel === name).map(({ kind, page }) => `${kind} ${page.title.split(':')[0] ?? ''}`);
  expect(on('team-a')).toEqual(['firing s14', 'resolved s14']);
  expect(on('team-b')).toEqual(['firing s15']);
  await turn('resolved', 's15');
  await tell();
  expect(on('chat')).toEqual(['firing s14', 'escalated s14 and 1 more', 'resolved s14 and 1 more']);
  expect(on('team-b')).toEqual(['firing s15', 'resolved s15']);
});

test('the timeline says of one that joined that it is one', async () => {
  const { turn, wait, tell, log } = aStage();
  for (const service of ['s14', 's15']) await turn('opened', service);
  wait(30);
  await tell();
  expect(describeEvent(log.at(-1) as StoredEvent)).toContain('1 incident is told under this one: s15');
});

test('the end of a group waits for one that was told by itself meanwhile, and counts it', async () => {
  const { turn, wait, tell, told, sent } = aStage();
  for (const service of ['s14', 's15', 's16']) await turn('opened', service);
  wait(30);
  await tell();
  await turn('resolved', 's14');
  wait(200);
  await turn('reminded', 's15');
  await turn('reminded', 's16');
  expect(told().slice(2)).toEqual(['repeated s15', 'repeated s16']);
  await turn('resolved', 's16');
  await tell();
  expect(told().slice(4)).toEqual(['resolved s16']);
  await turn('resolved', 's15');
  await tell();
  expect(told().slice(5)).toEqual(['resolved s15', 'resolved s14']);
  expect(sent.at(-1)?.page.title).toMatch(/^s14 and 2 more: all 3 back/);
});

test('once the end of a group was told, what relapses by itself is none of it any more', async () => {
  const { turn, wait, tell, told, sent } = aStage();
  for (const service of ['s14', 's15']) await turn('opened', service);
  await turn('resolved', 's15');
  await turn('resolved', 's14');
  await tell();
  wait(300);
  await turn('relapsed', 's15');
  wait(300);
  await turn('relapsed', 's14');
  await turn('resolved', 's14');
  await tell();
  expect(told().slice(1)).toEqual(['resolved s14', 'relapsed s15', 'relapsed s14', 'resolved s14']);
  expect(sent.at(-1)?.page.together).toBeUndefined();
});
