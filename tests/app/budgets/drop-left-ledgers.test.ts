import { describe, expect, test } from '@jest/globals';
import { MemoryStore } from '../../../src/adapters/memory/memory-store.ts';
import { dropLeftLedgers, leftLedgersKeptMs } from '../../../src/app/budgets/drop-left-ledgers.ts';
import { aLedger, aRow, ledgersOf } from '../../contract/ledger-builders.ts';
import { aCommit } from '../../contract/store-builders.ts';
import { DaemonHarness } from '../../support/daemon-harness.ts';
import { FaultyStore } from '../../support/faulty-store.ts';
import { aService, start } from '../../support/simulation.ts';

const now = Date.parse('2026-11-23T12:00:00Z');
const minute = 60_000;

/** A store whose services counted something for the last time so long before `now`, ms. */
async function storeWith(ages: Readonly<Record<string, readonly number[]>>): Promise<FaultyStore> {
  const store = new FaultyStore(new MemoryStore());
  const ledgers = Object.entries(ages).flatMap(([service, each]) =>
    each.map((age, index) =>
      aLedger([aRow(now - age - 10_000), aRow(now - age - 60 * minute, { slotMs: minute })], {
        service,
        budget: `b${index}`,
      }),
    ),
  );
  await store.commit(aCommit({ ledgers }));
  return store;
}

async function drop(store: FaultyStore, declared: readonly string[], signal = new AbortController().signal) {
  const lines: unknown[] = [];
  const line = (message: string, fields: unknown) => void lines.push({ message, fields });
  const log = { info: line, warn: line };
  await dropLeftLedgers({ store, log, isDeclared: (name) => declared.includes(name), now, signal });
  return lines;
}

describe('ledgers of services that no rule file declares', () => {
  test('are dropped a week after their newest count, all of a service together, with one line in the log', async () => {
    const store = await storeWith({
      declared: [leftLedgersKeptMs * 9],
      young: [leftLedgersKeptMs],
      mixed: [leftLedgersKeptMs * 9, minute],
      old: [leftLedgersKeptMs + 1, leftLedgersKeptMs * 2],
      older: [leftLedgersKeptMs * 9],
    });
    expect(await drop(store, ['declared'])).toEqual([
      {
        message: 'error budgets of services that left the rule files were dropped',
        fields: { services: ['old', 'older'], ledgers: 3 },
      },
    ]);
    expect(await store.ledgerServices()).toEqual(['declared', 'mixed', 'young']);
    expect(await ledgersOf(store, 'mixed')).toHaveLength(2);
  });

  test('are not spoken of when there are none', async () => {
    expect(await drop(await storeWith({ declared: [leftLedgersKeptMs * 9] }), ['declared'])).toEqual([]);
    expect(await drop(await storeWith({ young: [minute] }), [])).toEqual([]);
  });

  test('go too when nothing was ever counted in them', async () => {
    const store = await storeWith({});
    await store.commit(aCommit({ ledgers: [aLedger([], { service: 'empty' })] }));
    await drop(store, []);
    expect(await store.ledgerServices()).toEqual([]);
  });

  test('stay when the service is declared again while they are read', async () => {
    const store = await storeWith({ old: [leftLedgersKeptMs * 2] });
    let asked = 0;
    const isDeclared = (): boolean => (asked += 1) > 1;
    await dropLeftLedgers({
      store,
      log: { info: () => undefined, warn: () => undefined },
      isDeclared,
      now,
      signal: new AbortController().signal,
    });
    expect(await store.ledgerServices()).toEqual(['old']);
  });

  test('stay when Andon stops meanwhile', async () => {
    const store = await storeWith({ old: [leftLedgersKeptMs * 2] });
    expect(await drop(store, [], AbortSignal.abort())).toEqual([]);
    expect(await store.ledgerServices()).toEqual(['old']);
  });

  test('that cannot be read are told, and fail nobody', async () => {
    const store = await storeWith({ old: [leftLedgersKeptMs * 2] });
    store.readFault = 'unknown';
    expect(await drop(store, [])).toMatchObject([{ fields: { reason: 'unknown' } }]);
  });
});

test('a daemon that starts lets go of them, and of no others', async () => {
  const store = new MemoryStore();
  const at = start + 30 * minute;
  const counted = (service: string, age: number) => aLedger([aRow(at - age - 10_000)], { service });
  await store.commit(
    aCommit({ ledgers: [counted('gone', leftLedgersKeptMs + minute), counted('renamed', leftLedgersKeptMs - minute)] }),
  );
  await using harness = await new DaemonHarness({ traffic: { perSecond: () => 10, badShare: () => 0 }, store }).start();
  await harness.advance(1_000);
  expect(await store.ledgerServices()).toEqual(['renamed']);
  expect(harness.lines.filter(({ message }) => message.includes('were dropped'))).toHaveLength(1);
  expect(aService().name).not.toBe('gone');
});
