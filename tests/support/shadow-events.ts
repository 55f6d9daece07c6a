import type { StoredShadowEvent } from '../../src/domain/shadow/shadow-event.ts';
import { storyStart, successRate } from './incident-story.ts';

/** A rule on trial would have stopped the line of `checkout`, so many seconds after the story began as its position tells. */
export function aShadowFiring(seq: number, over: Partial<StoredShadowEvent> = {}): StoredShadowEvent {
  const at = storyStart + seq * 1000;
  return {
    type: 'shadow-fired',
    service: 'checkout',
    group: {},
    shadowId: `checkout-20260822T02000${seq}Z-on-trial`,
    rule: 'on-trial',
    severity: 'page',
    condition: 'success_rate.over("1m") < 0.97',
    because: 'condition-true',
    at,
    verdicts: [successRate],
    seq,
    recordedAt: at,
    ...over,
  } as StoredShadowEvent;
}

/** And would no more. */
export function aShadowClearing(seq: number, over: Partial<StoredShadowEvent> = {}): StoredShadowEvent {
  const {
    severity: _,
    condition: _condition,
    ...rest
  } = aShadowFiring(seq) as Extract<StoredShadowEvent, { type: 'shadow-fired' }>;
  return { ...rest, type: 'shadow-cleared', because: 'condition-false', ...over } as StoredShadowEvent;
}
