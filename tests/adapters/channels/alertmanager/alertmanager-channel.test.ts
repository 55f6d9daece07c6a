import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { SendResult } from '../../../../src/app/ports/channel.ts';
import { aNotification } from '../../../support/a-notification.ts';
import { status, WebhookReceiver } from '../../../support/webhook-receiver.ts';
import { anAlertmanagerChannel } from './alertmanager-bench.ts';

let receivers: readonly WebhookReceiver[];
beforeEach(async () => {
  receivers = await Promise.all([WebhookReceiver.start(), WebhookReceiver.start(), WebhookReceiver.start()]);
});
afterEach(async () => {
  await Promise.all(receivers.map(async (each) => await each.close()));
});

const receiver = (index: number): WebhookReceiver => {
  const found = receivers[index];
  if (found === undefined) throw new Error(`no receiver ${index}`);
  return found;
};
const urls = (count: number): readonly string[] => receivers.slice(0, count).map(({ origin }) => origin);
const counts = (): readonly number[] => receivers.map(({ requests }) => requests.length);
const attempt = { notification: aNotification(), collapsed: [], attempt: 1 };

async function send(channel: ReturnType<typeof anAlertmanagerChannel>['channel']): Promise<SendResult> {
  return await channel.send(attempt, new AbortController().signal);
}

describe('an Alertmanager', () => {
  test('is posted a list of alerts under its path prefix', async () => {
    const { channel } = anAlertmanagerChannel({
      urls: [`${receiver(0).origin}/alertmanager/`],
      labels: { cluster: 'eu' },
    });
    expect(await send(channel)).toEqual({ kind: 'accepted' });
    const [request] = receiver(0).requests;
    expect(request).toMatchObject({
      method: 'POST',
      path: '/alertmanager/api/v2/alerts',
      headers: { 'content-type': 'application/json' },
    });
    expect(JSON.parse(request?.text ?? '')).toMatchObject([
      {
        labels: { alertname: 'payments-failing', cluster: 'eu' },
        annotations: { end_state: 'Customers can pay, and no order is lost' },
      },
    ]);
    await channel.close();
  });

  test('is told again every minute unless the settings say otherwise, and of an end for a quarter of an hour', async () => {
    const { channel } = anAlertmanagerChannel({ resendEveryMs: 5_000 });
    expect(channel.resend).toEqual({ everyMs: 5_000, resolvedForMs: 900_000 });
    await channel.close();
  });

  test.each([
    { code: 400, body: '"start time must be before end time"\n', said: 'HTTP 400: start time must be before end time' },
    {
      code: 422,
      body: '{"code":602,"message":"labels in\\nbody is\\u0007 required"}',
      said: 'HTTP 422: labels in body is required',
    },
    { code: 400, body: JSON.stringify('x'.repeat(300)), said: `HTTP 400: ${'x'.repeat(200)}` },
    { code: 400, body: '<html>a proxy</html>', said: 'HTTP 400' },
    { code: 401, body: '"who are you"', said: 'HTTP 401' },
    {
      code: 404,
      body: '',
      said: 'HTTP 404: give the address of Alertmanager itself, with its path prefix and without /api/v2',
    },
    { code: 410, body: '', said: 'HTTP 410: Andon needs its API v2' },
  ])('that answers $code says why as far as it may be shown', async ({ code, body, said }) => {
    receiver(0).answer = () => status(code, {}, body);
    const { channel } = anAlertmanagerChannel({ urls: urls(1) });
    expect(await send(channel)).toEqual({
      kind: 'refused',
      reason: 'rejected',
      detail: `${receiver(0).origin} answered ${said}`,
    });
    await channel.close();
  });

  test.each([
    { options: { urls: ['ftp://am.example.com'] }, problem: /the scheme must be https or http, not ftp/ },
    { options: { annotations: { summary: '{{#if}}' } }, problem: /annotation summary: / },
  ])('cannot be had with $options', ({ options, problem }) => {
    expect(() => anAlertmanagerChannel(options)).toThrow(problem);
  });
});

