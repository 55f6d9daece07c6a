import { describe, expect, test } from '@jest/globals';
import { MemoryStore } from '../../../src/adapters/memory/memory-store.ts';
import { StoreError, type StoredLedger } from '../../../src/app/ports/store.ts';
import { budgetRules } from '../../../src/config/budget/budget-rule.ts';
import { aBudget, hour, minute } from '../../domain/budget/budgets.ts';
import { DaemonHarness } from '../../support/daemon-harness.ts';
import { aRatio, aService, type Traffic } from '../../support/simulation.ts';

/** 20 events a second, of which 1 % are bad for ten minutes two hours after the start. */
const traffic: Traffic = {
  perSecond: () => 20,
  badShare: (t) => (t >= 2 * hour && t < 2 * hour + 10 * minute ? 0.01 : 0),
};
const startsAt = 3 * hour;
const tier = { severity: 'page', share: 0.5, longMs: hour, shortMs: 5 * minute, factor: 1 } as const;
const budgets = [aBudget({ signal: aRatio.name, period: { kind: 'rolling', ms: 2 * hour }, tiers: [tier] })];
const service = aService({ budgets, rules: budgetRules(budgets) });
const truth = 1 - 10 / 12;

/** A store that hands out its ledgers with some damage. */
class DamagedStore extends MemoryStore {
  damage: (ledger: StoredLedger) => StoredLedger = (ledger) => ledger;

  override async *ledgers(name: string): AsyncGenerator<StoredLedger, void, undefined> {
    for await (const ledger of super.ledgers(name)) yield this.damage(ledger);
  }
}

const spoilt =
  (spoil: (row: StoredLedger['rows'][number]) => StoredLedger['rows'][number]) =>
  (ledger: StoredLedger): StoredLedger => ({ ...ledger, rows: ledger.rows.map(spoil) });

describe('after a restart on a ledger', () => {
  test.each<[string, (ledger: StoredLedger) => StoredLedger, string]>([
    [
      'of which no row can be right',
      spoilt((row) => ({ ...row, total: Number.NaN })),
      'rows of an error budget cannot be right; what they held is read from the source again',
    ],
    [
      'with rows of no time',
      spoilt((row) => ({ ...row, start: row.start + 1 })),
      'rows of an error budget cannot be right; what they held is read from the source again',
    ],
    [
      'that the store cannot read',
      () => {
        throw new StoreError('corrupt', 'andon.db is damaged');
      },
      'the error budgets of a service cannot be read from the store; they are read from the source again',
    ],
    ['that is empty', (ledger) => ({ ...ledger, rows: [] }), 'an error budget is being filled from the past'],
  ])('%s, the source tells all of it again, which the log says, and nothing pages', async (_, damage, says) => {
    const store = new DamagedStore();
    const first = await new DaemonHarness({ traffic, startsAt, services: [service], store }).start();
    await first.advance(90_000);
    await first.stop();

    store.damage = damage;
    const second = await new DaemonHarness({
      traffic,
      startsAt: startsAt + 5 * minute,
      services: [service],
      store,
    }).start();
    await second.advance(2 * minute);
    const [seen] = second.daemon.views()[0]?.budgets ?? [];
    expect(seen).toMatchObject({
      known: 1,
      reading: { kind: 'value', remaining: expect.closeTo(truth, 3), coverage: 1 },
    });
    expect(second.lines.map(({ message }) => message)).toContain(says);
    expect([second.incidents(), second.channel.sent]).toEqual([[], []]);
    await second.stop();

    // What was rebuilt is what the store holds from then on.
    store.damage = (ledger) => ledger;
    await using third = await new DaemonHarness({
      traffic,
      startsAt: startsAt + 8 * minute,
      services: [service],
      store,
    }).start();
    await third.advance(2 * minute);
    expect(third.daemon.views()[0]?.budgets[0]).toMatchObject({
      known: 1,
      reading: { remaining: expect.closeTo(truth, 3) },
    });
    expect(third.lines.filter(({ level }) => level === 'warn')).toEqual([]);
  });
});
