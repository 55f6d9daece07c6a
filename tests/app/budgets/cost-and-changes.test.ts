import { describe, expect, test } from '@jest/globals';
import { MemoryStore } from '../../../src/adapters/memory/memory-store.ts';
import { loadRules } from '../../../src/config/load-rules.ts';
import type { Service } from '../../../src/domain/service/service.ts';
import { aBudget, day, hour, minute } from '../../domain/budget/budgets.ts';
import { DaemonHarness } from '../../support/daemon-harness.ts';
import { aRatio, aRule, aService, type Traffic } from '../../support/simulation.ts';

const startsAt = 3 * hour;
const quiet: Traffic = { perSecond: () => 20, badShare: () => 0.0005 };
const over = (ms: number) => aBudget({ signal: aRatio.name, period: { kind: 'rolling', ms } });

/** The stretches that a minute of polls asks a source for, ms, once everything is filled. */
async function asked(service: Service): Promise<readonly number[]> {
  await using harness = await new DaemonHarness({ traffic: quiet, startsAt, services: [service] }).start();
  await harness.advance(2 * minute);
  const { source } = harness;
  const stretches: number[] = [];
  const read = source.read.bind(source);
  source.read = async (reads, at, signal) => {
    for (const { steps } of reads) stretches.push(...steps.map(({ from, to }) => to - from));
    return await read(reads, at, signal);
  };
  await harness.advance(minute);
  return stretches;
}

describe('a poll', () => {
  test('asks the source for the same few seconds, whatever the period of a budget and the windows of its tiers', async () => {
    const none = await asked(aService());
    const short = await asked(aService({ budgets: [over(hour)] }));
    const tiers = [{ severity: 'page', share: 0.5, longMs: 30 * day, shortMs: 3 * day, factor: 1.5 } as const];
    const long = await asked(
      aService({
        budgets: [
          { ...over(90 * day), tiers },
          { ...over(366 * day), name: 'year' },
        ],
      }),
    );
    expect(short).toEqual(none);
    expect(long).toEqual(none);
    expect(long.length).toBeGreaterThan(0);
    expect(Math.max(...long)).toBeLessThanOrEqual(minute);
  });
});

describe('a ledger', () => {
  test.each<[string, Partial<Service>]>([
    [
      'labels, owner and runbook',
      { labels: { team: 'new' }, owner: 'new', runbook: 'https://runbooks.example.com/new' },
    ],
    ['rules and targets', { rules: [aRule({ name: 'other' })] }],
    ['the objective and the period', { budgets: [{ ...over(hour), objective: 0.99 }] }],
    [
      'what is excluded',
      { budgets: [{ ...over(2 * hour), exclusions: [{ kind: 'once', from: 0, to: 1, because: 'test' }] }] },
    ],
  ])('outlives a change of %s, while Andon is down', async (_, changes) => {
    const store = new MemoryStore();
    const before = aService({ budgets: [over(2 * hour)] });
    const first = await new DaemonHarness({ traffic: quiet, startsAt, services: [before], store }).start();
    await first.advance(90_000);
    await first.stop();

    const services = [aService({ budgets: [over(2 * hour)], ...changes, revision: 'r2' })];
    await using second = new DaemonHarness({ traffic: quiet, startsAt: startsAt + 5 * minute, services, store });
    const stretches: number[] = [];
    second.source.historyFault = (_signal, { from, to }) => {
      stretches.push(to - from);
      return undefined;
    };
    await second.start();
    await second.advance(60_000);
    expect(second.daemon.views()[0]?.budgets[0]?.reading).toMatchObject({ kind: 'value', coverage: 1 });
    expect(stretches.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(hour);
  });
});

describe('a budget that is gone', () => {
  const text = `apiVersion: andon/v1
kind: Service
metadata: { name: checkout }
spec:
  signals:
    success_rate: { ratio: { good: ok_total, total: all_total } }
  endState:
    summary: Customers can pay
    hold: 1m
    targets:
      - { signal: success_rate, atLeast: 99%, over: 1m }
  errorBudgets:
    - { signal: success_rate, objective: 99%, period: 1h }
  stopTheLine:
    - { name: budget-gone, when: success_rate.budgetRemaining() <= 0.0, severity: ticket }
`;

  test('stops the line while nothing fails any more, until enough of it has come back', async () => {
    const { services, diagnostics } = loadRules([{ path: 'x.yaml', content: Buffer.from(text) }]);
    expect(diagnostics).toEqual([]);
    // All of 40 s fail: 1.1 times what an hour allows.
    const traffic: Traffic = {
      perSecond: () => 20,
      badShare: (t) => (t >= startsAt + minute && t < startsAt + minute + 40_000 ? 1 : 0),
    };
    await using harness = await new DaemonHarness({ traffic, startsAt, services }).start();
    const line = () => harness.daemon.views()[0]?.scopes[0]?.line;
    await harness.advance(30_000);
    expect(line()).toBe('moving');
    await harness.advance(10 * minute);
    expect([line(), harness.incidents().length, harness.kinds()]).toEqual(['stopped', 1, ['firing']]);
    await harness.advance(40 * minute);
    expect(line()).toBe('stopped');
    await harness.advance(15 * minute);
    expect([line(), harness.kinds()]).toEqual(['moving', ['firing', 'resolved']]);
  }, 30_000);
});
