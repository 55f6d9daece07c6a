import { describe, expect, test } from '@jest/globals';
import { declarationWords } from '../../../src/domain/incident/declaration-words.ts';
import { foldIncident, timeOffMs, type Incident } from '../../../src/domain/incident/incident.ts';
import { offSpells } from '../../../src/domain/incident/relapse.ts';
import { rebase } from '../../../src/domain/incident/rebase.ts';
import { redefine, resume, unwatch } from '../../../src/domain/incident/redefine.ts';
import type { Service } from '../../../src/domain/service/service.ts';
import {
  aGauge,
  aRatio,
  aRule,
  aService,
  below,
  Simulation,
  start,
  stepFault,
  type Traffic,
} from '../../support/simulation.ts';

const minute = 60_000;
const fault = stepFault(10 * minute, 14 * minute, 0.5);

/** A run that is a minute into its incident. */
const failing = (service: Service = aService()): Simulation =>
  new Simulation({ service, traffic: fault }).runUntil(11 * minute);

function declareAnew(run: Simulation, service: Service): ReturnType<typeof redefine> {
  const redefined = redefine(run.service, service, run.state, start + 11 * minute);
  run.service = service;
  run.state = redefined.state;
  run.events.push(...redefined.events);
  return redefined;
}

describe('a new declaration in the middle of an incident', () => {
  test('stands on its timeline, closes nothing and opens nothing', () => {
    const run = failing();
    declareAnew(run, aService({ revision: 'r2', endState: { ...aService().endState, summary: 'Everybody can pay' } }));
    run.runUntil(40 * minute);

    expect(run.story()).toEqual(['opened', 'onset-settled', 'definition-changed', 'resolved', 'closed']);
    expect(run.find('definition-changed')).toMatchObject({ before: 'r1', after: 'r2', endState: 'Everybody can pay' });
  });

  test('under which a signal has another name goes on with what was known of it', () => {
    const run = failing();
    const renamed = { ...aRatio, name: 'availability', description: 'under a better name' };
    const { unread } = declareAnew(
      run,
      aService({
        revision: 'r2',
        signals: [renamed],
        endState: {
          ...aService().endState,
          targets: [{ signal: 'availability', bound: 'atLeast', value: 0.999, overMs: minute }],
        },
        rules: [aRule({ when: below('availability', minute, 0.97) })],
      }),
    );

    expect(unread).toEqual([]);
    expect([...run.state.ledgers.keys()]).toEqual(['availability']);
  });

  test('has a signal that measures something else read from the source first', () => {
    const { unread, state } = declareAnew(failing(), aService({ revision: 'r2', signals: [aRatio, aGauge] }));
    expect(unread.map(({ name }) => name)).toEqual(['lag']);
    expect([...state.ledgers.keys()]).toEqual(['success_rate']);
  });

  test('has everything read again when a window is longer than what was kept for', () => {
    const longer = aService({ revision: 'r2', rules: [aRule({ when: below('success_rate', 60 * minute, 0.97) })] });
    expect(declareAnew(failing(), longer).unread).toEqual(longer.signals);
  });

  test('under which the rule that fires has another name opens no second incident, and can still not resolve unseen', () => {
    const hidden = below('lag_of_rule', minute, 0.97);
    const run = failing(
      aService({ signals: [aRatio, { ...aRatio, name: 'lag_of_rule' }], rules: [aRule({ when: hidden })] }),
    );
    declareAnew(
      run,
      aService({
        ...run.service,
        revision: 'r2',
        rules: [aRule({ name: 'renamed', formerly: ['payments-failing'], when: hidden })],
      }),
    );
    for (let t = 11 * minute + 5_050; t < 30 * minute; t += 5_000) {
      const observed = run
        .observe(start + t)
        .map((each) =>
          each.signal === 'lag_of_rule'
            ? ({ kind: 'failed', signal: each.signal, failure: { reason: 'timeout', detail: 'slow' } } as const)
            : each,
        );
      run.judge(observed, start + t);
    }

    // All targets hold again, but the rule that stopped the line cannot be decided.
    expect(run.story()).toEqual(['opened', 'onset-settled', 'definition-changed', 'blinded']);
    expect(run.last?.scopes[0]?.verdicts[0]?.verdict).toBe('held');
  });

  test('that makes the firing rule more severe says so, once', () => {
    const ticket = aService({ rules: [aRule({ severity: 'ticket' })] });
    const run = failing(ticket);
    declareAnew(run, aService({ revision: 'r2' }));
    run.runUntil(12 * minute);

    expect(run.story().filter((type) => type === 'rule-joined')).toHaveLength(1);
    expect(run.find('rule-joined').stop.severity).toBe('page');
    expect(run.state.scopes.get('')?.incident).toMatchObject({ severity: 'page', rules: ['payments-failing'] });
  });

  test('tells what it changed, as data', () => {
    const run = failing();
    const [target] = aService().endState.targets;
    if (target === undefined) throw new Error('no target');
    const endState = { ...aService().endState, targets: [{ ...target, value: 0.99 }] };
    declareAnew(run, aService({ revision: 'r2', endState }));

    expect(run.find('definition-changed').changes).toEqual([
      {
        what: 'target',
        name: 'success_rate',
        change: 'changed',
        field: 'bound',
        from: 'at least 0.999 over 1m',
        to: 'at least 0.99 over 1m',
      },
    ]);
    expect(run.find('definition-changed')).not.toHaveProperty('furtherChanges');
  });

  test('of the same revision changes nothing', () => {
    const run = failing();
    expect(declareAnew(run, aService())).toMatchObject({ events: [], unread: [] });
  });
});

