import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from '@jest/globals';

const folder = new URL('../../../golden/channels/', import.meta.url);

/** Holds a payload against the file that is to be read by people; UPDATE_GOLDEN=1 writes it anew. */
export function expectGolden(path: string, payload: unknown): void {
  const file = new URL(`${path}.json`, folder);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, `${JSON.stringify(payload, null, 2)}\n`);
  expect(existsSync(file)).toBe(true);
  expect(payload).toEqual(JSON.parse(readFileSync(file, 'utf8')));
}
