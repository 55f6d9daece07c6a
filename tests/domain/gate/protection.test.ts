import { expect, test } from '@jest/globals';
import type { GateAction } from '../../../src/domain/gate/gate-answer.ts';
import { protectionOf, protectionVerdict } from '../../../src/domain/gate/protection.ts';
import type { Protection } from '../../../src/domain/gate/protection-event.ts';

test.each<[GateAction, number, string | undefined]>([
  ['go', 999, 'approved'],
  ['go', 5_000, 'approved'],
  ['abort', 999, 'rejected'],
  ['abort', 5_000, 'rejected'],
  ['wait', 999, undefined],
  ['wait', 1_000, 'waited-too-long'],
])('to a gate that says %s at %d the tool is told: %s', (action, now, expected) => {
  expect(protectionVerdict(action, { waitUntil: 1_000 }, now)).toBe(expected);
});

test('an event asks the question that it was made of, and nothing of the log is in it', () => {
  const protection: Protection = {
    id: 'octo/shop/production/42',
    service: 'checkout',
    repository: 'octo/shop',
    environment: 'production',
    deployment: 'github-42',
    sha: 'a84d88e7',
    ref: 'main',
    callbackUrl: 'https://api.github.com/',
    installation: 11,
    askedAt: 1,
    waitUntil: 2,
  };
  const { id: protectionId, askedAt: at, ...facts } = protection;
  const stored = { type: 'protection-asked', protectionId, at, ...facts, seq: 7, recordedAt: 3 } as const;
  expect(protectionOf(stored)).toEqual(protection);
  const { sha: _sha, ref: _ref, ...bare } = stored;
  expect(Object.keys(protectionOf(bare))).not.toContain('sha');
});
