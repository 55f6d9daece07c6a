import type { WithheldFor } from './event.ts';

const reasons: Readonly<Record<WithheldFor, string>> = {
  flapping: 'it flaps, and is told once it is steady',
  group: 'others that are told under it are not back yet',
};

/** `held back from chat: it flaps, and is told once it is steady`; without a reason where an older Andon wrote none. */
export function describeWithheld(channels: readonly string[], why: readonly WithheldFor[] = []): string {
  const because = why.map((each) => reasons[each]).join('; ');
  return `held back from ${channels.join(', ')}${because === '' ? '' : `: ${because}`}`;
}
