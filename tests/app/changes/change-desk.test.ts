import { describe, expect, test } from '@jest/globals';
import { createChangeDesk, type ChangeDesk } from '../../../src/app/changes/change-desk.ts';
import { ClaimBook } from '../../../src/app/changes/claim-book.ts';
import { futureMs, oldestMs } from '../../../src/app/changes/check-report.ts';
import { IncidentBook } from '../../../src/app/recording/incident-book.ts';
import { StoreError } from '../../../src/app/ports/store.ts';
import type { ChangeReport } from '../../../src/domain/change/change-event.ts';
import { aGateBench, type GateBench } from '../../support/gate-bench.ts';
import { aWholeStory } from '../../support/incident-story.ts';
import { memoryLog } from '../../support/memory-log.ts';

interface Bench {
  readonly gates: GateBench;
  readonly desk: ChangeDesk;
  readonly told: string[];
  readonly claims: ClaimBook;
  readonly log: ReturnType<typeof memoryLog>;
}

/** A desk for the services `checkout` and `search`; `open`: whether an incident is open. */
function aDesk(open = true): Bench {
  const gates = aGateBench();
  gates.poll('checkout', 1);
  gates.poll('search', 1);
  const incidents = new IncidentBook();
  const story = aWholeStory();
  incidents.apply(open ? story.slice(0, 1) : story);
  const told: string[] = [];
  const log = memoryLog();
  const claims = new ClaimBook();
  const desk = createChangeDesk({
    claims,
    store: gates.store,
    book: gates.changes,
    incidents,
    clock: gates.clock,
    log,
    telemetry: { changeReported: (origin, result) => told.push(`${origin} ${result}`) },
    fleet: { names: () => [...gates.looks.keys()], look: (service) => gates.look(service) },
  });
  return { gates, desk, told, claims, log };
}

const incident = aWholeStory()[0]?.incidentId ?? '';
const report: ChangeReport = { change: 'deploy-42', service: 'checkout', version: 'v42' };