describe('a service that is left alone', () => {
  test('has that said of its open incidents, and of none that is resolved', () => {
    const run = failing();
    expect(unwatch(run.service, run.state, start).map(({ type }) => type)).toEqual(['unwatched']);
    run.runUntil(17 * minute);
    expect(run.story()).toContain('resolved');
    expect(unwatch(run.service, run.state, start)).toEqual([]);
  });

  test('goes on when it is watched again: its incident says so, under the definition of now', () => {
    const run = failing();
    const scopes = [...run.state.scopes.values()];

    expect(resume(aService(), scopes, () => false, start)).toEqual({ scopes, events: [] });
    expect(resume(aService(), scopes, () => true, start).events).toMatchObject([
      { type: 'definition-changed', after: 'r1' },
    ]);
    const changed = resume(aService({ revision: 'r9' }), scopes, () => false, start);
    expect(changed.events).toMatchObject([{ type: 'definition-changed', before: 'r1', after: 'r9' }]);
    expect(changed.scopes[0]?.incident?.revision).toBe('r9');
    // What was declared before is known from the checkpoint only.
    expect(changed.events[0]).not.toHaveProperty('changes');
    const declared = declarationWords(aService());
    const hold = { ...aService().endState, holdMs: 5_000 };
    expect(
      resume(aService({ revision: 'r9', endState: hold }), scopes, () => false, start, declared).events,
    ).toMatchObject([{ changes: [{ what: 'end-state', change: 'changed', field: 'hold', from: '1m', to: '5s' }] }]);
    expect(resume(aService(), scopes, () => true, start, declared).events[0]).not.toHaveProperty('changes');
  });
});

