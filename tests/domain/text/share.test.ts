import { expect, test } from '@jest/globals';
import { formatShare } from '../../../src/domain/text/share.ts';

test.each([
  [0, '0%'],
  [0.00002, '<0.1%'],
  [0.003, '0.3%'],
  [0.29, '29%'],
  [0.8999, '89.9%'],
  [0.9996, '>99.9%'],
  [1, '100%'],
  [-0.5, '-50%'],
  [-0.1234, '-12.4%'],
])('%d is %s', (share, expected) => {
  expect(formatShare(share)).toBe(expected);
});
