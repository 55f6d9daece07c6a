import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Store } from '../../src/app/ports/store.ts';
import { addStep, createLedger, fill, missing } from '../../src/domain/budget/ledger.ts';
import { restoreLedger, takeChanges } from '../../src/domain/budget/ledger-rows.ts';
import type { LedgerRow } from '../../src/domain/budget/ledger-rows.ts';
import { budgetAt } from '../../src/domain/budget/read-budget.ts';
import { aBudget, hour } from '../domain/budget/budgets.ts';
import { aLedger, allLedgers, arbitraryLedgers, aRow, keyOf, ledgersOf } from './ledger-builders.ts';
import { aCheckpoint, aCommit, anEvent, noon } from './store-builders.ts';
import { ledgersInMaps } from './ledger-model.ts';
import type { StoreUnderTest } from './store.contract.ts';

/** What every store that can be written keeps of the ledgers of error budgets. */
export function storeLedgersContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name} keeps ledgers`, () => {
    let subject: StoreUnderTest;
    let store: Store;
    beforeEach(async () => {
      subject = await open();
      store = subject.store;
    });
    afterEach(() => subject.dispose());

    test('a new store has none', async () => {
      expect(await ledgersOf(await subject.later())).toEqual([]);
    });

    test('the services that have ledgers are named once each, in order, until the last of their ledgers is forgotten', async () => {
      expect(await store.ledgerServices()).toEqual([]);
      const keys = [
        ['search', 'a', ''],
        ['checkout', 'a', ''],
        ['checkout', 'b', 'region="eu"'],
        ['Ångström', 'a', ''],
      ].map(([service = '', budget = '', group = '']) => ({ service, budget, group }));
      await store.commit(aCommit({ ledgers: keys.map((key) => aLedger([aRow(noon)], key)) }));
      expect(await store.ledgerServices()).toEqual(['checkout', 'search', 'Ångström']);
      await store.commit(aCommit({ forgottenLedgers: keys.slice(1, 2) }));
      expect(await store.ledgerServices()).toEqual(['checkout', 'search', 'Ångström']);
      await store.commit(aCommit({ forgottenLedgers: keys.slice(2) }));
      expect(await (await subject.later()).ledgerServices()).toEqual(['search']);
    });

    test('rows come back with where exclusions cut them', async () => {
      const cuts = [
        { at: noon + 2_000, bad: 0, total: 1.5 },
        { at: noon + 7_000, bad: 0.25, total: 5 },
      ];
      const cut = aRow(noon, { cuts, gaps: [{ from: noon, to: noon + 1 }] });
      const plain = aRow(noon + 10_000);
      await store.commit(aCommit({ ledgers: [aLedger([cut, plain])] }));
      expect((await ledgersOf(await subject.later()))[0]?.rows).toEqual([cut, plain]);
    });

    test('rows come back by slot length and start, as they were written, gaps and all', async () => {
      const gaps = [
        { from: noon + 0.25, to: noon + 1000 },
        { from: noon + 5000, to: noon + 60_000 },
      ];
      const minute = aRow(noon, { slotMs: 60_000, bad: 0.1, total: 16_777_217.5, gaps });
      await store.commit(aCommit({ ledgers: [aLedger([minute, aRow(noon + 20_000), aRow(noon)])] }));
      expect(await ledgersOf(await subject.later())).toEqual([
        { ...keyOf(aLedger([])), shape: 'events', rows: [aRow(noon), aRow(noon + 20_000), minute] },
      ]);
    });

    test('a row takes the place of the one with its slot length and start, and no other', async () => {
      await store.commit(aCommit({ ledgers: [aLedger([aRow(noon), aRow(noon + 10_000)])] }));
      const again = aRow(noon, { bad: 5, gaps: [{ from: noon, to: noon + 1 }] });
      await store.commit(aCommit({ ledgers: [aLedger([again])] }));
      await store.commit(aCommit({ ledgers: [aLedger([aRow(noon, { slotMs: 60_000 })])] }));
      const [ledger] = await ledgersOf(await subject.later());
      expect(ledger?.rows).toEqual([again, aRow(noon + 10_000), aRow(noon, { slotMs: 60_000 })]);
    });

    test('a floor deletes the rows of its slot length that start before it, and not those that come with it', async () => {
      const minutes = [0, 1].map((n) => aRow(noon + n * 60_000, { slotMs: 60_000 }));
      await store.commit(
        aCommit({ ledgers: [aLedger([aRow(noon), aRow(noon + 10_000), aRow(noon + 20_000), ...minutes])] }),
      );
      const floors = [{ slotMs: 10_000, from: noon + 20_000 }];
      const late = aRow(noon + 10_000, { bad: 7 });
      await store.commit(aCommit({ ledgers: [aLedger([late], { floors })] }));
      const [ledger] = await ledgersOf(await subject.later());
      expect(ledger?.rows).toEqual([late, aRow(noon + 20_000), ...minutes]);
    });

    test.each([
      { what: 'that replaces', parts: { replaces: true }, shape: 'events' },
      { what: 'of another shape', parts: { shape: 'slices' }, shape: 'slices' },
    ])('a write $what leaves nothing of what was there', async ({ parts, shape }) => {
      await store.commit(aCommit({ ledgers: [aLedger([aRow(noon)]), aLedger([aRow(noon)], { budget: 'other' })] }));
      await store.commit(aCommit({ ledgers: [aLedger([aRow(noon + 10_000)], parts)] }));
      expect(await ledgersOf(await subject.later())).toEqual([
        { ...keyOf(aLedger([], { budget: 'other' })), shape: 'events', rows: [aRow(noon)] },
        { ...keyOf(aLedger([])), shape, rows: [aRow(noon + 10_000)] },
      ]);
    });

    test('a ledger that is forgotten is gone; one that is written in the same commit begins anew', async () => {
      const keys = ['', 'region="eu"', 'region="us"'].map((group) => ({
        service: 'checkout',
        budget: 'success',
        group,
      }));
      await store.commit(aCommit({ ledgers: keys.map((key) => aLedger([aRow(noon)], key)) }));
      await store.commit(
        aCommit({ ledgers: [aLedger([aRow(noon + 10_000)], keys[1])], forgottenLedgers: keys.slice(1) }),
      );
      await store.commit(aCommit({ forgottenLedgers: [{ service: 'nobody', budget: 'success', group: '' }] }));
      const ledgers = await ledgersOf(await subject.later());
      expect(ledgers.map(({ group, rows }) => [group, rows.map(({ start }) => start - noon)])).toEqual([
        ['', [0]],
        ['region="eu"', [10_000]],
      ]);
    });

    test('ledgers of one service stand by budget and group, and those of another are not among them', async () => {
      const named = [
        ['search', 'a', ''],
        ['checkout', 'b', ''],
        ['checkout', 'a', 'region="\uffff"'],
        ['checkout', 'a', 'region="\u{1f525}"'],
      ] as const;
      const ledgers = named.map(([service, budget, group]) => aLedger([aRow(noon)], { service, budget, group }));
      await store.commit(aCommit({ ledgers }));
      const found = await ledgersOf(await subject.later());
      expect(found.map(({ budget, group }) => `${budget} ${group}`)).toEqual([
        'a region="\u{1f525}"',
        'a region="\uffff"',
        'b ',
      ]);
    });

    test.each([
      { what: 'a count', row: aRow(noon, { bad: NaN }) },
      { what: 'a total', row: aRow(noon, { total: Infinity }) },
      { what: 'a start', row: aRow(NaN) },
      { what: 'a gap', row: aRow(noon, { gaps: [{ from: NaN, to: 1 }] }) },
      { what: 'a cut', row: aRow(noon, { cuts: [{ at: noon + 1, bad: 0, total: NaN }] }) },
    ])('a row with $what that is no number is left out, and fails nobody', async ({ row }) => {
      const stored = await store.commit(
        aCommit({ events: [anEvent('a')], ledgers: [aLedger([row, aRow(noon + 10_000)])] }),
      );
      expect(stored).toHaveLength(1);
      expect((await ledgersOf(await subject.later()))[0]?.rows).toEqual([aRow(noon + 10_000)]);
    });

    test('a commit that cannot be stored leaves no ledger behind', async () => {
      const refused = store.commit(
        aCommit({ checkpoints: [aCheckpoint('checkout', NaN)], ledgers: [aLedger([aRow(noon)])] }),
      );
      await expect(refused).rejects.toMatchObject({ reason: 'invalid' });
      expect(await ledgersOf(await subject.later())).toEqual([]);
    });

    test('commits that are not waited for are read in the order of the calls', async () => {
      const commits = [1, 2, 3].map((bad) => store.commit(aCommit({ ledgers: [aLedger([aRow(noon, { bad })])] })));
      expect((await ledgersOf(store))[0]?.rows).toEqual([aRow(noon, { bad: 3 })]);
      await Promise.all(commits);
    });

    test('what the caller does afterwards to its rows, or to the answers, does not reach the store', async () => {
      const gap = { from: noon, to: noon + 1 };
      const row = { ...aRow(noon), gaps: [gap] };
      await store.commit(aCommit({ ledgers: [aLedger([row])] }));
      row.bad = 99;
      gap.to = 99;
      for (const { rows } of (await ledgersOf(store)) as unknown as { rows: LedgerRow[] }[]) {
        Reflect.set(rows[0] ?? {}, 'bad', 99);
        rows.length = 0;
      }
      expect((await ledgersOf(await subject.later()))[0]?.rows).toEqual([
        { ...aRow(noon), gaps: [{ from: noon, to: noon + 1 }] },
      ]);
    });

    test('ledgers may be written and forgotten while they are read', async () => {
      const ledgers = ['a', 'b', 'c'].map((budget) => aLedger([aRow(noon)], { budget }));
      await store.commit(aCommit({ ledgers }));
      const seen: string[] = [];
      for await (const ledger of store.ledgers('checkout')) {
        seen.push(ledger.budget);
        await store.commit(aCommit({ forgottenLedgers: [keyOf(ledger)] }));
      }
      expect(seen).toEqual(['a', 'b', 'c']);
      expect(await ledgersOf(await subject.later())).toEqual([]);
    });

    test('a closed store says so', async () => {
      await store.close();
      await expect(ledgersOf(store)).rejects.toMatchObject({ name: 'StoreError', reason: 'closed' });
      await expect(store.ledgerServices()).rejects.toMatchObject({ name: 'StoreError', reason: 'closed' });
      await expect(store.commit(aCommit({ ledgers: [aLedger([aRow(noon)])] }))).rejects.toMatchObject({
        reason: 'closed',
      });
    });

    test('a ledger that is fed, saved every minute and restored says what it said before', async () => {
      const budget = aBudget({ period: { kind: 'rolling', ms: 30 * hour } });
      const ledger = createLedger(budget);
      fill(ledger, steps(noon - 30 * hour, noon, 60_000));
      for (let from = noon; from < noon + 2 * hour; from += 60_000) {
        for (const step of steps(from, from + 60_000, 15_000)) addStep(ledger, step);
        await store.commit(aCommit({ ledgers: [{ ...aLedger([]), changes: takeChanges(ledger) }] }));
      }
      const [stored] = await ledgersOf(await subject.later());
      const now = noon + 2 * hour;
      const restored = restoreLedger(budget, stored?.rows ?? [], now);
      expect(restored.refused).toBe(0);
      // What was not settled is read again.
      const open = missing(restored.ledger, noon, now);
      expect(open).toEqual([{ from: now - 16 * 15_000, to: now }]);
      fill(restored.ledger, steps(now - 16 * 15_000, now, 15_000));
      const [before, after] = [ledger, restored.ledger].map((each) => budgetAt(budget, each, now));
      expect(before).toMatchObject({ kind: 'value', coverage: 1 });
      // Slots are sums in single precision, added up in another order.
      expect(after).toMatchObject({ kind: 'value', coverage: 1, total: expect.closeTo(before?.total ?? NaN, 2) });
      expect(after?.bad).toBeCloseTo(before?.bad ?? NaN, 2);
    });

    test('any sequence of commits leaves what it leaves in a plain map', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(arbitraryLedgers, { maxLength: 12 }), async (commits) => {
          const random = await open();
          try {
            for (const commit of commits) await random.store.commit(commit);
            expect(await allLedgers(await random.later())).toEqual(ledgersInMaps(commits));
          } finally {
            await random.dispose();
          }
        }),
        { numRuns: 40 },
      );
    });
  });
}

function steps(from: number, to: number, stepMs: number) {
  return Array.from({ length: (to - from) / stepMs }, (_, n) => ({
    from: from + n * stepMs,
    to: from + (n + 1) * stepMs,
    good: 90 + (Math.floor(from / stepMs + n) % 7),
    total: 100,
  }));
}
