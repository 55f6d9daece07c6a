import { spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { ServicesWire } from '../../src/adapters/http/wire/service.ts';
import { FactSheet } from '../../src/adapters/channels/facts/fact-sheet.ts';
import { apiToken, tellStory, type Story } from './story.ts';

const scrapeMs = 1_000;
const sources = ['Prometheus', 'VictoriaMetrics'] as const;
const stories = new Map<string, Story>();

// Side by side: most of the time both wait for scrapes.
beforeAll(async () => {
  await Promise.all(sources.map(async (source) => stories.set(source, await tellStory(source))));
}, 90_000);

describe.each(sources)('a service that fails and heals, read from %s', (source) => {
  const story = (): Story => {
    const told = stories.get(source);
    if (told === undefined) throw new Error('the story was not told to its end');
    return told;
  };
  const pages = () => story().pages.map(({ text }) => FactSheet.parse(JSON.parse(text)));

  test('pages once when it fails and once when it has proved to be well, about one incident', () => {
    expect(pages().map(({ type }) => type)).toEqual(['incident.firing', 'incident.resolved']);
    const ids = pages().map(({ data }) => data.incidentId);
    expect(new Set(ids)).toEqual(new Set([story().after.incident.id]));
    expect(story().pages.map(({ headers }) => headers['webhook-id'])).toEqual([
      `${ids[0]}:1:on-call`,
      `${ids[0]}:2:on-call`,
    ]);
  });

  test('signs its pages so that a receiver with the secret can trust them', () => {
    for (const { text, headers } of story().pages) {
      expect(new Webhook(story().secret).verify(text, headers)).toEqual(JSON.parse(text));
      const another = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
      expect(() => new Webhook(another).verify(text, headers)).toThrow('No matching signature found');
    }
  });

  test('shows the line stopped in API, metrics and page while it fails', () => {
    const { service, record, metrics, page } = story().during;
    expect(service.scopes).toMatchObject([
      {
        line: 'stopped',
        incidentId: record.incident.id,
        targets: [{ verdict: 'missed' }],
        rules: [{ state: 'firing' }],
      },
    ]);
    expect(record.incident).toMatchObject({ phase: 'open', blind: false, rules: ['failing'] });
    expect(metrics).toContain('andon_incidents_open{service="shop",severity="page"} 1');
    expect(metrics).toMatch(/^andon_line_state\{service="shop",group="[^"]*",state="stopped"\} 1$/m);
    expect(page).toContain(record.incident.id);
  });

  test('dates onset and recovery to within the scrapes around them', () => {
    const { incident } = story().after;
    const { failedAt, healedAt } = story();
    expect(Date.parse(incident.onset.earliest)).toBeLessThanOrEqual(failedAt + scrapeMs);
    expect(Date.parse(incident.onset.latest)).toBeGreaterThanOrEqual(failedAt);
    expect(Math.abs(Date.parse(incident.onset.at) - failedAt)).toBeLessThan(2.5 * scrapeMs);
    expect(Math.abs(Date.parse(incident.recoveredAt ?? '') - healedAt)).toBeLessThan(2.5 * scrapeMs);
    expect(Date.parse(incident.resolvedAt ?? '') - healedAt).toBeGreaterThanOrEqual(3_000);
  });

  test('observes detection, notification, acknowledgement and recovery, each once', () => {
    const { metrics } = story().after;
    for (const name of ['detect', 'notify', 'acknowledge', 'recover'])
      expect(metrics).toContain(`andon_time_to_${name}_seconds_count{service="shop",severity="page"} 1`);
    expect(metrics).toContain('andon_incidents_total{service="shop",severity="page",rule="failing"} 1');
    expect(metrics).toContain('andon_incidents_open{service="shop",severity="page"} 0');
    const { incident } = story().after;
    const recover = Number(/^andon_time_to_recover_seconds_sum\{[^}]*\} (.*)$/m.exec(metrics)?.[1]);
    expect(recover).toBeCloseTo(incident.timeToRecoverSeconds ?? -1, 3);
  });

  test('keeps a timeline of what happened, in order', () => {
    const types = story().after.record.timeline.map(({ type }) => type);
    expect(types.filter((type) => type !== 'onset-settled')).toEqual([
      'opened',
      'notified',
      'acknowledged',
      'noted',
      'resolved',
      'closed',
    ]);
    expect(types.filter((type) => type === 'onset-settled')).toHaveLength(1);
    expect(story().after.service.scopes).toMatchObject([{ line: 'moving', targets: [{ verdict: 'held' }] }]);
  });

  test('answers the command line about its incident', () => {
    const { list, show, acknowledge, note, record } = story().during;
    expect([list, show, acknowledge, note].map(({ code, stderr }) => [code, stderr])).toEqual(
      Array.from({ length: 4 }, () => [0, '']),
    );
    expect(list.stdout).toContain(record.incident.id);
    expect(record.incident.acknowledgedBy).toBe('ada');
    expect(show.stdout).toContain('payment provider is down');
  });

  test('`andon evaluate` ends with 1 while a target is missed and with 0 when all hold', () => {
    const { during, after } = story();
    const seen = [during, after].map(({ evaluate }) => ServicesWire.parse(JSON.parse(evaluate.stdout)));
    expect(seen.map(({ services }) => services[0]?.scopes[0]?.targets[0])).toMatchObject([
      { verdict: 'missed' },
      { verdict: 'held' },
    ]);
    expect([during.evaluate.code, after.evaluate.code]).toEqual([1, 0]);
  });

  test('`andon check --source` finds nothing wrong with rules that the source has data for', () => {
    expect(story().check).toMatchObject({ code: 0 });
  });

  test('exposes metrics that promtool finds nothing wrong with', () => {
    for (const input of [story().during.metrics, story().after.metrics]) {
      const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' });
      expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
    }
  });

  test('ends on SIGTERM with 0, quickly, and never wrote down a secret', () => {
    expect(story().ending).toEqual({ code: 0, signal: null });
    expect(story().endedWithinMs).toBeLessThan(5_000);
    expect(story().stderr).not.toContain(story().secret.slice('whsec_'.length));
    expect(story().stderr).not.toContain(apiToken);
    expect(story().stderr).not.toMatch(/^ +at /m);
  });
});
