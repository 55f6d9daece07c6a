import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { composeChannel } from '../../src/compose/channels.ts';
import { isToldAgain, resolveSettings } from '../../src/config/settings.ts';
import { usualKinds } from '../../src/domain/notification/notification.ts';
import { systemClock } from '../../src/adapters/clock/system-clock.ts';
import { aNotification } from '../support/a-notification.ts';
import { memoryLog } from '../support/memory-log.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { WebhookReceiver } from '../support/webhook-receiver.ts';

test.each([
  ['slack', 'slack: { url: "URL", timeout: 3s }', 'blocks'],
  ['teams', 'teams: { url: "URL", headers: { X-Team: payments } }', 'attachments'],
  ['cdevents', 'cdevents: { url: "URL", environment: eu, source: /x, mode: binary }', 'subject'],
])('a channel of the settings posts as %s', async (type, text, key) => {
  await using receiver = await WebhookReceiver.start();
  const content = Buffer.from(`channels:\n  - name: on-call\n    ${text.replace('URL', `${receiver.origin}/hook`)}\n`);
  const [settings] = resolveSettings({ path: 'andon.yaml', content }).settings?.channels ?? [];
  if (settings === undefined) throw new Error('the settings have a channel');
  const channel = composeChannel(settings, systemClock, memoryLog());
  expect(channel).toMatchObject({ name: 'on-call', type });
  const attempt = { notification: aNotification(), collapsed: [], attempt: 1 };
  expect(await channel.send(attempt, new AbortController().signal)).toEqual({ kind: 'accepted' });
  await channel.close();
  const [request] = receiver.requests;
  expect(request?.path).toBe('/hook');
  expect(JSON.parse(request?.text ?? '')).toHaveProperty(key);
});

test.each([
  ['slack', 'slack: { url: "URL", template: "mine: {{service}}" }'],
  ['teams', 'teams: { url: "URL", template: "mine: {{service}}" }'],
  ['cdevents', 'cdevents: { url: "URL", environment: eu, description: "mine: {{service}}" }'],
  ['pagerduty', 'pagerduty: { url: "URL", routingKeyFile: KEY, summary: "mine: {{service}}" }'],
  ['pagerduty, details', 'pagerduty: { url: "URL", routingKeyFile: KEY, details: { own: "mine: {{service}}" } }'],
  ['alertmanager', 'alertmanager: { url: "URL", annotations: { own: "mine: {{service}}" } }'],
  ['webhook', `webhook: { url: "URL", template: '{"text": "mine: {{service}}"}' }`],
])('a channel of the settings says what its own template makes of the facts: %s', async (_, text) => {
  await using receiver = await WebhookReceiver.start();
  await using folder = await temporaryDirectory();
  await writeFile(join(folder.path, 'key'), 'R0KEY00123456789abcdefABCDEF0123');
  const channelText = text.replace('URL', receiver.origin).replace('KEY', join(folder.path, 'key'));
  const content = Buffer.from(`channels:\n  - name: on-call\n    ${channelText}\n`);
  const [settings] = resolveSettings({ path: 'andon.yaml', content }).settings?.channels ?? [];
  if (settings === undefined) throw new Error('the settings have a channel');
  const channel = composeChannel(settings, systemClock, memoryLog());
  const attempt = { notification: aNotification(), collapsed: [], attempt: 1 };
  expect(await channel.send(attempt, new AbortController().signal)).toEqual({ kind: 'accepted' });
  await channel.close();
  expect(receiver.requests[0]?.text).toContain('"mine: checkout"');
});

test.each([
  ['webhook: { url: "http://a" }', true],
  ['slack: { url: "http://a" }', true],
  ['teams: { url: "http://a" }', true],
  ['pagerduty: { url: "http://a", routingKeyFile: k }', true],
  ['alertmanager: { url: "http://a" }', false],
  ['cdevents: { url: "http://a", environment: eu }', false],
])('settings know, as the channel does, whether it is told again: %s', async (text, expected) => {
  const content = Buffer.from(`channels:\n  - name: on-call\n    ${text}\n`);
  const [settings] = resolveSettings({ path: 'andon.yaml', content }).settings?.channels ?? [];
  if (settings === undefined) throw new Error('the settings have a channel');
  const channel = composeChannel(settings, systemClock, memoryLog());
  const { resend, wants = usualKinds } = channel;
  await channel.close();
  expect(resend === undefined && wants.includes('repeated')).toBe(expected);
  expect(isToldAgain(settings)).toBe(expected);
});

