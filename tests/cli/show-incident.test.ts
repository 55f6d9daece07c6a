import { expect, test } from '@jest/globals';
import { IncidentRecordWire } from '../../src/cli/incident-wire.ts';
import { paintFor } from '../../src/cli/paint.ts';
import { renderIncident } from '../../src/cli/render-incident.ts';
import { toTimelineWire } from '../../src/adapters/http/wire/timeline.ts';
import { aWorld, type WorldOptions } from '../adapters/http/http-world.ts';
import { aClaim, anEvent, aStop, storyStart, successRate } from '../support/incident-story.ts';
import { viewsKeptOpen } from '../support/service-views.ts';

/** What `andon incidents show inc-1` prints. */
async function shown(options: WorldOptions, changes: object = {}): Promise<string> {
  await using world = await aWorld(options);
  const answer = (await (await world.get('/api/v1/incidents/inc-1')).json()) as object;
  const record = IncidentRecordWire.parse({ ...answer, ...changes });
  return renderIncident(record, storyStart + 3_600_000, paintFor({ isTTY: false }, {}));
}

test('an open incident is shown with what keeps it open, the values of now and what it has spent so far', async () => {
  const out = await shown({ events: [anEvent('opened', 1, 100)], parts: { services: viewsKeptOpen } });

  const lines = out.split('\n').map((line) => line.trimEnd());
  const begin = lines.indexOf('What keeps it open, as of 2026-08-22 02:02:00Z');
  expect(lines.slice(begin + 1, begin + 8)).toEqual([
    '-  Rule success-rate-budget-page is true: error budget success rate burns at 21.3x over 1h and 18x over 5m (fires above 14.4x)',
    '-  Rule lagging cannot be decided (stale): replication_lag: newest sample is 5m old',
    '-  Target missed: success rate 95.1% over 5m, target at least 99.9%',
    '-  Target unknown: replication lag unknown (stale), target at most 10',
    '-  Error budget success rate: this incident has spent 2.78% of it so far; 87.2% is left',
    '-  Error budget latency: what this incident has spent of it is not known (short-history): counts cover 40% of the 30d before now',
    '',
  ]);
});

test('targets that hold stand below what keeps it open', async () => {
  const services = () =>
    viewsKeptOpen().map((view) => {
      const scopes = view.scopes.map((scope) => ({
        ...scope,
        targets: scope.targets.map((each) => ({ ...each, verdict: 'held' as const })),
      }));
      return { ...view, scopes };
    });
  const out = await shown({ events: [anEvent('opened', 1, 100)], parts: { services } });
  expect(out).toMatch(/counts cover 40% of the 30d before now\nheld {2}success rate 95\.1% over 5m/);
});

test('what a rule saw of error budgets is shown with its time, and what a new declaration changed', async () => {
  const budgets = ['Error budget success rate: burns at 20x over 1h and 18x over 5m (fires above 14.4x)'];
  const changes = [{ what: 'end-state', change: 'changed', field: 'hold', from: '10m', to: '5m' }] as const;
  const out = await shown({
    events: [
      anEvent('opened', 1, 100, { stop: aStop({ budgets }) }),
      anEvent('definition-changed', 2, 200, { changes }),
    ],
  });

  expect(out).toContain(`error budgets  As of 2026-08-22 02:01:40Z:\n               ${budgets[0]}\n`);
  expect(out).toContain('definition-changed  end state: hold changed from 10m to 5m\n');
  // Once among the facts and once in the timeline.
  expect(out.split(String(budgets[0]))).toHaveLength(3);
});

test("other people's alerts stand on the timeline, and that one of them was first among the facts", async () => {
  const alert = { name: 'HighErrorRate', fingerprint: 'f', labels: { zone: 'a' }, furtherLabels: 2 };
  const over = { ...alert, startsAt: storyStart + 60_000, endsAt: storyStart + 150_000 };
  const out = await shown({
    events: [
      anEvent('opened', 1, 100),
      anEvent('alerted', 2, 60),
      anEvent('alerted', 3, 150, { status: 'resolved', alert: over }),
    ],
  });

  const lines = out.split('\n').map((line) => line.trim().replaceAll(/ {2,}/g, '  '));
  for (const line of [
    'seen first by  HighErrorRate, 40s before Andon',
    '2026-08-22 02:01:00Z  +1m  alerted  HighErrorRate fires (service=checkout)',
    '2026-08-22 02:02:30Z  +2m 30s  alerted  HighErrorRate is over, after 1m 30s (zone=a, 2 more)',
  ]) {
    expect(lines).toContain(line);
  }
});

test('a reminder is shown with whom it told, and why; a page that a silence kept back with what passed before', async () => {
  const silence = { kind: 'silence', silenceId: 's', by: 'ada', reason: 'disks', until: storyStart + 141_000 } as const;
  const verdicts = [{ ...successRate, verdict: 'held' as const }];
  const back = { verdicts, held: { forMs: 3_500, ofMs: 10_000 } };
  const at = (seconds: number) => ({ recordedAt: storyStart + seconds * 1_000 });
  const out = await shown({
    events: [
      anEvent('opened', 1, 100, { silencedBy: silence, withheld: ['oncall'], ...at(100) }),
      anEvent('unsilenced', 2, 141, {
        kind: 'firing',
        silence,
        since: storyStart,
        told: ['oncall'],
        ...back,
        ...at(141),
      }),
      anEvent('notified', 3, 141, at(141)),
      anEvent('reminded', 4, 300, { reminder: 'repeat', told: ['oncall', 'chat'] }),
      anEvent('reminded', 5, 400, { reminder: 'escalation', step: 1, afterMs: 120_000, told: ['boss'] }),
    ],
  });

  expect(out).toContain('notified      41s after it was detected, 0s after the silence ended\n');
  expect(out).toMatch(/reminded +oncall, chat \(again, nobody has acknowledged\)\n/);
  expect(out).toMatch(/unsilenced +back, held for 3s of 10s\n/);
  expect(out).toMatch(/reminded +boss \(step 1: nobody acknowledged for 2m\)\n/);
});

test('what people said mends it is shown in their words', async () => {
  const events = [anEvent('opened', 1, 100)];
  const out = await shown({ events }, { timeline: toTimelineWire(events, [aClaim(2, 200)]) });
  expect(out).toMatch(/remedy-claimed +ada said that change deploy-43 of checkout mends it: takes 42 back\n/);
});

test('a relapse is told with since when it is off again, and an incident that nobody watches with what can be done', async () => {
  const at = Date.parse('2026-08-22T02:24:50Z');
  const onset = { at, earliest: at - 5_000, latest: at, method: 'change-point' as const };
  const out = await shown({
    events: [
      anEvent('opened', 1, 100),
      anEvent('resolved', 2, 1300),
      anEvent('relapsed', 3, 1500, { onset }),
      anEvent('unwatched', 4, 1600),
    ],
  });

  expect(out).toContain('No rule file without problems declares its service: nobody watches it.');
  expect(out).toContain('When that is for good, it can be closed by hand: andon incidents close inc-1 --because TEXT');
  expect(out).toContain('off again since 2026-08-22 02:24:50Z (change-point)');
});