describe('a clock of the source that was set', () => {
  test.each([
    ['back', -60 * minute],
    ['forward', 60 * minute],
  ])('%s by an hour leaves every timer where it stood, and a duration a duration', (_name, deltaMs) => {
    const straight = new Simulation({ traffic: fault }).runUntil(40 * minute);
    const run = new Simulation({ traffic: fault }).runUntil(11 * minute);
    const opened = run.find('opened');
    run.state = rebase(run.state, deltaMs);
    runOn(run, 40 * minute, deltaMs);

    const resolved = run.find('resolved');
    const expected = straight.find('resolved');
    expect(run.story().filter((type) => type === 'opened')).toHaveLength(1);
    expect(Math.abs(resolved.recoveredAt - expected.recoveredAt)).toBeLessThanOrEqual(5_000);
    expect(resolved.recoveredAt - opened.onset.at).toBeLessThan(5 * minute);
    expect(Math.abs(resolved.at - deltaMs - expected.at)).toBeLessThanOrEqual(65_000);
  });

  test.each([
    ['back', -60 * minute],
    ['forward', 60 * minute],
  ])('%s by an hour before a relapse makes no time that it was off longer or shorter', (_name, deltaMs) => {
    const traffic: Traffic = {
      perSecond: () => 100,
      badShare: (t) => ((t >= 10 * minute && t < 14 * minute) || (t >= 18 * minute && t < 21 * minute) ? 0.5 : 0),
    };
    const run = new Simulation({ traffic }).runUntil(11 * minute);
    run.state = rebase(run.state, deltaMs);
    runOn(run, 60 * minute, deltaMs);

    const incident = run.events.reduce<Incident | undefined>(
      (known, event, index) => foldIncident(known, { ...event, seq: index + 1, recordedAt: event.at }),
      undefined,
    );
    expect(incident).toMatchObject({ phase: 'closed', relapses: 1 });
    if (incident === undefined) return;
    expect(Math.abs((timeOffMs(incident) ?? NaN) - 7 * minute)).toBeLessThanOrEqual(15_000);
    const [first, relapse] = offSpells(incident);
    for (const [spell, lasted] of [
      [first, 4 * minute],
      [relapse, 3 * minute],
    ] as const)
      expect(Math.abs((spell?.recoveredAt ?? NaN) - (spell?.onset.at ?? NaN) - lasted)).toBeLessThanOrEqual(10_000);
    // What was recorded of the relapse is on the clock that was set: the clock of whoever looks.
    expect(Math.abs((relapse?.onset.at ?? NaN) - deltaMs - start - 18 * minute)).toBeLessThanOrEqual(10_000);
    expect(Math.abs((relapse?.backSince ?? NaN) - deltaMs - start - 14 * minute)).toBeLessThanOrEqual(10_000);
    expect(relapse?.back).toMatchObject({ at: relapse?.backSince });
  });

  /** Polls on, with the same samples, stamped by the clock that was set. */
  function runOn(run: Simulation, until: number, deltaMs: number): void {
    for (const t of run.pollsUntil(until)) {
      const seen = run.observe(start + t).map((each) =>
        each.kind === 'counted'
          ? {
              ...each,
              groups: each.groups.map((group) => ({
                ...group,
                newestSampleAt: group.newestSampleAt + deltaMs,
                steps: run.state.ledgers.get(each.signal)?.boundaries.length
                  ? countsAt(run, t, deltaMs)
                  : group.steps.map((step) => ({ ...step, from: step.from + deltaMs, to: step.to + deltaMs })),
              })),
            }
          : each,
      );
      run.judge(seen, start + t + deltaMs);
    }
  }

  function countsAt(run: Simulation, t: number, deltaMs: number) {
    const unset = { ...run.state, ledgers: new Map() };
    const kept = run.state;
    run.state = unset;
    const [seen] = run.observe(start + t);
    run.state = kept;
    if (seen?.kind !== 'counted') return [];
    return (seen.groups[0]?.steps ?? []).map((step) => ({ ...step, from: step.from + deltaMs, to: step.to + deltaMs }));
  }

  test('forgets what was read, since its times mean nothing any more', () => {
    const { state } = failing();
    expect(rebase(state, -1_000).ledgers.size).toBe(0);
    expect(rebase(state, -1_000).evaluatedAt).toBe((state.evaluatedAt ?? NaN) - 1_000);
    const { state: calm } = new Simulation({ traffic: fault }).runUntil(9 * minute);
    const heldSince = (of: typeof calm) => [...of.scopes.values()][0]?.heldSince;
    expect(heldSince(rebase(calm, -1_000))).toBe((heldSince(calm) ?? NaN) - 1_000);
  });
});