describe('a report', () => {
  test('is recorded in the log, and the change is known from then on', async () => {
    const { desk, gates, told, log } = aDesk();
    expect(await desk.report(report, 'api')).toMatchObject({
      kind: 'recorded',
      change: { id: 'deploy-42', version: 'v42', startedAt: gates.clock.now(), origin: 'api' },
    });
    expect(gates.written).toMatchObject([{ type: 'change-reported', service: 'checkout', origin: 'api', report }]);
    expect(desk.list('checkout', 10)).toMatchObject([{ id: 'deploy-42' }]);
    expect(told).toEqual(['api recorded']);
    expect(log.lines.map(({ message }) => message)).toEqual(['a change was reported']);
  });

  test('that says nothing new is not written, however often and however late it comes', async () => {
    const { desk, gates, told } = aDesk();
    await desk.report({ ...report, outcome: 'succeeded' }, 'api');
    await gates.clock.advance(60_000);
    const both = [desk.report(report, 'api'), desk.report({ ...report, outcome: 'succeeded' }, 'github')];
    expect((await Promise.all(both)).map(({ kind }) => kind)).toEqual(['unchanged', 'unchanged']);
    expect(gates.written).toHaveLength(1);
    expect(told).toEqual(['api recorded', 'api unchanged', 'github unchanged']);
  });

  test('and its like that come at once are written once', async () => {
    const { desk, gates } = aDesk();
    const results = await Promise.all([1, 2, 3].map(async () => await desk.report(report, 'api')));
    expect(results.map(({ kind }) => kind)).toEqual(['recorded', 'unchanged', 'unchanged']);
    expect(gates.written).toHaveLength(1);
  });

  test('about a service that is not watched is refused, with the name that was meant', async () => {
    const { desk, gates, told } = aDesk();
    const service = 'chekout';
    expect(await desk.report({ ...report, service }, 'api')).toEqual({
      kind: 'unknown-service',
      service,
      meant: 'checkout',
    });
    expect(await desk.report({ ...report, service: '__proto__' }, 'api')).toEqual({
      kind: 'unknown-service',
      service: '__proto__',
    });
    expect(gates.written).toEqual([]);
    expect(told).toEqual(['api unknown-service', 'api unknown-service']);
  });

  const now = aDesk().gates.clock.now();
  test.each<[string, Partial<ChangeReport>, string]>([
    ['an empty id', { change: ' ' }, 'the id of the change is empty'],
    ['an id with what nobody sees', { change: 'a\u202eb' }, 'the id of the change has spaces around it, or'],
    ['an id with a space behind it', { change: 'a ' }, 'the id of the change has spaces around it, or'],
    ['a long version', { version: 'v'.repeat(201) }, '`version` has 201 characters; at most 200 are kept'],
    ['a link that is none', { link: 'javascript:alert(1)' }, 'the link is no http or https URL'],
    ['a beginning in the future', { startedAt: now + futureMs + 1 }, '`startedAt` is more than 5m in the future'],
    ['an end long ago', { finishedAt: now - oldestMs - 1 }, '`finishedAt` is more than 90d ago'],
    ['an end before its beginning', { startedAt: now, finishedAt: now - 1 }, 'the change is over before it began'],
    ['a time that is none', { startedAt: Number.NaN }, '`startedAt` is no time'],
    ['a remedy of nobody', { remedies: { incident, by: ' ', reason: 'x' } }, 'say who acts: `by` is empty'],
    ['a remedy for no reason', { remedies: { incident, by: 'ada', reason: '' } }, 'the reason is empty'],
  ])('with %s is refused, and nothing is written', async (_, said, problem) => {
    const { desk, gates } = aDesk();
    const result = await desk.report({ ...report, ...said }, 'api');
    expect(result).toMatchObject({ kind: 'invalid', problem: expect.stringContaining(problem) as unknown });
    expect(gates.written).toEqual([]);
  });

  test('at the edge of every limit is taken', async () => {
    const { desk } = aDesk();
    const edge = {
      change: 'x'.repeat(200),
      version: 'v'.repeat(200),
      startedAt: now - oldestMs,
      finishedAt: now + futureMs,
    };
    expect(await desk.report({ ...report, ...edge }, 'api')).toMatchObject({ kind: 'recorded' });
  });

  test('loses the characters that nobody sees, and texts of which nothing is left', async () => {
    const { desk } = aDesk();
    const result = await desk.report({ ...report, summary: ' a\u0000b\u202e ', by: '\u0007 ' }, 'api');
    expect(result).toMatchObject({ change: { summary: 'ab' } });
    expect(result).not.toHaveProperty('change.by');
  });

  test('that the store cannot keep changes nothing, and may be sent again', async () => {
    const { desk, gates, told } = aDesk();
    gates.refuses = true;
    expect(await desk.report(report, 'api')).toEqual({
      kind: 'not-stored',
      reason: new StoreError('full', '').reason,
      detail: 'the disk is full',
    });
    expect(desk.get('checkout', 'deploy-42')).toBeUndefined();
    gates.refuses = false;
    expect(await desk.report(report, 'api')).toMatchObject({ kind: 'recorded' });
    expect(told).toEqual(['api not-stored', 'api recorded']);
  });
});

