import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import picocolors from 'picocolors';
import { estimateText, readingsText, scores, scoreTable, storyLine, type Account } from '../../demo/story.ts';

const style = { colors: picocolors.createColors(false), timeZone: 'UTC' };
const brokenAt = Date.parse('2026-08-22T02:07:12.300Z');
const healedAt = brokenAt + 16_000;
const account: Account = {
  onset: { at: brokenAt + 240, earliest: brokenAt - 410, latest: brokenAt + 590 },
  detectedAt: brokenAt + 4700,
  recovery: { at: healedAt - 130, earliest: healedAt - 600, latest: healedAt + 900 },
};
const bySlack = (changed: Partial<Account>, slackMs = 1000) =>
  scores({ brokenAt, healedAt }, { ...account, ...changed }, slackMs);

describe('the story', () => {
  test('reads as in the golden file', async () => {
    const service = {
      service: 'checkout',
      scopes: [
        {
          line: 'moving' as const,
          rules: [],
          targets: [
            target('success_rate', 0.99976, 10, 400),
            target('latency', 1, 10, 400),
            target('queue_depth', 2.71),
            { ...target('lag', 0), windowSeconds: 10, reading: { value: null, unknown: { reason: 'no-data' } } },
          ],
        },
      ],
    };
    const told = [
      storyLine(style, brokenAt - 1500, undefined, 'healthy', readingsText(service)),
      storyLine(style, brokenAt, brokenAt, 'broken', '20 % errors'),
      storyLine(style, account.onset.at, brokenAt, 'onset', estimateText(account.onset, brokenAt)),
      storyLine(style, account.detectedAt, brokenAt, 'detected', 'rule payments-failing'),
      storyLine(style, account.recovery.at, brokenAt, 'recovered', estimateText(account.recovery, healedAt)),
      storyLine(style, brokenAt - 60, brokenAt, 'onset', 'an estimate before the truth'),
      scoreTable(bySlack({}), style),
      scoreTable(
        bySlack({ recovery: { at: healedAt + 9000, earliest: healedAt + 8000, latest: healedAt + 9500 } }),
        style,
      ),
    ];
    expect(`${told.join('\n')}\n`).toBe(await golden('demo-story.txt', `${told.join('\n')}\n`));
  });
});

describe('the score', () => {
  test('is within bounds when every truth lies in what Andon stated', () => {
    expect(bySlack({}, 0).map(({ within }) => within)).toEqual([true, true, true, true]);
  });

  test.each([
    { name: 'a narrow miss that a scrape interval explains', offMs: 1500, within: true },
    { name: 'a miss beyond a scrape interval', offMs: 1700, within: false },
  ])('judges $name of the onset, and of MTTD with it', ({ offMs, within }) => {
    const onset = { at: brokenAt + offMs, earliest: brokenAt + offMs - 600, latest: brokenAt + offMs + 400 };
    const [first, mttd] = bySlack({ onset });
    expect([first?.within, mttd?.within]).toEqual([within, within]);
  });

  test('takes MTTR as recovered less onset', () => {
    const mttr = bySlack({}).at(-1);
    expect(mttr).toMatchObject({
      claim: 16_000 - 130 - 240,
      truth: 16_000,
      low: 16_000 - 600 - 590,
      high: 16_000 + 900 + 410,
    });
  });
});

function target(signal: string, value: number, windowSeconds?: number, total?: number) {
  return {
    signal,
    bound: 'atLeast' as const,
    boundValue: 0.99,
    verdict: 'held' as const,
    ...(windowSeconds === undefined ? {} : { windowSeconds }),
    reading: { value, ...(total === undefined ? {} : { total }) },
  };
}

/** The text a golden file holds; UPDATE_GOLDEN=1 writes it instead. */
async function golden(name: string, text: string): Promise<string> {
  const file = join(import.meta.dirname, '../golden', name);
  if (process.env['UPDATE_GOLDEN'] === '1') await writeFile(file, text);
  return readFile(file, 'utf8');
}
