import { describe, expect, test } from '@jest/globals';
import {
  nextResend,
  withNotification,
  withSettled,
  type Telling,
} from '../../../src/domain/notification/resend-plan.ts';
import { aNotification } from '../../support/a-notification.ts';

const policy = { everyMs: 60, resolvedForMs: 900 };
const firing = aNotification();
const escalated = aNotification({ sequence: 2, kind: 'escalated' });
const resolved = aNotification({ sequence: 3, kind: 'resolved' });
const untold: Telling = { notifications: [], sentAt: -Infinity };
const told = (notification: typeof firing, at: number, sentAt = at): Telling => ({
  ...withSettled(untold, notification, at),
  sentAt,
});

describe('what was last told of an incident', () => {
  test.each<{ name: string; telling: Telling; now: number; step: unknown }>([
    { name: 'is not sent before anything was', telling: untold, now: 5, step: { kind: 'newer-pending' } },
    {
      name: 'is not sent while the first is on its way',
      telling: withNotification(untold, firing),
      now: 5,
      step: { kind: 'newer-pending' },
    },
    { name: 'waits for its time', telling: told(firing, 100), now: 159, step: { kind: 'wait', until: 160 } },
    { name: 'is sent at its time', telling: told(firing, 100), now: 160, step: { kind: 'send', notification: firing } },
    {
      name: 'is sent at once when nobody knows when it was sent last',
      telling: told(firing, 100, -Infinity),
      now: 100,
      step: { kind: 'send', notification: firing },
    },
    {
      name: 'is not sent while something newer is on its way',
      telling: withNotification(told(firing, 100), escalated),
      now: 1_000,
      step: { kind: 'newer-pending' },
    },
    {
      name: 'is sent for ever while the incident is open',
      telling: told(firing, 100),
      now: 1e9,
      step: { kind: 'send', notification: firing },
    },
    {
      name: 'is sent for a while when it is the end',
      telling: told(resolved, 100),
      now: 999,
      step: { kind: 'send', notification: resolved },
    },
    {
      name: 'waits no longer than until it is over',
      telling: told(resolved, 100, 990),
      now: 995,
      step: { kind: 'wait', until: 1_000 },
    },
    { name: 'is over then', telling: told(resolved, 100, 990), now: 1_000, step: { kind: 'over' } },
  ])('$name', ({ telling, now, step }) => {
    expect(nextResend(telling, now, policy)).toEqual(step);
  });

  test('is the newest, in whatever order they settle', () => {
    const telling = withSettled(withSettled(untold, escalated, 10), firing, 20);
    expect(telling.settled).toEqual({ notification: escalated, at: 10 });
    expect(telling.notifications).toEqual([firing, escalated]);
  });

  test('does not change when the same is heard twice', () => {
    const once = withSettled(untold, firing, 10);
    expect(withSettled(once, firing, 20)).toEqual(once);
  });
});
