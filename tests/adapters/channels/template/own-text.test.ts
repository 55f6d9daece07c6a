import { describe, expect, test } from '@jest/globals';
import { cdEventOf } from '../../../../src/adapters/channels/cdevents/cdevent.ts';
import { factSheetOf } from '../../../../src/adapters/channels/facts/render-fact-sheet.ts';
import { ownerTexts } from '../../../../src/adapters/channels/pagerduty/owner-texts.ts';
import { pagerDutyEventOf } from '../../../../src/adapters/channels/pagerduty/pagerduty-event.ts';
import { slackFormat, slackMessageOf } from '../../../../src/adapters/channels/slack/slack-message.ts';
import { teamsFormat, teamsMessageOf } from '../../../../src/adapters/channels/teams/teams-message.ts';
import { OwnText } from '../../../../src/adapters/channels/template/own-text.ts';
import type { TemplateFormat } from '../../../../src/adapters/channels/template/template-helpers.ts';
import type { Attempt } from '../../../../src/app/ports/channel.ts';
import { aNotification } from '../../../support/a-notification.ts';
import { memoryLog } from '../../../support/memory-log.ts';
import { stories } from '../facts/stories.ts';
import { routingKey } from '../pagerduty/pagerduty-bench.ts';

const firing = stories.firing;
const wild = '<!channel> *b* [x](https://evil.example.com) & \n# heading';

function withLabel(value: string): Attempt {
  return { notification: aNotification({ page: { labels: { team: value } } }), collapsed: [], attempt: 1 };
}

function own(template: string, format: TemplateFormat = 'text', log = memoryLog()): OwnText {
  return new OwnText(template, { channel: 'oncall', what: 'template', log }, format);
}

function sectionsOf(attempt: Attempt, text: OwnText): readonly string[] {
  const { blocks } = slackMessageOf(factSheetOf(attempt), text).payload;
  return blocks.flatMap((block) => (block.type === 'section' ? [block.text.text] : []));
}

function linesOf(attempt: Attempt, text: OwnText): readonly string[] {
  return (teamsMessageOf(factSheetOf(attempt), text).attachments[0]?.content.body ?? []).map((each) => each.text);
}

