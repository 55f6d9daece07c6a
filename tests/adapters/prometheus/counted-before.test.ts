import { describe, expect, test } from '@jest/globals';
import { countedBefore } from '../../../src/adapters/prometheus/counted-before.ts';
import { aClassicLatency, aNativeLatency, aTerm } from '../../support/signals.ts';

const step = { from: 15_000, to: 0 };
const plain = aTerm('c{job="a"}');
const [native] = aNativeLatency('h', 0.3).totalTerms;

const start = 'max by (job, instance) (process_start_time_seconds)';
const knownStart = 'max by (job, instance) (last_over_time(process_start_time_seconds[300000ms] offset 15000ms))';
const begun = (now: string, before: string): string =>
  `((${now} and ${before}) or (up and up offset 15000ms) or ` +
  `(${start} >= time() - 315 unless ${start} == ${knownStart}))`;

/** `selector`: that of the counter. */
function left(now: string, before: string, selector: string): string {
  const went =
    `max by (job, instance) ((timestamp(${selector} offset 15000ms) unless ` +
    `(${selector} unless on (job, instance) (up unless up offset 15000ms))))`;
  return (
    `(${went} unless ${went} < max by (job, instance) (process_start_time_seconds) ` +
    `unless on (job, instance) ((${now} < ${before})))`
  );
}

describe('the question what a step counted too much', () => {
  test('takes back what came back, and what is not known to have begun in the step', () => {
    const [now, before] = ['c{job="a"}', 'c{job="a"} offset 15000ms'];
    const newcomer = `(${now} unless ${before})`;
    const seen = 'last_over_time(c{job="a"}[3600000ms] offset 15000ms)';
    expect(countedBefore(plain, [plain], [], step, 3_600_000)).toBe(
      `sum ((${newcomer} and on (job, instance) ${left(now, before, now)}) or ((${seen}) <= ${newcomer}) or ` +
        `(${newcomer} unless ${seen} unless on (job, instance) ${begun(now, before)}))`,
    );
  });

  test('wraps the selector inside a native histogram', () => {
    const [now, before] = ['(histogram_count(h))', '(histogram_count(h offset 15000ms))'];
    const newcomer = `(${now} unless ${before})`;
    const seen = 'last_over_time(h[60000ms] offset 15000ms)';
    expect(native && countedBefore(native, [native], [], step, 60_000)).toBe(
      `sum ((${newcomer} and on (job, instance) ${left(now, before, 'h')}) or ` +
        `((histogram_count(${seen})) <= ${newcomer}) or ` +
        `(${newcomer} and ${seen} unless (histogram_count(${seen}))) or ` +
        `(${newcomer} unless ${seen} unless on (job, instance) ${begun(now, before)}))`,
    );
  });

  test('does not look back where the selector cannot be found, but still asks whether a series began', () => {
    const text = countedBefore({ sign: 1, selector: 'h', at: ['f(h ', ')'] }, [plain], [], step, 60_000);
    expect(text).toContain('unless on (job, instance)');
    expect(text).not.toContain('<=');
    expect(text).not.toContain('histogram_count');
  });

  test('asks after other spellings of a bucket only where there is one', () => {
    const { numeratorTerms, totalTerms } = aClassicLatency('h', '0.3');
    const [bucket, count] = [numeratorTerms[0] ?? plain, totalTerms[0] ?? plain];
    expect(countedBefore(bucket, totalTerms, [], step, 60_000)).toContain('max without (le) (last_over_time(h_bucket');
    expect(countedBefore(count, totalTerms, [], step, 60_000)).not.toContain('le)');
  });
});
