import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ChangeBook } from '../../../src/app/changes/change-book.ts';
import { DeliveryBook } from '../../../src/app/changes/delivery-book.ts';
import { IncidentBook } from '../../../src/app/recording/incident-book.ts';
import type { BakeVerdict } from '../../../src/domain/change/bake-event.ts';
import type { ChangeReport } from '../../../src/domain/change/change-event.ts';
import type { SettledDeployment } from '../../../src/domain/change/delivery-metrics.ts';
import type { Suspect } from '../../../src/domain/change/suspect.ts';
import type { LogEvent, StoredLogEvent } from '../../../src/domain/log/log-event.ts';
import { anEvent, aSuspect, storyStart } from '../../support/incident-story.ts';

const minute = 60_000;

function report(change: string, facts: Partial<ChangeReport> = {}): LogEvent {
  const startedAt = storyStart - 10 * minute;
  return {
    type: 'change-reported',
    service: 'checkout',
    at: startedAt,
    origin: 'api',
    report: { change, service: 'checkout', startedAt, finishedAt: startedAt + minute, ...facts },
  };
}

function bakeOver(change: string, verdict: BakeVerdict = 'unharmed'): LogEvent {
  return {
    type: 'bake-finished',
    service: 'checkout',
    at: storyStart,
    change,
    verdict,
    lookedUntil: storyStart,
    comparisons: [],
  };
}

function incident(
  type: 'opened' | 'suspected' | 'resolved' | 'closed',
  id: string,
  suspects?: readonly Suspect[],
): LogEvent {
  const {
    seq: _seq,
    recordedAt: _at,
    ...event
  } = anEvent(type, 1, 1, { incidentId: id, ...(suspects === undefined ? {} : { suspects }) });
  return event;
}

/** The log read into a delivery book, as at a start of Andon. */
function read(events: readonly LogEvent[]) {
  const settled: SettledDeployment[] = [];
  const book = new DeliveryBook((each) => settled.push(each));
  book.knownFrom(storyStart - 365 * 24 * 60 * minute);
  const incidents = new IncidentBook();
  const changes = new ChangeBook();
  incidents.listen((applied) => {
    book.happened(applied);
  });
  changes.listen((change) => {
    book.changed(change);
  });
  const say = (event: LogEvent, index: number): void => {
    const stored = [{ ...event, seq: index + 1, recordedAt: event.at }] as StoredLogEvent[];
    incidents.apply(stored);
    changes.apply(stored);
  };
  events.forEach(say);
  const results = () => settled.map(({ change, result }) => [change, result]);
  return { settled, results, report: (days = 7) => book.report({ days }, storyStart + 60 * minute) };
}

const named = (change: string, facts: Partial<Suspect> = {}): readonly Suspect[] => [aSuspect({ change, ...facts })];