describe("a channel's own template", () => {
  test('is what a Slack message says between its heading and its footnotes', () => {
    const { blocks } = slackMessageOf(factSheetOf(firing), own('*{{service}}* <{{link}}|look>', slackFormat)).payload;
    expect(blocks.map(({ type }) => type)).toEqual(['header', 'section', 'context']);
    expect(sectionsOf(firing, own('*{{service}}* <{{link}}|look>', slackFormat))).toEqual([
      `*checkout* <${firing.notification.page.link}|look>`,
    ]);
  });

  test('calls nobody in Slack with a value, written as text or as JSON', () => {
    expect(sectionsOf(withLabel(wild), own('{{labels.team}} {{{labels.team}}} {{json labels}}', slackFormat))).toEqual([
      expect.not.stringMatching(/[<>]|&(?!amp;|lt;|gt;)/),
    ]);
  });

  test('is a line each in a card of Teams, with no markup from a value', () => {
    const lines = linesOf(withLabel(wild), own('**{{service}}**\n\n{{labels.team}}\n{{json labels}}', teamsFormat));
    expect(lines[1]).toBe('**checkout**');
    expect(lines[2]).toBe('\\<!channel> \\*b\\* \\[x\\](https://evil.example.com) & # heading');
    expect(lines[3]).not.toMatch(/(?<!\\)[*[\]]/);
  });

  test('that says nothing leaves heading and footnotes', () => {
    expect(sectionsOf(firing, own('{{#if suspects}}x{{/if}}', slackFormat))).toEqual([]);
  });

  test.each([
    ['in Slack', (text: OwnText) => sectionsOf(withLabel('é👩'.repeat(900)), text).join(''), 3_000],
    ['in Teams', (text: OwnText) => linesOf(withLabel('é👩'.repeat(900)), text).join(''), 24_000],
  ])('%s is cut, always the same way and between characters', (_where, render, limit) => {
    const text = own('{{labels.team}}{{labels.team}}{{labels.team}}{{labels.team}} end', { escape: (value) => value });
    const rendered = render(text);
    expect(rendered.length).toBeLessThanOrEqual(limit);
    expect(rendered).toContain(' end');
    expect(rendered.isWellFormed()).toBe(true);
    expect(render(text)).toBe(rendered);
  });

  test('that is too long by itself gives way to the usual texts', () => {
    expect(sectionsOf(firing, own('x'.repeat(3_001)))).toEqual(
      slackMessageOf(factSheetOf(firing)).payload.blocks.flatMap((block) =>
        block.type === 'section' ? [block.text.text] : [],
      ),
    );
    expect(teamsMessageOf(factSheetOf(firing), own('x'.repeat(25_000)))).toEqual(teamsMessageOf(factSheetOf(firing)));
  });

  test('that fails on the facts of one incident gives way to the usual texts, which the log says once', () => {
    const log = memoryLog();
    // The samples have no such label, so that nothing is wrong with it until one incident has it.
    const failing = own('{{#if labels.team}}{{round labels.team}}{{/if}}', 'text', log);
    const attempt = withLabel('x');
    expect(slackMessageOf(factSheetOf(attempt), failing)).toEqual(slackMessageOf(factSheetOf(attempt)));
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    expect(teamsMessageOf(factSheetOf(attempt), failing)).toEqual(teamsMessageOf(factSheetOf(attempt)));
  });

  test('with a mistake in it is refused at once, by name', () => {
    expect(() => own('{{titel}}')).toThrow('template: line 1, column 3: unknown field "titel"');
    // Lists cannot be written as they are; the samples have one of everything.
    expect(() => own('{{together}}')).toThrow('lists and objects are written with');
  });
});

describe('the texts of a PagerDuty event', () => {
  const event = (texts: Parameters<typeof ownerTexts>[0], attempt = firing) =>
    pagerDutyEventOf(attempt, routingKey, ownerTexts(texts, memoryLog())).payload;

  test('are the title and the usual details unless the owner says otherwise', () => {
    expect(event({ name: 'a' })).toEqual(pagerDutyEventOf(firing, routingKey).payload);
  });

  test('are rendered from the facts: a summary, details over the usual ones, and none where one is empty', () => {
    const details = { team: 'of {{owner}}', condition: '', end_state: 'see {{runbook}}' };
    const payload = event({ name: 'a', summary: '[{{severity}}]\n{{service}}', details });
    expect(payload?.summary).toBe('[page] checkout');
    expect(payload?.custom_details).toMatchObject({
      team: 'of team-payments',
      end_state: `see ${firing.notification.page.runbook}`,
      incident: firing.notification.incidentId,
    });
    expect(payload?.custom_details).not.toHaveProperty('condition');
  });

  test('stay within the limit, and are never nothing', () => {
    const summary = Array.from(
      event({ name: 'a', summary: '{{labels.team}}' }, withLabel('👩'.repeat(2_000)))?.summary ?? '',
    );
    expect(summary).toHaveLength(1_024);
    expect(event({ name: 'a', summary: '{{labels.absent}}' })?.summary).toBe(firing.notification.page.title);
  });

  test('that are wrong are named', () => {
    expect(() => ownerTexts({ name: 'a', details: { team: '{{ownr}}' } }, memoryLog())).toThrow('detail team: line 1');
  });
});

test('the description of a CDEvent is the title, or what its owner makes of the facts', () => {
  const facts = factSheetOf(firing);
  const origin = { source: '/andon', environment: 'eu' };
  expect(cdEventOf(facts, 'i', origin).subject.content.description).toBe(firing.notification.page.title);
  const description = own('{{service}} is off').render(facts);
  expect(cdEventOf(facts, 'i', origin, description).subject.content.description).toBe('checkout is off');
});
