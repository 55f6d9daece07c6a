import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SqliteStore } from '../../src/adapters/sqlite/sqlite-store.ts';
import { ledgerShape } from '../../src/app/budgets/ledger-shape.ts';
import type { LedgerWrite } from '../../src/app/ports/store.ts';
import { loadRules } from '../../src/config/load-rules.ts';
import { createLedger, fill } from '../../src/domain/budget/ledger.ts';
import { takeChanges } from '../../src/domain/budget/ledger-rows.ts';
import type { ErrorBudget } from '../../src/domain/budget/objective.ts';
import { longestPeriodMs } from '../../src/domain/budget/period.ts';
import type { Step } from '../../src/domain/reading/observation.ts';
import { seededRandom } from './statistics.ts';

const minuteMs = 60_000;
const random = seededRandom(1);

/** Leaves the ledgers of all error budgets in some rule files in a daemon's data, filled up to now: as after a first fill. */
export async function seedLedgers(rules: string, data: string, source: string): Promise<void> {
  const files = await Promise.all(
    (await readdir(rules)).map(async (path) => ({ path, content: await readFile(join(rules, path)) })),
  );
  const store = await SqliteStore.open({ directory: data });
  const now = Math.floor(Date.now() / minuteMs) * minuteMs;
  for (const service of loadRules(files).services) {
    const ledgers = service.budgets.flatMap((budget): LedgerWrite[] => {
      const signal = service.signals.find(({ name }) => name === budget.signal);
      if (signal === undefined || signal.kind === 'gauge') return [];
      const ledger = createLedger(budget);
      fill(ledger, stepsOf(budget, now));
      return [
        {
          service: service.name,
          budget: budget.name,
          group: '',
          shape: ledgerShape(budget, signal, source),
          changes: takeChanges(ledger),
        },
      ];
    });
    await store.commit({ recordedAt: now, ledgers });
  }
  await store.close();
}

/** As a fill reads them: three days by the minute, what is older in steps of 5 minutes. */
function stepsOf({ period }: ErrorBudget, now: number): readonly Step[] {
  const steps: Step[] = [];
  const begin = Math.floor((now - longestPeriodMs(period)) / (60 * minuteMs)) * 60 * minuteMs;
  for (let from = begin; from < now;) {
    const ms = from < now - 3 * 1_440 * minuteMs ? 5 * minuteMs : minuteMs;
    const to = Math.min(now, from + ms);
    const total = Math.floor(50 * ((to - from) / 1_000) * (0.5 + random()));
    steps.push({ from, to, total, good: total - Math.floor(total * 0.001 * random()) });
    from = to;
  }
  return steps;
}
