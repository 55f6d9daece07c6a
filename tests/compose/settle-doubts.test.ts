import { describe, expect, test } from '@jest/globals';
import type { ConfiguredSource } from '../../src/app/ports/configuration.ts';
import type { Source } from '../../src/app/ports/source.ts';
import { isDoubt, settleDoubts } from '../../src/compose/settle-doubts.ts';
import { loadRules } from '../../src/config/load-rules.ts';
import { ManualClock } from '../support/manual-clock.ts';

const second = 1000;
const windows = { hold: '15s', over: '10s', rule: '5s', short: '20s' };

/** Each of its windows is under the 30 s that rarely hold two scrapes. */
function declaring(name: string, { hold, over, rule, short } = windows, source = 'default'): string {
  return `apiVersion: andon/v1
kind: Service
metadata: { name: ${name} }
spec:
  source: ${source}
  signals:
    success_rate: { ratio: { good: 'requests{code!~"5.."}', total: requests } }
  endState:
    summary: It works
    hold: ${hold}
    targets:
      - { signal: success_rate, atLeast: 99%, over: ${over} }
  errorBudgets:
    - signal: success_rate
      objective: 99%
      period: 1d
      burnRates: [ticket, { severity: page, budget: 5%, over: 40m, short: ${short} }]
  stopTheLine:
    - { name: failing, when: 'success_rate.over("${rule}") < 0.9' }
`;
}

/** A source that tells how often samples come, or nothing. */
function aSource(
  intervalMs: number | 'unknown' | 'down' | 'slow',
  name = 'default',
): ConfiguredSource & { asked: string[] } {
  const down = { kind: 'failed', failure: { reason: 'unavailable', detail: 'connection refused' } } as const;
  const asked: string[] = [];
  const source = {
    name,
    clock: async () => await Promise.resolve(intervalMs === 'down' ? down : { kind: 'ok', now: 0, roundTripMs: 1 }),
    arrivals: async (signals: readonly { name: string }[], _at: number, signal: AbortSignal) => {
      asked.push(...signals.map((each) => each.name));
      if (intervalMs === 'slow')
        await new Promise((resolve) => {
          signal.addEventListener('abort', resolve, { once: true });
        });
      const arrivals = { sampleTimes: [], ...(typeof intervalMs === 'number' ? { intervalMs } : {}) };
      return signals.map(() => (intervalMs === 'slow' ? down : ({ kind: 'ok', arrivals } as const)));
    },
  };
  return { source: source as unknown as Source, pollDeadlineMs: 1000, asked };
}

async function settled(sources: readonly ConfiguredSource[], ...files: readonly string[]): Promise<readonly string[]> {
  const loaded = loadRules(
    files.map((content, index) => ({ path: `${index}.yaml`, content: new TextEncoder().encode(content) })),
  );
  const errors = loaded.diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  const clock = new ManualClock(0);
  const stop = new AbortController();
  const declared = { ...loaded, warnings: loaded.diagnostics.filter(isDoubt) };
  const ended = settleDoubts(declared, sources, clock, stop.signal);
  await clock.advance(60 * second);
  return (await ended).map(({ file, line, message }) => `${file}:${line}: ${message}`);
}

describe('windows and a hold that are short for most samples', () => {
  test('are not warned of where the samples of their source come quickly', async () => {
    expect(await settled([aSource(second)], declaring('shop'))).toEqual([]);
  });

  test('are warned of where they do not, with how often they come', async () => {
    expect(await settled([aSource(8 * second)], declaring('shop'))).toEqual([
      '0.yaml:10: a hold of 15s may end between two scrapes: samples come every 8s',
      '0.yaml:12: 10s rarely holds two scrapes: samples come every 8s',
      '0.yaml:19: 5s rarely holds two scrapes: samples come every 8s',
    ]);
  });

  test.each(['unknown', 'down', 'slow'] as const)(
    'are warned of once each where nobody knows: the source is %s',
    async (how) => {
      const warned = await settled([aSource(how)], declaring('shop'));
      expect(warned).toHaveLength(4);
      for (const each of warned) expect(each).toMatch(/\(how often samples come is not known yet\)$/);
    },
  );

  test('are held against the source of their own service', async () => {
    const sources = [aSource(second), aSource('unknown', 'other')];
    const warned = await settled(sources, declaring('shop'), declaring('far', windows, 'other'));
    expect(warned).toHaveLength(4);
    expect(warned.every((each) => each.startsWith('1.yaml:'))).toBe(true);
  });

  test('of other files alone ask the source for them alone, and what is long enough asks for nothing', async () => {
    const long = { hold: '5m', over: '5m', rule: '1m', short: '2m' };
    const source = aSource(second);
    expect(await settled([source], declaring('shop', long), declaring('quick'))).toEqual([]);
    expect(source.asked).toEqual(['success_rate']);
    const unasked = aSource(60 * second);
    expect(await settled([unasked], declaring('shop', long))).toEqual([]);
    expect(unasked.asked).toEqual([]);
  });
});