test('a PagerDuty channel of the settings posts with the key from its file', async () => {
  await using receiver = await WebhookReceiver.start();
  await using folder = await temporaryDirectory();
  const path = join(folder.path, 'key');
  await writeFile(path, 'R0KEY00123456789abcdefABCDEF0123');
  const content = Buffer.from(
    `channels:\n  - name: on-call\n    pagerduty: { url: "${receiver.origin}", routingKeyFile: ${path} }\n`,
  );
  const [settings] = resolveSettings({ path: 'andon.yaml', content }).settings?.channels ?? [];
  if (settings === undefined) throw new Error('the settings have a channel');
  const channel = composeChannel(settings, systemClock, memoryLog());
  expect(channel).toMatchObject({ name: 'on-call', type: 'pagerduty' });
  const attempt = { notification: aNotification(), collapsed: [], attempt: 1 };
  expect(await channel.send(attempt, new AbortController().signal)).toEqual({ kind: 'accepted' });
  await channel.close();
  expect(receiver.requests[0]?.path).toBe('/v2/enqueue');
  expect(JSON.parse(receiver.requests[0]?.text ?? '')).toHaveProperty(
    'routing_key',
    'R0KEY00123456789abcdefABCDEF0123',
  );
});

describe('where a channel may post', () => {
  const kinds: readonly (readonly [string, (url: string) => string])[] = [
    ['webhook', (url) => `url: "${url}"`],
    ['alertmanager', (url) => `url: "${url}"`],
    ['slack', (url) => `url: "${url}"`],
    ['teams', (url) => `url: "${url}"`],
    ['pagerduty', (url) => `url: "${url}", routingKeyFile: KEY`],
    ['cdevents', (url) => `url: "${url}", environment: eu`],
  ];
  const here = 'denyAddresses: [127.0.0.0/8]';
  const everything = 'denyAddresses: ["0.0.0.0/0", "::/0"]';
  test.each(
    kinds.flatMap(([kind, fields]) => [
      [`${kind}, anywhere`, kind, fields, '', true] as const,
      [`${kind}, not to networks that are denied`, kind, fields, `, ${here}`, false] as const,
      [
        `${kind}, only to those that are allowed`,
        kind,
        fields,
        `, ${everything}, allowAddresses: [127.0.0.1]`,
        true,
      ] as const,
      [
        `${kind}, only to those that are allowed, which it is not`,
        kind,
        fields,
        `, ${everything}, allowAddresses: [10.0.0.0/8]`,
        false,
      ] as const,
    ]),
  )('%s', async (_, kind, fields, restricted, reaches) => {
    await using receiver = await WebhookReceiver.start();
    await using folder = await temporaryDirectory();
    await writeFile(join(folder.path, 'key'), 'R0KEY00123456789abcdefABCDEF0123');
    const wanted = fields(`${receiver.origin}/`).replace('KEY', join(folder.path, 'key'));
    const content = Buffer.from(`channels:\n  - name: on-call\n    ${kind}: { ${wanted}${restricted} }\n`);
    const [settings] = resolveSettings({ path: 'andon.yaml', content }).settings?.channels ?? [];
    if (settings === undefined) throw new Error('the settings have a channel');
    const channel = composeChannel(settings, systemClock, memoryLog());
    const attempt = { notification: aNotification(), collapsed: [], attempt: 1 };
    const result = await channel.send(attempt, new AbortController().signal);
    await channel.close();
    expect(receiver.requests).toHaveLength(reaches ? 1 : 0);
    if (!reaches) expect(result).toMatchObject({ kind: 'refused', reason: 'forbidden-address' });
  });
});
