import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Attempt, Channel, SendResult } from '../../src/app/ports/channel.ts';
import type { NotificationKind } from '../../src/domain/notification/notification.ts';
import { aNotification } from '../support/a-notification.ts';
import type { ReceiverAnswer } from '../support/webhook-receiver.ts';
import { status, WebhookReceiver } from '../support/webhook-receiver.ts';

export interface ChannelUnderTest {
  readonly channel: Channel;
  /** Texts that may never show in what the channel says. */
  readonly secrets: readonly string[];
}

export interface ChannelSuite {
  /** Makes a channel whose receiver is at `origin` (`http://127.0.0.1:<port>`), with this timeout, ms. */
  make(origin: string, timeoutMs: number): Promise<ChannelUnderTest>;
  /** How the receiver says yes; 200 with an empty body unless told otherwise. */
  readonly accepting?: ReceiverAnswer;
  /** Whether 410 turns the channel off. */
  readonly gone?: boolean;
}

/** What every channel over HTTP must do, whatever it sends. */
export function channelContract(name: string, suite: ChannelSuite): void {
  const timeoutMs = 400;
  const accepting = suite.accepting ?? status(200);

  describe(`${name} as a channel`, () => {
    let receiver: WebhookReceiver;
    let tested: ChannelUnderTest;
    const heard: SendResult[] = [];

    beforeEach(async () => {
      receiver = await WebhookReceiver.start();
      receiver.answer = () => accepting;
      tested = await suite.make(receiver.origin, timeoutMs);
    });
    afterEach(async () => {
      await tested.channel.close();
      await receiver.close();
      const said = JSON.stringify(heard.splice(0));
      for (const secret of tested.secrets) expect(said).not.toContain(secret);
    });

    async function send(changes: Partial<Attempt> = {}, signal = new AbortController().signal): Promise<SendResult> {
      const attempt: Attempt = { notification: aNotification(), collapsed: [], attempt: 1, ...changes };
      const result = await tested.channel.send(attempt, signal);
      heard.push(result);
      return result;
    }

    test('has a name, a type and room for at least one send', () => {
      expect(tested.channel.name).not.toBe('');
      expect(tested.channel.type).not.toBe('');
      expect(tested.channel.concurrency).toBeGreaterThanOrEqual(1);
    });

    test.each<NotificationKind>(['firing', 'escalated', 'relapsed', 'resolved'])('delivers %s', async (kind) => {
      expect(await send({ notification: aNotification({ kind }) })).toEqual({ kind: 'accepted' });
      expect(receiver.requests).toHaveLength(1);
    });

    test('delivers one that stands for older ones', async () => {
      const notification = aNotification({ sequence: 2, kind: 'resolved' });
      expect(await send({ notification, collapsed: [aNotification()] })).toEqual({ kind: 'accepted' });
      expect(receiver.requests).toHaveLength(1);
    });

    test('delivers the same notification again when asked to', async () => {
      await send();
      expect(await send({ attempt: 2 })).toEqual({ kind: 'accepted' });
      expect(receiver.requests).toHaveLength(2);
    });

    test.each([
      { code: 408, reason: 'timeout' },
      { code: 429, reason: 'throttled' },
      { code: 500, reason: 'server-error' },
      { code: 502, reason: 'server-error' },
      { code: 503, reason: 'server-error' },
      { code: 504, reason: 'server-error' },
    ])('may try again after HTTP $code', async ({ code, reason }) => {
      receiver.answer = () => status(code);
      const result = await send();
      expect(result).toMatchObject({ kind: 'retry', reason });
      expect(result).not.toHaveProperty('retryAfterMs');
    });

    test.each([
      { code: 429, retryAfterMs: 7_000 },
      { code: 503, retryAfterMs: 7_000 },
    ])('passes on the Retry-After of HTTP $code', async ({ code, retryAfterMs }) => {
      receiver.answer = () => status(code, { 'retry-after': '7' });
      expect(await send()).toMatchObject({ kind: 'retry', retryAfterMs });
    });

    test.each([400, 401, 403, 404, 413, 422])('takes HTTP %d as final', async (code) => {
      receiver.answer = () => status(code);
      expect(await send()).toMatchObject({ kind: 'refused', reason: 'rejected' });
      expect(receiver.requests).toHaveLength(1);
    });

    test.each([301, 302, 303, 307, 308])('does not follow HTTP %d', async (code) => {
      receiver.answer = () => status(code, { location: `${receiver.origin}/elsewhere` });
      expect(await send()).toMatchObject({ kind: 'refused', reason: 'redirected' });
      expect(receiver.requests).toHaveLength(1);
    });

    test.each(['http://169.254.169.254', 'http://[fe80::1]'])(
      'does not call %s, which hands out credentials',
      async (origin) => {
        const { channel } = await suite.make(origin, timeoutMs);
        const result = await channel.send(
          { notification: aNotification(), collapsed: [], attempt: 1 },
          new AbortController().signal,
        );
        heard.push(result);
        expect(result).toMatchObject({ kind: 'refused', reason: 'forbidden-address' });
        await channel.close();
      },
    );

    if (suite.gone ?? true) {
      test('knows from HTTP 410 that it must not call again', async () => {
        receiver.answer = () => status(410);
        expect(await send()).toMatchObject({ kind: 'gone' });
      });
    }

    test.each<ReceiverAnswer>([{ kind: 'hang' }, { kind: 'drip-headers' }])(
      'gives up on a receiver that does $kind',
      async (answer) => {
        receiver.answer = () => answer;
        expect(await send()).toMatchObject({ kind: 'retry', reason: 'timeout' });
      },
    );

    test('may try again when the connection is cut off before an answer', async () => {
      receiver.answer = () => ({ kind: 'cut-off' });
      expect(await send()).toMatchObject({ kind: 'retry', reason: 'unreachable' });
    });

    test('may try again when the connection is refused, and reaches the receiver when that is back', async () => {
      await send();
      await receiver.refuse();
      expect(await send()).toMatchObject({ kind: 'retry', reason: 'unreachable' });
      await receiver.comeBack();
      expect(await send()).toEqual({ kind: 'accepted' });
    });

    test('is done with an endless refusal as soon as its status is known', async () => {
      receiver.answer = () => ({ kind: 'drip-body', status: 400 });
      expect(await send()).toMatchObject({ kind: 'refused', reason: 'rejected' });
      receiver.answer = () => ({ kind: 'flood', status: 400 });
      expect(await send()).toMatchObject({ kind: 'refused', reason: 'rejected' });
    });

    test('holds a yes that breaks off in the middle for a yes', async () => {
      const code = accepting.kind === 'answer' ? accepting.status : 200;
      receiver.answer = () => ({ kind: 'cut-body', status: code });
      expect(await send()).toEqual({ kind: 'accepted' });
    });

    test('holds a refusal that breaks off in the middle for a refusal', async () => {
      receiver.answer = () => ({ kind: 'cut-body', status: 400 });
      expect(await send()).toMatchObject({ kind: 'refused', reason: 'rejected' });
    });

    test('ends a send that is cut short', async () => {
      receiver.answer = () => ({ kind: 'hang' });
      const cut = new AbortController();
      const sending = send({}, cut.signal);
      await receiver.received(1);
      cut.abort();
      expect(await sending).toMatchObject({ kind: 'retry' });
      expect(await send({}, cut.signal)).toMatchObject({ kind: 'retry' });
      expect(receiver.requests).toHaveLength(1);
    });

    test('may be closed twice', async () => {
      await send();
      await tested.channel.close();
      await tested.channel.close();
    });
  });
}
