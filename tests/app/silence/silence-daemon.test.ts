import { describe, expect, test } from '@jest/globals';
import { aService } from '../../support/simulation.ts';
import { aDaemon, badDuring, minute, onlyIncident, restarted, silence, told } from './silence-story.ts';

const outage = badDuring([31 * minute, 45 * minute]);

describe('a silence', () => {
  test('keeps the page back and nothing else, and lets it go once when it ends', async () => {
    await using andon = await aDaemon(outage);
    await silence(andon, 5 * minute);
    await andon.advance(4 * minute);
    const incident = onlyIncident(andon);
    expect(incident).toMatchObject({ phase: 'open', told: [], telling: { owed: { kind: 'firing' } } });
    expect(andon.daemon.views()[0]?.scopes[0]?.line).toBe('stopped');
    expect(andon.daemon.gates.ask('checkout').state).toBe('stop');
    expect(andon.daemon.silences.silences()).toMatchObject([
      { isStanding: true, incidents: [incident.id], pagesSoon: true },
    ]);
    expect(told(andon)).toEqual([]);
    await andon.advance(2 * minute);
    expect(told(andon)).toEqual(['firing checkout']);
    expect(andon.channel.sent[0]?.page.title).toMatch(/since 02:31.*was silenced by ada: new disks/);
    expect(andon.daemon.silences.silences()).toEqual([]);
    await andon.advance(20 * minute);
    expect(told(andon)).toEqual(['firing checkout', 'resolved checkout']);
    const types = andon.daemon.book.get(incident.id)?.timeline.map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['opened', 'unsilenced', 'notified', 'resolved']));
    expect(andon.daemon.book.get(incident.id)?.timeline[0]).toMatchObject({
      silencedBy: { kind: 'silence', by: 'ada', reason: 'new disks' },
      withheld: ['on-call'],
    });
    expect(onlyIncident(andon).timeToNotifyMs).toBeLessThan(2_000);
  });

  test('tells nobody of what began and ended under it', async () => {
    await using andon = await aDaemon(outage);
    await silence(andon, 60 * minute);
    await andon.advance(90 * minute);
    expect(onlyIncident(andon)).toMatchObject({ phase: 'closed', told: [] });
    expect(told(andon)).toEqual([]);
  });

  test('ended by hand, lets what burns page at once', async () => {
    await using andon = await aDaemon(outage);
    const id = await silence(andon, 60 * minute);
    await andon.advance(4 * minute);
    await andon.daemon.silences.acts.end(id, 'bob', 'the disks are in');
    await andon.advance(500);
    expect(told(andon)).toEqual(['firing checkout']);
  });

  test.each([
    ['firing', [31 * minute, 33 * minute] as const, 4.5 * minute],
    ['relapsed', [43 * minute, 45 * minute] as const, 16.5 * minute],
  ])(
    'that ends while what it kept back is on its way back says so, with values as of then: %s',
    async (kind, again, at) => {
      const hold = { ...aService().endState, holdMs: 5 * minute };
      const traffic = badDuring([31 * minute, 33 * minute], again);
      await using andon = await aDaemon(traffic, [aService({ endState: hold })]);
      await andon.advance(kind === 'firing' ? 0 : 11 * minute);
      const before = andon.channel.sent.length;
      const id = await silence(andon, 60 * minute);
      await andon.advance(at - (kind === 'firing' ? 0 : 11 * minute));
      expect(onlyIncident(andon).phase).toBe('open');
      await andon.daemon.silences.acts.end(id, 'bob', 'the disks are in');
      await andon.advance(500);
      const [page, ...further] = andon.channel.sent.slice(before);
      expect([page?.kind, further]).toEqual([kind, []]);
      expect(page?.page.title).toMatch(
        kind === 'firing'
          ? /^checkout: back, held for [\dms]+ of 5m — was off since 02:31.*was silenced by ada: new disks$/
          : /^checkout: was off again since 02:43.*: back, held for [\dms]+ of 5m — first off since 02:31.*was silenced by ada/,
      );
      expect(page?.page.off).toEqual([]);
      const [fine] = page?.page.fine ?? [];
      const sampleAt = fine?.reading.kind === 'value' ? fine.reading.sampleAt : 0;
      expect((page?.createdAt ?? Infinity) - sampleAt).toBeLessThan(minute);
    },
  );

  test('that ends while it is still off tells how far it is off by then', async () => {
    await using andon = await aDaemon(outage);
    const id = await silence(andon, 60 * minute);
    await andon.advance(8 * minute);
    const [old] = onlyIncident(andon).verdicts;
    await andon.daemon.silences.acts.end(id, 'bob', 'the disks are in');
    await andon.advance(500);
    const [off] = andon.channel.sent[0]?.page.off ?? [];
    expect(off?.verdict).toBe('missed');
    expect(off?.reading).not.toEqual(old?.reading);
    expect(off?.reading.kind === 'value' && off.reading.sampleAt).toBeGreaterThan(
      (andon.channel.sent[0]?.createdAt ?? Infinity) - minute,
    );
  });

  test('lets those hear of the end who were told before it', async () => {
    await using andon = await aDaemon(outage);
    await andon.advance(4 * minute);
    expect(told(andon)).toEqual(['firing checkout']);
    await silence(andon, 80 * minute);
    await andon.advance(40 * minute);
    expect(told(andon)).toEqual(['firing checkout', 'resolved checkout']);
  });

  test('keeps a relapse back, and its end from those that did not hear of it', async () => {
    await using andon = await aDaemon(badDuring([31 * minute, 33 * minute], [37 * minute, 40 * minute]));
    await andon.advance(6 * minute);
    expect(told(andon)).toEqual(['firing checkout', 'resolved checkout']);
    await silence(andon, 80 * minute);
    await andon.advance(40 * minute);
    expect(onlyIncident(andon)).toMatchObject({ phase: 'closed', relapses: 1 });
    expect(told(andon)).toEqual(['firing checkout', 'resolved checkout']);
  });

  test('is told of its end once, though Andon was started anew in between', async () => {
    const first = await aDaemon(outage);
    await silence(first, 5 * minute);
    await first.advance(4 * minute);
    const second = await restarted(first, [aService()], outage);
    await second.advance(3 * minute);
    expect(told(second)).toEqual(['firing checkout']);
    await using third = await restarted(second, [aService()], outage);
    await third.advance(20 * minute);
    expect(told(third)).toEqual(['resolved checkout']);
  });

  test('is told to nobody when it was over before its silence, and Andon was away for both', async () => {
    const traffic = badDuring([31 * minute, 35 * minute]);
    const first = await aDaemon(traffic);
    await silence(first, 10 * minute);
    await first.advance(3 * minute);
    expect(onlyIncident(first).telling.owed).toBeDefined();
    await first.stop();
    await first.clock.advance(20 * minute);
    await using second = await restarted(first, [aService()], traffic);
    await second.advance(2 * minute);
    expect(onlyIncident(second).phase).not.toBe('open');
    expect(told(second)).toEqual([]);
  });

  test('is told though its service cannot be read after a start', async () => {
    const first = await aDaemon(outage);
    await silence(first, 5 * minute);
    await first.advance(3 * minute);
    await first.stop();
    await first.clock.advance(5 * minute);
    await using second = await restarted(first, [aService()], outage, { isDown: true });
    await second.advance(2 * minute);
    expect(told(second)).toEqual(['firing checkout']);
  });

  test('tells at once of a rule that it is not about', async () => {
    const rules = aService().rules.map((rule) => ({ ...rule, name: 'other' }));
    await using andon = await aDaemon(outage, [aService({ rules })]);
    await silence(andon, 60 * minute, { rule: 'payments-failing' });
    await andon.advance(4 * minute);
    expect(told(andon)).toEqual(['firing checkout']);
  });

  test('keeps back what maintenance of the rule file covers, until that is over', async () => {
    const from = Date.UTC(2026, 7, 22, 2, 25);
    const window = { kind: 'once' as const, from, to: from + 15 * minute, because: 'new switch' };
    await using andon = await aDaemon(outage, [aService({ maintenance: [window] })]);
    await andon.advance(9 * minute);
    expect(told(andon)).toEqual([]);
    expect(andon.daemon.silences.of(onlyIncident(andon))).toMatchObject({ kind: 'maintenance', reason: 'new switch' });
    await andon.advance(2 * minute);
    expect(told(andon)).toEqual(['firing checkout']);
    expect(andon.channel.sent[0]?.page.title).toContain('was silenced for maintenance: new switch');
  });
});