describe('a cluster of Alertmanagers', () => {
  test('has every one of them told', async () => {
    const { channel } = anAlertmanagerChannel({ urls: urls(3) });
    expect(await send(channel)).toEqual({ kind: 'accepted' });
    expect(counts()).toEqual([1, 1, 1]);
    expect(new Set(receivers.map(({ requests }) => requests[0]?.text)).size).toBe(1);
    await channel.close();
  });

  test('accepts when one does, and says of another once that it does not', async () => {
    receiver(1).answer = () => status(500);
    const { channel, log } = anAlertmanagerChannel({ urls: urls(2) });
    expect([await send(channel), await send(channel)]).toEqual([{ kind: 'accepted' }, { kind: 'accepted' }]);
    receiver(1).answer = () => status(200);
    await send(channel);
    expect(log.lines.map(({ level, fields }) => [level, fields['where'], fields['reason']])).toEqual([
      ['warn', receiver(1).origin, 'server-error'],
      ['info', receiver(1).origin, undefined],
    ]);
    await channel.close();
  });

  test('is held up for a second by one that hangs, and then by no more than one post at a time', async () => {
    receiver(1).answer = () => ({ kind: 'hang' });
    const { channel } = anAlertmanagerChannel({ urls: urls(2), timeoutMs: 20_000 });
    const startedAt = performance.now();
    expect(await send(channel)).toEqual({ kind: 'accepted' });
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect(await Promise.all([send(channel), send(channel), send(channel)])).toEqual(
      Array.from({ length: 3 }, () => ({ kind: 'accepted' })),
    );
    expect(counts()).toEqual([4, 2, 0]);
    receiver(1).answer = () => status(200);
    await send(channel);
    await Promise.all([send(channel), send(channel)]);
    expect(counts()).toEqual([7, 5, 0]);
    await channel.close();
  });

  test('is tried as a whole when all of it was away', async () => {
    await Promise.all([receiver(0).refuse(), receiver(1).refuse()]);
    const { channel } = anAlertmanagerChannel({ urls: urls(2) });
    const results = await Promise.all([send(channel), send(channel)]);
    expect(results).toMatchObject(Array.from({ length: 2 }, () => ({ kind: 'retry', reason: 'unreachable' })));
    expect((results[0] as { detail: string }).detail.split('; ')).toHaveLength(2);
    await Promise.all([receiver(0).comeBack(), receiver(1).comeBack()]);
    await Promise.all([send(channel), send(channel)]);
    expect(counts()).toEqual([2, 2, 0]);
    await channel.close();
  });

  test.each([
    {
      name: 'a refusal and an outage are worth another try',
      codes: [400, 500],
      result: { kind: 'retry', reason: 'server-error' },
    },
    { name: 'two refusals are final', codes: [400, 401], result: { kind: 'refused', reason: 'rejected' } },
  ])('that does not accept: $name', async ({ codes, result }) => {
    for (const [index, code] of codes.entries()) receiver(index).answer = () => status(code);
    const { channel } = anAlertmanagerChannel({ urls: urls(2) });
    expect(await send(channel)).toMatchObject(result);
    await channel.close();
  });

  test.each([
    { name: 'all name a time', headers: ['20', '7'], retryAfterMs: 7_000 },
    { name: 'one names none', headers: ['20', undefined], retryAfterMs: undefined },
  ])('is asked again as early as one of them wants when $name', async ({ headers, retryAfterMs }) => {
    for (const [index, after] of headers.entries())
      receiver(index).answer = () => status(503, after === undefined ? {} : { 'retry-after': after });
    const { channel } = anAlertmanagerChannel({ urls: urls(2) });
    const result = await send(channel);
    expect(result).toMatchObject({ kind: 'retry' });
    expect((result as { retryAfterMs?: number }).retryAfterMs).toBe(retryAfterMs);
    await channel.close();
  });
});