describe('a remedy', () => {
  const remedies = { incident, by: 'ada', reason: 'rolls the cache back' };

  test('of an open incident of a service that its own depends on is kept with its change', async () => {
    const { desk, gates } = aDesk();
    const gate = { onUnknown: 'hold', budgets: {}, dependsOn: [{ service: 'checkout', whenStopped: 'hold' }] } as const;
    gates.poll('search', 1, { service: { gate } });
    await gates.clock.advance(86_400_000);
    expect(await desk.report({ ...report, service: 'search', remedies }, 'cli')).toMatchObject({
      kind: 'recorded',
      change: { service: 'search', remedies },
    });
    expect(desk.claims(incident)).toMatchObject([
      { kind: 'remedy-claimed', service: 'search', change: 'deploy-42', by: 'ada', reason: remedies.reason },
    ]);
  });

  test('of an incident that the gate of its service does not see is refused, and no change is made of it', async () => {
    const { desk, gates, told } = aDesk();
    await gates.clock.advance(86_400_000);
    expect(await desk.report({ ...report, service: 'search', remedies }, 'cli')).toEqual({
      kind: 'unseen-incident',
      id: incident,
      service: 'search',
      of: 'checkout',
    });
    expect(gates.written).toEqual([]);
    expect(desk.list('search', 10)).toEqual([]);
    expect(told).toEqual(['cli unseen-incident']);
  });

  test('is not younger than it was heard of, however far in the future it says that it begins', async () => {
    const { desk, gates } = aDesk();
    const startedAt = gates.clock.now() + 4 * 60_000;
    expect(await desk.report({ ...report, startedAt }, 'api')).toMatchObject({
      change: { startedAt: gates.clock.now() },
    });
  });

  test('that began or was known before the incident did is refused, which is written once', async () => {
    const { desk, gates, told, log } = aDesk();
    await desk.report(report, 'api');
    await gates.clock.advance(86_400_000);
    const onset = aWholeStory()[0];
    const claim = { ...report, startedAt: gates.clock.now(), remedies };
    for (let time = 0; time < 3; time += 1)
      expect(await desk.report(claim, 'cli')).toMatchObject({
        kind: 'not-a-remedy',
        id: incident,
        change: 'deploy-42',
        beganAt: gates.clock.now() - 86_400_000,
        onsetLatest: onset?.type === 'opened' ? onset.onset.latest : undefined,
      });
    expect(gates.changes.get('checkout', 'deploy-42')).not.toHaveProperty('remedies');
    expect(gates.written.map(({ type }) => type)).toEqual(['change-reported', 'remedy-refused']);
    expect(desk.claims(incident)).toMatchObject([{ kind: 'remedy-refused', change: 'deploy-42', ...remedies }]);
    expect(gates.written[1]).toMatchObject({ service: 'checkout', change: 'deploy-42', ...remedies });
    expect(told.slice(1)).toEqual(Array(3).fill('cli not-a-remedy'));
    expect(log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
    // Whoever starts anew from the log knows of it as well.
    const again = aDesk();
    await again.desk.report(report, 'api');
    await again.gates.clock.advance(86_400_000);
    again.claims.apply(gates.written);
    await again.desk.report(claim, 'cli');
    expect(again.gates.written.map(({ type }) => type)).toEqual(['change-reported']);
    const reported = { ...report, change: 'late', startedAt: gates.clock.now() - 86_400_000, remedies };
    expect(await desk.report(reported, 'cli')).toMatchObject({ kind: 'not-a-remedy' });
  });

  test.each([
    ['an incident that is over', false, incident],
    ['no incident', true, 'nothing'],
  ])('of %s is refused', async (_, open, named) => {
    const { desk, gates } = aDesk(open);
    const result = await desk.report({ ...report, remedies: { ...remedies, incident: named } }, 'cli');
    expect(result).toEqual({ kind: 'unknown-incident', id: named });
    expect(gates.written).toEqual([]);
  });
});

describe('the changes', () => {
  test('of a service come newest first, those of all together too, and of nobody none', async () => {
    const { desk, gates } = aDesk();
    const startedAt = gates.clock.now();
    await desk.report({ change: 'b', service: 'checkout', startedAt: startedAt - 2_000 }, 'api');
    await desk.report({ change: 'a', service: 'checkout', startedAt: startedAt - 1_000 }, 'api');
    await desk.report({ change: 'c', service: 'search', startedAt: startedAt - 1_500 }, 'api');
    const ids = (service?: string, limit = 10) => desk.list(service, limit)?.map(({ id }) => id);
    expect(ids('checkout')).toEqual(['a', 'b']);
    expect(ids('checkout', 1)).toEqual(['a']);
    expect(ids()).toEqual(['a', 'c', 'b']);
    expect(ids('nobody')).toBeUndefined();
  });
});