describe('deployments', () => {
  test('fail when a closed incident comes from them, and tell how long it took to be back', () => {
    const log = [
      report('d1'),
      incident('opened', 'i1', named('d1')),
      bakeOver('d1'),
      incident('resolved', 'i1'),
      incident('closed', 'i1'),
    ];
    const { settled } = read(log);
    expect(settled).toMatchObject([{ change: 'd1', result: 'failed', recoveriesMs: [700_000] }]);
    expect(read(log.slice(0, 4)).settled).toEqual([]);
  });

  test('are unharmed when an incident turns out to come from another one', () => {
    const log = [
      report('d1'),
      report('d2'),
      incident('opened', 'i1', [
        ...named('d1', { standing: 'confounded' }),
        ...named('d2', { standing: 'confounded' }),
      ]),
      incident('suspected', 'i1', named('d2')),
      bakeOver('d1'),
      bakeOver('d2'),
      incident('closed', 'i1'),
    ];
    expect(read(log).results()).toEqual([
      ['d1', 'unharmed'],
      ['d2', 'failed'],
    ]);
  });

  test('are unknown when nobody can tell which of two it was', () => {
    const both = [
      ...named('d1', { standing: 'confounded', others: 1 }),
      ...named('d2', { standing: 'confounded', others: 1 }),
    ];
    const { results, report: told } = read([
      report('d1'),
      report('d2'),
      incident('opened', 'i1', both),
      bakeOver('d1'),
      bakeOver('d2'),
      incident('closed', 'i1'),
    ]);
    expect(results()).toEqual([
      ['d1', 'unknown'],
      ['d2', 'unknown'],
    ]);
    expect(told()).toMatchObject({ deployments: 2, unknown: 2 });
    expect(told()).not.toHaveProperty('changeFailureRate');
  });

  test('count when they began in the stretch', () => {
    const { report: told } = read([
      report('d1'),
      report('d2', { startedAt: storyStart - 30 * 24 * 60 * minute }),
      bakeOver('d1'),
    ]);
    expect(told()).toMatchObject({ deployments: 1, unharmed: 1, unsettled: 0, deploymentsPerDay: 1 / 7 });
    expect(told(60)).toMatchObject({ deployments: 2, unsettled: 1 });
  });

  test('are counted a day over the days of which anything is known', () => {
    const book = new DeliveryBook(() => undefined);
    const now = storyStart + 10 * 24 * 60 * minute;
    expect(book.report({ days: 30 }, now)).toMatchObject({ deploymentsPerDay: 0, knownDays: 1 });
    book.knownFrom(storyStart);
    book.knownFrom(now);
    expect(book.report({ days: 30 }, now).knownDays).toBe(10);
    expect(book.report({ days: 7 }, now).knownDays).toBe(7);
    // A pipeline that tells of the past makes that known.
    const changes = new ChangeBook();
    changes.listen((change) => {
      book.changed(change);
    });
    const told = report('d1', { startedAt: storyStart - 10 * 24 * 60 * minute });
    changes.apply([{ ...told, seq: 1, recordedAt: now }] as StoredLogEvent[]);
    expect(book.report({ days: 30 }, now)).toMatchObject({ deploymentsPerDay: 1 / 20, knownDays: 20 });
  });

  test('count once when two tools tell of the same rollout', () => {
    const byTwo = [
      report('d1', { version: 'v42' }),
      { ...report('argo:42', { version: 'v42' }), origin: 'argocd' as const },
    ];
    const log = [...byTwo, incident('opened', 'i1', named('argo:42')), bakeOver('argo:42'), bakeOver('d1')];
    // While nobody knows yet what became of it, too; another version is another one.
    expect(read([...byTwo, report('d2', { version: 'v43' })]).report()).toMatchObject({ deployments: 2, unsettled: 2 });
    const { results, report: told } = read([...log, incident('closed', 'i1')]);
    expect(results()).toEqual([['argo:42', 'failed']]);
    expect(told()).toMatchObject({ deployments: 1, failed: 1, changeFailureRate: 1 });
  });

  test('settle once each, whatever is reported in whatever order, again and after a restart; 0 <= CFR <= 1', () => {
    const ids = ['d1', 'd2', 'd3'] as const;
    const change = fc.constantFrom(...ids);
    const incidentId = fc.constantFrom('i1', 'i2');
    const suspects = fc
      .array(change, { maxLength: 3 })
      .map((all) =>
        [...new Set(all)].map((each, _index, unique) =>
          aSuspect({ change: each, standing: unique.length === 1 ? 'suspect' : 'confounded' }),
        ),
      );
    const event: fc.Arbitrary<LogEvent> = fc.oneof(
      fc
        .tuple(change, fc.constantFrom('succeeded', 'failed', 'rolled-back', undefined))
        .map(([id, outcome]) => report(id, outcome === undefined ? {} : { outcome })),
      fc
        .tuple(change, fc.constantFrom<BakeVerdict>('unharmed', 'worse', 'no-data', 'confounded'))
        .map(([id, verdict]) => bakeOver(id, verdict)),
      fc
        .tuple(fc.constantFrom('opened' as const, 'suspected' as const), incidentId, suspects)
        .map(([type, id, named]) => incident(type, id, named)),
      fc
        .tuple(fc.constantFrom('resolved' as const, 'closed' as const), incidentId)
        .map(([type, id]) => incident(type, id)),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const { settled, report: told } = read(events);
        expect(new Set(settled.map((each) => each.change)).size).toBe(settled.length);
        const { deployments, failed, unharmed, unknown, unsettled, changeFailureRate } = told();
        expect(failed + unharmed + unknown + unsettled).toBe(deployments);
        expect(failed + unharmed + unknown).toBe(settled.length);
        if (changeFailureRate !== undefined) {
          expect(changeFailureRate).toBeGreaterThanOrEqual(0);
          expect(changeFailureRate).toBeLessThanOrEqual(1);
        }
        // What was settled stays settled, however the log goes on.
        const cut = Math.floor(events.length / 2);
        expect(settled.slice(0, read(events.slice(0, cut)).settled.length)).toEqual(read(events.slice(0, cut)).settled);
      }),
    );
  });
});

test('a large fleet is reported on: as many deployments as there are, and from when the first was known', () => {
  const book = new DeliveryBook(() => undefined);
  const now = storyStart + 60 * minute;
  const total = 150_000;
  for (let index = 0; index < total; index += 1) {
    const startedAt = now - 6 * 24 * 60 * minute + index;
    const id = `d${index}`;
    book.changed({
      id,
      service: `service-${index % 50}`,
      kind: 'deployment',
      origin: 'api',
      startedAt,
      firstReportedAt: startedAt,
      lastReportedAt: startedAt,
      told: { saidAt: {} },
    });
  }
  expect(book.report({ days: 30 }, now)).toMatchObject({ deployments: total, knownDays: 6 });
});
