import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { factSheetOf } from '../../../../src/adapters/channels/facts/render-fact-sheet.ts';
import { cutMrkdwn, escapeMrkdwn } from '../../../../src/adapters/channels/slack/mrkdwn.ts';
import { slackMessageOf, type SlackMessage } from '../../../../src/adapters/channels/slack/slack-message.ts';
import { foldIncident } from '../../../../src/domain/incident/incident.ts';
import { planNotifications } from '../../../../src/domain/notification/notification-plan.ts';
import { anEvent } from '../../../support/incident-story.ts';
import type { Attempt } from '../../../../src/app/ports/channel.ts';
import { expectGolden } from '../facts/golden.ts';
import { aDenseStory, stories, storyNames } from '../facts/stories.ts';
import { wildAttempts } from '../facts/wild-attempts.ts';

function message(attempt: Attempt): SlackMessage {
  return slackMessageOf(factSheetOf(attempt));
}

/** Every text of a payload. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'text' && typeof inner === 'string' ? [inner] : textsIn(inner),
  );
}

const link = /<https?:\/\/[^\s<>|]+\|(?:Incident|Runbook|Andon)>/g;

/** What Slack would take for more than text, besides our own links. */
function controlsIn(text: string): readonly string[] {
  return text.replaceAll(link, '').match(/[<>]|&(?!(?:amp|lt|gt);)/g) ?? [];
}

function holdsTo(attempt: Attempt): void {
  const { payload, plain } = message(attempt);
  const { blocks } = payload;
  expect(blocks.length).toBeLessThanOrEqual(50);
  expect(JSON.stringify(blocks).length).toBeLessThanOrEqual(13_000);
  for (const block of blocks) {
    if (block.type === 'context') expect(block.elements.length).toBeLessThanOrEqual(10);
    for (const text of textsIn(block)) {
      expect(text.length).toBeLessThanOrEqual(block.type === 'header' ? 150 : 3_000);
      expect(text.trim()).not.toBe('');
    }
  }
  for (const text of [...textsIn(payload), ...textsIn(plain)]) expect(controlsIn(text)).toEqual([]);
  expect(message(attempt).payload).toEqual(payload);
}

test.each(storyNames)('%s reads as in its golden file, and Slack takes it', (name) => {
  holdsTo(stories[name]);
  expectGolden(`slack/${name}`, message(stories[name]).payload);
});

test('the heading of a large outage says how many there are, wherever Slack cuts it', () => {
  const opened = { ...anEvent('opened', 1, 100), service: 'fleet-3' };
  const lead = foldIncident(undefined, opened);
  if (lead === undefined) throw new Error('an incident opens');
  const together = Array.from({ length: 19 }, (_, index) => ({
    ...lead,
    id: `i${index}`,
    service: `fleet-${index + 4}`,
  }));
  const options = {
    recordedAt: opened.recordedAt,
    severityBefore: undefined,
    nextSequence: 1,
    together: () => together,
  };
  const [notification] = planNotifications(opened, lead, { paged: ['chat'], told: [] }, options);
  if (notification === undefined) throw new Error('it pages');
  const [header] = textsIn(message({ notification, collapsed: [], attempt: 1 }).payload.blocks);
  expect(header).toMatch(/^🔴 fleet-3 and 19 more: success rate 95\.1% .*…$/u);
  expect(header?.length).toBeLessThanOrEqual(150);
});

test('nothing in the facts breaks a limit of Slack, or is more than text to it', () => {
  fc.assert(fc.property(wildAttempts, holdsTo), { numRuns: 150 });
});

test('docs/slack.md shows what a page looks like, line by line', () => {
  const docs = readFileSync(new URL('../../../../docs/slack.md', import.meta.url), 'utf8');
  const shown = textsIn(message(stories.firing).payload.blocks)
    .join('\n')
    .replaceAll(/<[^|>]+\|([^>]+)>/g, '$1')
    .replaceAll(/^\*([^*]+)\*/gm, '$1')
    .replaceAll('&lt;', '<')
    .split('\n');
  expect(docs.split('\n')).toEqual(expect.arrayContaining(shown));
});

test('what fits until it is escaped is cut all the same, and says so', () => {
  const dense = aDenseStory('&');
  expect(factSheetOf(dense).data.truncated).toBe(false);
  holdsTo(dense);
  expect(textsIn(message(dense).payload)).toContain('Shortened: the incident has more');
});

test('an outage of twenty with a lot to say is told whole, in as many sections as it takes', () => {
  const { notification } = stories.firing;
  const together = Array.from({ length: 20 }, (_, index) => ({
    incidentId: `i${index}`,
    service: `service-${index}-${'x'.repeat(50)}`,
    group: {},
    title: 'x',
    since: notification.page.onset.at,
    severity: 'page' as const,
    phase: 'open' as const,
  }));
  const text = 'x'.repeat(480);
  const page = { ...notification.page, together, summary: text, owner: text, endState: '&'.repeat(480) };
  const attempt = { ...stories.firing, notification: { ...notification, page } };
  holdsTo(attempt);
  const texts = textsIn(message(attempt).payload.blocks).join('\n');
  for (const { service } of together) expect(texts).toContain(service);
  expect(texts).not.toContain('Shortened');
});

describe('links', () => {
  test('are left out where they are none, and whole where they are', () => {
    const texts = textsIn(message(stories.hostile).payload).join('\n');
    expect(texts).toContain('<https://runbooks.example.com/a%7Cb?x=%3C!channel%3E&amp;y=%22z%22|Runbook>');
    expect(texts).not.toContain('javascript:');
    expect(textsIn(message(stories.oversized).payload).join('\n')).not.toMatch(/x{100}/);
  });

  test('are kept when everything else is cut', () => {
    const texts = textsIn(message(stories.oversized).payload).join('\n');
    expect(texts).toContain('<https://andon.example.com/incidents/checkout-20260822T020742Z|Incident>');
  });
});

describe('escaping', () => {
  test.each([
    ['<!channel> & <@U1>', '&lt;!channel&gt; &amp; &lt;@U1&gt;'],
    ['&lt;', '&amp;lt;'],
    ['a *b* _c_', 'a *b* _c_'],
  ])('%s is sent as %s', (text, sent) => {
    expect(escapeMrkdwn(text)).toBe(sent);
  });

  test.each([
    ['a&b', 20, 'a&amp;b'],
    ['a&bcdefgh', 8, 'a&amp;b…'],
    ['&&&', 8, '&amp;…'],
    ['👩👩👩👩', 6, '👩👩…'],
  ])('%s in %d characters is %s', (text, limit, cut) => {
    expect(cutMrkdwn(text, limit)).toBe(cut);
    expect(cut.length).toBeLessThanOrEqual(limit);
  });
});
