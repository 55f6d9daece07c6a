import { expect, test } from '@jest/globals';
import { Suspector } from '../../../src/app/changes/suspector.ts';
import type { Change } from '../../../src/domain/change/change.ts';
import type { Incident } from '../../../src/domain/incident/incident.ts';
import type { StoredEvent } from '../../../src/domain/incident/event.ts';
import { noRows, withRows, type CountRow } from '../../../src/domain/reading/count-rows.ts';
import { emptyLedger, type SignalLedger } from '../../../src/domain/reading/signal-ledger.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { SimulatedSource } from '../../support/simulated-source.ts';
import { aService } from '../../support/simulation.ts';
import { aChange } from '../../support/changes.ts';
import { aWholeStory } from '../../support/incident-story.ts';
import { IncidentBook } from '../../../src/app/recording/incident-book.ts';

const minute = 60_000;

function told(open: boolean) {
  const story = new IncidentBook();
  story.apply(open ? aWholeStory().slice(0, 1) : aWholeStory());
  const [first] = story.list({ limit: 1 });
  if (first === undefined) throw new Error('the story has no incident');
  let incident: Incident = { ...first, onset: { ...first.onset, signal: 'success_rate', method: 'change-point' } };
  const changes: Change[] = [aChange('d42', incident.onset.at - 4 * minute)];
  const suspector = new Suspector({
    book: { get: () => undefined, list: () => [incident] },
    changes: { of: () => changes },
    clock: { now: () => incident.onset.at + 60 * minute },
    sight: () => undefined,
  });
  /** How many events say something anew; they are taken over. */
  const review = (facts: Partial<Change> = {}): number => {
    const [change] = changes;
    if (change !== undefined) changes[0] = { ...change, ...facts };
    const said = suspector.review('checkout');
    for (const event of said) if (event.type === 'suspected') incident = { ...incident, suspects: event.suspects };
    return said.length;
  };
  const another = (id: string): void => void changes.push(aChange(id, incident.onset.at - 3 * minute));
  return { review, another };
}

const link = { link: 'https://ci.example.com/42', rollback: 'undo 42' };

test('what is told of a suspect is said anew while the incident is open', () => {
  const { review } = told(true);
  expect(review()).toBe(1);
  expect(review({ finishedAt: 0 })).toBe(0);
  expect(review(link)).toBe(1);
});

test('of an incident that is over only who, on what footing and how surely is said anew', () => {
  const { review, another } = told(false);
  expect(review()).toBe(1);
  expect(review(link)).toBe(0);
  expect(review({ outcome: 'succeeded' })).toBe(0);
  another('d43');
  expect(review()).toBe(1);
});

/** An incident that is over, and steps of its signal that a test makes; a suspector that looks at both. */
function counted(incident: Incident, steps: () => readonly CountRow[]) {
  const clock = new ManualClock(incident.onset.at + 60 * minute);
  const changes: Change[] = [];
  const source = new SimulatedSource(clock, { perSecond: () => 1, badShare: () => 0 }, 0, 0, 1000);
  const ledger = (): SignalLedger => {
    const rows = withRows(noRows, steps(), -Infinity);
    const seen = { present: true, newestSampleAt: 0, lastPresentAt: 0, numeratorEverSeen: true };
    return { ...emptyLedger, groups: new Map([['', { group: {}, rows, values: [], ...seen }]]) };
  };
  const suspector = new Suspector({
    book: { get: () => undefined, list: () => [incident] },
    changes: { of: () => changes },
    clock,
    sight: () => ({
      service: aService({ name: incident.service }),
      signals: new Map([['success_rate', ledger()]]),
      budgets: [],
      source,
      sourceNow: clock.now(),
      intervalMs: 10_000,
    }),
  });
  const said = () =>
    suspector.review(incident.service).flatMap((event) => (event.type === 'suspected' ? event.suspects : []));
  return { clock, changes, suspector, said, named: () => said().map(({ change }) => change) };
}

const signal = 'success_rate';

function aStep(to: number, bad: number): CountRow {
  return { from: to - 10_000, to, sampleAt: to, good: 100 - bad, total: 100 };
}

test('what counts had cleared does not come back when they are forgotten, and what is told since is looked at', () => {
  const known = first(aWholeStory());
  const { onset, service } = known;
  const memory = { from: onset.at - 60 * minute };
  // As bad before the onset as after it.
  const steps = () => Array.from({ length: 400 }, (_, index) => aStep(memory.from + (index + 1) * 10_000, 30));
  const incident = { ...known, onset: { ...onset, signal, method: 'change-point' as const } };
  const { clock, changes, suspector, named } = counted(incident, steps);
  changes.push(aChange('d42', onset.at - 4 * minute, { firstReportedAt: clock.now() }));
  expect(named()).toEqual([]);
  suspector.reviewed(service);
  clock.step(60 * minute);
  memory.from = onset.at + minute;
  expect(named()).toEqual([]);
  changes.push(aChange('d43', onset.at - 3 * minute, { firstReportedAt: clock.now() }));
  expect(named()).toEqual(['d43']);
  // What could not be written is looked at again.
  expect(named()).toEqual(['d43']);
});

test('a relapse is held against the time in which service was back for sure', () => {
  const known = first(aWholeStory());
  const { onset } = known;
  const off = onset.at;
  const backAt = off + 5 * minute;
  const again = off + 15 * minute;
  const bounds = { earliest: backAt - 10_000, latest: backAt + 30_000 };
  const incident: Incident = {
    ...known,
    onset: { ...onset, signal, method: 'change-point' },
    recoveredAt: again + 5 * minute,
    lastRelapses: [
      {
        number: 1,
        at: again + 10_000,
        onset: { at: again, earliest: again - 10_000, latest: again, signal, method: 'change-point' },
        backSince: backAt,
        back: { at: backAt, ...bounds },
      },
    ],
  };
  // Off until the latest that it can have been back, and good from then on.
  const isBad = (to: number) => (to > off && to <= bounds.latest) || (to > again && to <= again + 5 * minute);
  const { changes, said } = counted(incident, () =>
    Array.from({ length: 300 }, (_, index) => off - 20 * minute + (index + 1) * 10_000).map((to) =>
      aStep(to, isBad(to) ? 30 : 0),
    ),
  );
  changes.push(aChange('d43', again - minute));
  expect(said()).toMatchObject([{ change: 'd43', shift: { against: 'change', before: { bad: 0 } } }]);
});

function first(events: readonly StoredEvent[]): Incident {
  const book = new IncidentBook();
  book.apply(events);
  const [incident] = book.list({ limit: 1 });
  if (incident === undefined) throw new Error('the story has no incident');
  return incident;
}
