import { describe, expect, test } from '@jest/globals';
import { dashedName, freeName, signalName } from '../../../src/config/import/imported-names.ts';

describe('names of other tools become names of rule files', () => {
  test.each([
    ['payments', 'payments'],
    ['MyServiceHighErrorRate', 'my-service-high-error-rate'],
    ['a_b.c d', 'a-b-c-d'],
    ['--x--', 'x'],
    ['ÄÖÜ', 'unnamed'],
    ['x'.repeat(100), 'x'.repeat(63)],
  ])('%s is %s', (written, name) => {
    expect(dashedName(written)).toBe(name);
    expect(name).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
  });

  test.each([
    ['requests-availability', 'requests_availability'],
    ['99th-percentile', 'slo_99th_percentile'],
    ['true', 'true_signal'],
    ['...', 'slo'],
    ['a'.repeat(100), 'a'.repeat(48)],
  ])('%s is the signal %s', (written, name) => {
    expect(signalName(written)).toBe(name);
  });

  test('a name that is taken gets a number, within its length', () => {
    const taken = new Set<string>();
    expect([1, 2, 3].map(() => freeName('abc', taken, '-', 3))).toEqual(['abc', 'a-2', 'a-3']);
  });
});
