import { signalWords } from '../reading/verdict-text.ts';
import { formatRatio } from '../text/ratio.ts';
import type { Impact } from './impact.ts';

/** What an incident cost, for people. `signal` and `about` may be undefined, as formats of others have them. */
export function describeImpact({
  badEvents,
  totalEvents,
  peakBadRatio,
  signal,
  about,
}: Pick<Impact, 'badEvents' | 'totalEvents' | 'peakBadRatio'> & {
  readonly signal?: string | undefined;
  readonly about?: boolean | undefined;
}): string {
  const of = signal === undefined ? '' : ` (${signalWords(signal)})`;
  const worst = formatRatio(Math.round(peakBadRatio * 1000) / 1000);
  const counted = `${Math.round(badEvents)} bad events beyond the targets, of ${Math.round(totalEvents)}`;
  return about === true ? `about ${counted}; at worst ${worst} or more${of}` : `${counted}; at worst ${worst}${of}`;
}

/** In its place, where service is back and nobody counted. */
export const impactUnknown = 'not known: what it cost was not counted';
