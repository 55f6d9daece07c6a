import { expect, test } from '@jest/globals';
import { Suspector } from '../../../src/app/changes/suspector.ts';
import type { Change } from '../../../src/domain/change/change.ts';
import type { Incident } from '../../../src/domain/incident/incident.ts';
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
