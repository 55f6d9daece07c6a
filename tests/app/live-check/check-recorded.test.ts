import { describe, expect, test } from '@jest/globals';
import { checkRecorded } from '../../../src/app/live-check/check-recorded.ts';
import type { Inspector } from '../../../src/app/ports/inspector.ts';
import { aBudget, day } from '../../domain/budget/budgets.ts';
import { aRatio, aService } from '../../support/simulation.ts';

const budget = aBudget({ name: 'payments', signal: aRatio.name, period: { kind: 'rolling', ms: 7 * day } });
const service = aService({ budgets: [budget], budgetsFrom: 'recording-rules', rules: [] });
const { signal: never } = new AbortController();

type Series = readonly Readonly<Record<string, string>>[];
const both: Series = [{ sloth_window: '1h' }, { sloth_window: '1w' }];
const down = { kind: 'failed', failure: { reason: 'unavailable', detail: 'connection refused' } } as const;

async function found(series: Series | 'down', objectives: readonly number[] | 'down', of = service) {
  const asked: string[] = [];
  const inspector: Pick<Inspector, 'series' | 'values'> = {
    async series(selector, limit) {
      asked.push(selector);
      return await Promise.resolve(series === 'down' ? down : { kind: 'ok', series: series.slice(0, limit) });
    },
    async values(query) {
      asked.push(query);
      return await Promise.resolve(objectives === 'down' ? down : { kind: 'ok', values: objectives });
    },
  };
  return { asked, findings: await checkRecorded(of, budget, inspector, never) };
}

describe('the recorded series of a budget', () => {
  test('that are there as declared are fine', async () => {
    const { asked, findings } = await found(both, [0.999, 0.9990000000000001]);
    expect(findings).toEqual([]);
    expect(asked).toEqual([
      '{__name__=~"andon:slo_events:increase1h|andon:slo_events:increase1w",sloth_service="checkout",sloth_slo="payments"}',
      'slo:objective:ratio{sloth_service="checkout",sloth_slo="payments"}',
    ]);
  });

  test('are not asked about where Andon counts itself', async () => {
    const { budgetsFrom: _recorded, ...counted } = service;
    expect(await found([], [], counted)).toEqual({ asked: [], findings: [] });
  });

  test.each<[string, Series | 'down', readonly number[] | 'down', object]>([
    [
      'are missing altogether',
      [],
      [0.999],
      { path: [], said: { severity: 'error', code: 'live-not-recorded', hint: expect.stringContaining('generate') } },
    ],
    [
      'lack a window',
      both.slice(0, 1),
      [0.999],
      { path: [], said: { code: 'live-not-recorded', message: expect.stringContaining('no window of 1w') } },
    ],
    [
      'are of another objective',
      both,
      [0.99],
      {
        path: ['objective'],
        said: {
          severity: 'warning',
          code: 'live-recorded-otherwise',
          message: 'the rules of `payments` were made for an objective of 99%, and this one is 99.9%',
        },
      },
    ],
    ['cannot be asked for', 'down', [0.999], { said: { severity: 'error', code: 'live-not-checked' } }],
    ['cannot be asked for their objective', both, 'down', { said: { severity: 'error', code: 'live-not-checked' } }],
  ])('that %s are told', async (_name, series, objectives, expected) => {
    const { findings } = await found(series, objectives);
    expect(findings).toMatchObject([expected]);
  });

  test('that are not split as the signal is are told', async () => {
    const split = aService({ ...service, signals: [{ ...aRatio, by: ['region', 'zone'] }] });
    const regions = both.map((labels) => ({ ...labels, region: 'eu' }));
    expect((await found(regions, [0.999], split)).findings).toMatchObject([
      { said: { severity: 'error', message: 'what is recorded of `payments` is not split by zone, as its signal is' } },
    ]);
  });
});
