import { expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { SqliteStore } from '../../../src/adapters/sqlite/sqlite-store.ts';
import { ledgersOf } from '../../contract/ledger-builders.ts';
import { eventsOfBatch, notificationsPerBatch, rowsOfBatch } from './crash-writer.ts';
import { temporaryDirectories } from './temporary-directory.ts';

const aDirectory = temporaryDirectories();
const writer = fileURLToPath(new URL('crash-writer.ts', import.meta.url));

/** Lets a writer loose on the folder and kills it, some turns after `lines` lines. Returns the lines it got out. */
async function writeUntilKilled(directory: string, lines: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', writer, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  try {
    const said: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      said.push(line);
      if (said.length !== lines) continue;
      // The writer runs on meanwhile: the kill meets it anywhere in a commit.
      for (let turns = randomInt(50); turns > 0; turns--) await turn();
      child.kill('SIGKILL');
    }
    expect(await exit).toEqual([null, 'SIGKILL']);
    return said;
  } finally {
    child.kill('SIGKILL');
  }
}

test('kill -9 at any moment: every acknowledged commit is there, whole, and no part of any other', async () => {
  const directory = aDirectory();
  let acknowledged = 0;
  let killsSinceLook = 0;
  for (let run = 0; run < 20; run++) {
    // One run in four is killed while it opens the store, with the log of the one before still to be recovered.
    const said = await writeUntilKilled(directory, run % 4 === 3 ? 1 : randomInt(2, 30));
    expect(said[0]).toBe('opening');
    acknowledged = Math.max(acknowledged, ...said.slice(1).map(Number));
    killsSinceLook += 1;
    if (run % 4 === 2) continue;

    const store = await SqliteStore.open({ directory });
    const batches = (await store.checkpoints())[0]?.evaluatedAt ?? 0;
    // Each kill may have met one commit between its end and its acknowledgement.
    expect(batches).toBeGreaterThanOrEqual(acknowledged);
    expect(batches).toBeLessThanOrEqual(acknowledged + killsSinceLook);
    const events = await store.events(0, Number.MAX_SAFE_INTEGER);
    expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: batches * 2 }, (_, n) => n + 1));
    expect(events.map((event) => (event.type === 'noted' ? event.note : ''))).toEqual(
      Array.from({ length: batches }, (_, n) => eventsOfBatch(n + 1)).flat(),
    );
    const ids = (await store.pending()).map(({ notification }) => notification.id);
    const expected = Array.from({ length: batches }, (_, batch) =>
      Array.from({ length: notificationsPerBatch }, (_, n) => `n-${batch + 1}-${n}`),
    ).flat();
    expect(new Set(ids)).toEqual(new Set(expected));
    // A batch's ledger is written after the rest of it: the last one of each run may have lost its own.
    const [ledger] = await ledgersOf(store);
    const found = Map.groupBy(ledger?.rows ?? [], ({ start }) => Math.floor(start / 10_000 / 50));
    for (const [batch, rows] of found) expect(rows).toEqual(rowsOfBatch(batch));
    expect(found.size).toBeLessThanOrEqual(batches);
    expect(found.size).toBeGreaterThanOrEqual(batches - run - 1);
    // What was there but not acknowledged is from now on as good as acknowledged.
    acknowledged = batches;
    killsSinceLook = 0;
    await store.close();
  }
  expect(acknowledged).toBeGreaterThan(20);
}, 60_000);
