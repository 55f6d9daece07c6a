import type { PostingOptions } from '../../../src/adapters/channels/posting/poster.ts';

/** Options of a channel that posts, with nothing but what it cannot do without. */
export function postingOptions(changes: Partial<PostingOptions> = {}): PostingOptions {
  return {
    name: 'oncall',
    timeoutMs: 2_000,
    concurrency: 1,
    headers: {},
    headerFiles: {},
    allowAddresses: [],
    denyAddresses: [],
    ...changes,
  };
}
