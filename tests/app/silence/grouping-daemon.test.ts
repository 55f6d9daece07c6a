import { describe, expect, test } from '@jest/globals';
import { aRule, aService } from '../../support/simulation.ts';
import { KeepingChannel } from '../../support/daemon-harness.ts';
import type { Service } from '../../../src/domain/service/service.ts';
import { aDaemon, badDuring, minute, restarted, silence, told } from './silence-story.ts';

const outage = badDuring([31 * minute, 45 * minute]);
const grouping = { by: ['owner'], withinMs: 2 * minute, everyMs: 30_000 };

function services(count: number, over: (index: number) => Partial<Service> = () => ({})): readonly Service[] {
  return Array.from({ length: count }, (_, index) =>
    aService({ name: `s${String(index).padStart(2, '0')}`, owner: 'payments', ...over(index) }),
  );
}

describe('one outage that twenty services see', () => {
  test('is one page at once, one that names them all, and one end when all are back', async () => {
    await using andon = await aDaemon(outage, services(20), { grouping });
    await andon.advance(5 * minute);
    expect(andon.incidents()).toHaveLength(20);
    expect(andon.kinds()).toEqual(['firing', 'escalated']);
    const [first, second] = andon.channel.sent;
    expect(second).toMatchObject({ incidentId: first?.incidentId });
    expect(second?.page.together).toHaveLength(19);
    expect(new Set([first?.page.service, ...(second?.page.together ?? []).map(({ service }) => service)]).size).toBe(
      20,
    );
    expect(second?.page.title).toMatch(/^s\d\d and 19 more: .*; with s.*, …$/);
    await andon.advance(30 * minute);
    expect(andon.kinds()).toEqual(['firing', 'escalated', 'resolved']);
    expect(andon.channel.sent[2]).toMatchObject({ incidentId: first?.incidentId });
    expect(andon.channel.sent[2]?.page.together).toHaveLength(19);
  });

  test('is told as one whatever was started anew in between', async () => {
    const all = services(20);
    const first = await aDaemon(outage, all, { grouping });
    await first.advance(3 * minute);
    const before = first.kinds();
    const second = await restarted(first, all, outage);
    await second.advance(12 * minute);
    const between = second.kinds();
    await using third = await restarted(second, all, outage);
    await third.advance(20 * minute);
    expect([...before, ...between, ...third.kinds()]).toEqual(['firing', 'escalated', 'resolved']);
  });

  test('is told with values as of then, though the first of it is on its way back', async () => {
    const brief = badDuring([31 * minute, 32.5 * minute]);
    const endState = { ...aService().endState, holdMs: 20 * minute };
    const all = services(2, (index) => ({ endState, rules: [aRule({ forMs: index === 0 ? 0 : 30_000 })] }));
    await using andon = await aDaemon(brief, all, { grouping: { ...grouping, everyMs: 4 * minute } });
    await andon.advance(9 * minute);
    expect(told(andon)).toEqual(['firing s00', 'escalated s00']);
    const [first, second] = andon.channel.sent;
    expect(first?.page.off).toHaveLength(1);
    expect(second?.page.off).toEqual([]);
    expect(second?.page.title).toMatch(
      /^s00 and 1 more: none of 2 off now; s00 back, held for [\dms ]+ of 20m — was off since 02:31/,
    );
    const sampleAt = second?.page.fine.map(({ reading }) => (reading.kind === 'value' ? reading.sampleAt : 0)) ?? [];
    expect(Math.min(...sampleAt)).toBeGreaterThan((second?.createdAt ?? Infinity) - minute);
  });

  test('says how many are off now, and how each stands, though the first of it is on its way back', async () => {
    const brief = badDuring([31 * minute, 32.5 * minute]);
    const endState = { ...aService().endState, holdMs: 20 * minute };
    // The share of half an hour is bad for long after the last bad event.
    const targets = endState.targets.map((target) => ({ ...target, overMs: 30 * minute }));
    const all = services(3, (index) =>
      index === 0
        ? { endState, rules: [aRule({ forMs: 0 })] }
        : { endState: { ...endState, targets }, rules: [aRule({ forMs: 30_000 })] },
    );
    await using andon = await aDaemon(brief, all, { grouping: { ...grouping, everyMs: 4 * minute } });
    await andon.advance(9 * minute);
    expect(told(andon)).toEqual(['firing s00', 'escalated s00']);
    const page = andon.channel.sent[1]?.page;
    expect(page?.title).toMatch(
      /^s00 and 2 more: 2 of 3 off now; s00 back, held for [\dms ]+ of 20m — was off since 02:31/,
    );
    expect(page?.offCount).toEqual({ off: 2, of: 3 });
    expect(page?.together?.map(({ service, state }) => `${service} ${state}`)).toEqual(['s01 off', 's02 off']);
  });

  test('pages each owner for its own', async () => {
    const all = services(4, (index) => ({ owner: index < 2 ? 'payments' : 'search' }));
    await using andon = await aDaemon(outage, all, { grouping });
    await andon.advance(5 * minute);
    expect([...andon.kinds()].sort()).toEqual(['escalated', 'escalated', 'firing', 'firing']);
  });

  test('puts together nothing of services without an owner', async () => {
    const all = services(3).map(({ owner: _owner, ...service }) => service);
    await using andon = await aDaemon(outage, all, { grouping });
    await andon.advance(5 * minute);
    expect(andon.kinds()).toEqual(['firing', 'firing', 'firing']);
  });

  test('pages for each on a channel that wants to be told of each', async () => {
    const each = Object.assign(new KeepingChannel('each'), { toldOfEach: true as const });
    const one = new KeepingChannel('one');
    await using andon = await aDaemon(outage, services(5), { grouping, channels: [each, one] });
    await andon.advance(30 * minute);
    expect(each.sent.filter(({ kind }) => kind === 'firing')).toHaveLength(5);
    expect(each.sent.filter(({ kind }) => kind === 'resolved')).toHaveLength(5);
    expect(one.sent.map(({ kind }) => kind)).toEqual(['firing', 'escalated', 'resolved']);
  });

  test('never hides a page behind a ticket', async () => {
    const all = services(3, (index) => ({ rules: [aRule({ severity: index === 0 ? 'ticket' : 'page' })] }));
    await using andon = await aDaemon(outage, all, { grouping });
    await andon.advance(5 * minute);
    const pages = andon.channel.sent.filter(({ kind, page }) => kind === 'firing' && page.severity === 'page');
    expect(pages).toHaveLength(1);
  });

  test('pages by itself what comes later than that', async () => {
    const all = services(2, (index) => ({ rules: [aRule({ forMs: index * 3 * minute })] }));
    await using andon = await aDaemon(outage, all, { grouping });
    await andon.advance(6 * minute);
    expect(told(andon)).toEqual(['firing s00', 'firing s01']);
  });

  test('waits for the last that is told under it before its end is told', async () => {
    const all = services(2, (index) => ({
      endState: { ...aService().endState, holdMs: index === 0 ? minute : 10 * minute },
    }));
    await using andon = await aDaemon(outage, all, { grouping });
    await andon.advance(22 * minute);
    const lead = andon.channel.sent[0]?.page.service;
    expect(andon.incidents().filter(({ phase }) => phase === 'open')).toHaveLength(1);
    const other = lead === 's00' ? 'firing s00' : 'firing s01';
    expect(told(andon)[0]).toBe(other);
    expect(andon.kinds().includes('resolved')).toBe(false);
    await andon.advance(10 * minute);
    expect(andon.kinds().filter((kind) => kind === 'resolved')).toHaveLength(1);
  });

  test('is one page too when a silence over all of it ends', async () => {
    await using andon = await aDaemon(outage, services(20), { grouping });
    await silence(andon, 5 * minute, { owner: 'payments' });
    await andon.advance(4 * minute);
    expect(told(andon)).toEqual([]);
    await andon.advance(3 * minute);
    expect(andon.kinds()).toEqual(['firing', 'escalated']);
    expect(andon.channel.sent[1]?.page.together).toHaveLength(19);
  });
});
