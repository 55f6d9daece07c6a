import { describe, expect, test } from '@jest/globals';
import { actionOf, decideGate, type GateFacts, type GateScope } from '../../../src/domain/gate/decide-gate.ts';
import type { Freeze } from '../../../src/domain/gate/freeze.ts';
import type { GateAnswer } from '../../../src/domain/gate/gate-answer.ts';
import { everyService } from '../../../src/domain/gate/gate-event.ts';
import { judge } from '../../../src/domain/reading/verdict.ts';
import { defaultGatePolicy, type GatePolicy } from '../../../src/domain/service/gate-policy.ts';

const now = Date.UTC(2026, 7, 22, 2, 20);
const minute = 60_000;
const target = { signal: 'success_rate', bound: 'atLeast', value: 0.999, overMs: minute, unit: 'ratio' } as const;

function reads(value: number | undefined) {
  return value === undefined
    ? judge(target, { kind: 'unknown', reason: 'no-data', detail: 'no series' })
    : judge(target, { kind: 'value', value, sampleAt: now, good: value * 1000, total: 1000 });
}

const fine: GateScope = { group: {}, verdicts: [reads(1)] };
const incident = {
  id: 'checkout-20260822T020711Z',
  severity: 'page',
  rules: ['payments-failing'],
  onsetAt: Date.UTC(2026, 7, 22, 2, 7),
} as const;
const broken: GateScope = { group: {}, verdicts: [reads(0.912)], incident };
const freeze: Freeze = {
  id: 'f1',
  service: 'checkout',
  by: 'ada',
  reason: 'the database is being moved',
  at: now - minute,
  liftsWhen: 'by-hand',
};

function facts(
  changes: Partial<Omit<GateFacts, 'watched'>> & {
    readonly scopes?: readonly GateScope[];
    readonly policy?: Partial<GatePolicy>;
    readonly remaining?: number | null;
    readonly dataAgeMs?: number | null;
  } = {},
): GateFacts {
  const { scopes = [fine], policy = {}, remaining, dataAgeMs = 4_000, ...rest } = changes;
  const budgets =
    remaining === undefined ? [] : [{ budget: 'availability', group: {}, remaining: remaining ?? undefined }];
  return {
    service: 'checkout',
    watched: {
      policy: { ...defaultGatePolicy, ...policy },
      staleAfterMs: 60_000,
      scopes,
      budgets,
      ...(dataAgeMs === null ? {} : { dataAgeMs }),
    },
    freezes: [],
    dependencies: [],
    ...rest,
  };
}

const said = ({ state, action, reason }: GateAnswer) => `${state} ${action} ${reason}`;

describe('a gate', () => {
  test.each<[string, GateFacts, string]>([
    ['passes while the end state holds', facts(), 'pass go end-state-holds'],
    [
      'warns while a target is missed and no rule has fired',
      facts({ scopes: [{ group: {}, verdicts: [reads(0.99)] }] }),
      'warn go target-missed',
    ],
    ['stops while an incident is open', facts({ scopes: [broken] }), 'stop abort incident-open'],
    [
      'stops for one group of many',
      facts({ scopes: [fine, { ...broken, group: { region: 'eu' } }] }),
      'stop abort incident-open',
    ],
    [
      'warns while an incident is watched for a relapse',
      facts({ scopes: [{ ...fine, incident: { ...incident, watchedUntil: now + minute } }] }),
      'warn go watching',
    ],
    [
      'does not know without data',
      facts({ scopes: [{ group: {}, verdicts: [reads(undefined)] }] }),
      'unknown wait data-missing',
    ],
    [
      'does not know while a rule that pages cannot be decided',
      facts({ scopes: [{ ...fine, undecided: [{ rule: 'burns', severity: 'page' }] }] }),
      'unknown wait rule-unknown',
    ],
    [
      'warns, and holds nothing back, while one that writes a ticket cannot',
      facts({ scopes: [{ ...fine, undecided: [{ rule: 'burns', severity: 'ticket' }] }] }),
      'warn go rule-unknown',
    ],
    [
      'does not know so while an incident is watched, either',
      facts({
        scopes: [
          {
            ...fine,
            incident: { ...incident, watchedUntil: now + minute },
            undecided: [{ rule: 'burns', severity: 'page' }],
          },
        ],
      }),
      'unknown wait rule-unknown',
    ],
    ['does not know a service whose series are all gone', facts({ scopes: [] }), 'unknown wait data-missing'],
    [
      'does not know a group that was not judged',
      facts({ scopes: [fine, { group: { region: 'eu' }, verdicts: [] }] }),
      'unknown wait data-missing',
    ],
    ['does not know what was not evaluated yet', facts({ scopes: [], dataAgeMs: null }), 'unknown wait not-evaluated'],
    ['does not know what is too old', facts({ dataAgeMs: 61_000 }), 'unknown wait data-stale'],
    [
      'aborts for missing data where the service says so',
      facts({ dataAgeMs: null, policy: { onUnknown: 'stop' } }),
      'unknown abort not-evaluated',
    ],
    [
      'lets pass with a word where the service says so',
      facts({ dataAgeMs: null, policy: { onUnknown: 'warn' } }),
      'unknown go not-evaluated',
    ],
    ['stops while it is frozen', facts({ freezes: [freeze] }), 'stop abort frozen'],
    [
      'stops while everything is frozen',
      facts({ freezes: [{ ...freeze, service: everyService }] }),
      'stop abort frozen',
    ],
  ])('%s', (_, given, expected) => {
    expect(said(decideGate(given, now))).toBe(expected);
  });

  test('says what it does not know when it passes', () => {
    const answer = decideGate(facts({ remaining: null }), now);
    expect(said(answer)).toBe('pass go end-state-holds');
    expect(answer.words).toMatch(/; how much is left of its error budget \(availability\) is not known yet$/);
  });

  test('does not know a service that is not watched, and waits', () => {
    const answer = decideGate({ service: 'chekout', freezes: [], dependencies: [] }, now);
    expect(said(answer)).toBe('unknown wait unknown-service');
    expect(answer.words).toBe('no service named chekout is watched: check the name, or declare it in a rule file');
  });

  test('says the worst first, and all the rest behind it', () => {
    const answer = decideGate(facts({ scopes: [broken], freezes: [freeze], remaining: 0.05 }), now);
    expect(answer.findings.map(({ state, reason }) => `${state} ${reason}`)).toEqual([
      'stop frozen',
      'stop incident-open',
      'warn budget-low',
    ]);
    expect(answer.words).toBe('ada stopped the line of checkout: the database is being moved');
  });

  test('speaks in sentences that name the incident, its rules and its onset', () => {
    const { words, findings } = decideGate(facts({ scopes: [broken] }), now);
    expect(words).toBe(
      'checkout is off since 02:07:00 UTC (payments-failing): incident checkout-20260822T020711Z is open',
    );
    expect(findings).toHaveLength(1);
  });

  test('tells a relapse by when it was off again', () => {
    const again = { ...broken, incident: { ...incident, again: true } };
    expect(decideGate(facts({ scopes: [again] }), now).words).toBe(
      'checkout is off again since 02:07:00 UTC (payments-failing): incident checkout-20260822T020711Z is open',
    );
  });

  test('knows when it may change by time alone', () => {
    const answer = decideGate(
      facts({
        freezes: [
          { ...freeze, until: now + 2 * minute },
          { ...freeze, until: now + minute },
        ],
      }),
      now,
    );
    expect(answer.until).toBe(now + minute);
    expect(answer.words).toBe('ada stopped the line of checkout until 02:22:00 UTC: the database is being moved');
  });
});

describe('an error budget', () => {
  const policy = { budgets: { warnBelow: 0.5, holdBelow: 0.1, stopBelow: 0 } };
  test.each<[number | null, string]>([
    [1, 'pass go end-state-holds'],
    [0.500001, 'pass go end-state-holds'],
    [0.5, 'warn go budget-low'],
    [0.1, 'hold wait budget-low'],
    [0.0001, 'hold wait budget-low'],
    [0, 'stop abort budget-low'],
    [-3, 'stop abort budget-low'],
    [null, 'unknown wait budget-unknown'],
  ])('of which %d is left says %s', (remaining, expected) => {
    expect(said(decideGate(facts({ policy, remaining }), now))).toBe(expected);
  });

  test('that runs out is only said where no policy is declared', () => {
    expect(said(decideGate(facts({ remaining: -1 }), now))).toBe('warn go budget-low');
    expect(said(decideGate(facts({ remaining: null }), now))).toBe('pass go end-state-holds');
  });

  test.each([
    [0.031, 'checkout: the error budget availability has 3.1% left, at or below 10%'],
    [0.1, 'checkout: the error budget availability has 10% left, at or below 10%'],
    [0.099999, 'checkout: the error budget availability has 10% left, at or below 10%'],
    [0, 'checkout: the error budget availability is spent'],
    [-0.25, 'checkout: the error budget availability is spent and overspent by 25%'],
    [-0.10549, 'checkout: the error budget availability is spent and overspent by 10.6%'],
  ])('of which %d is left is said as "%s"', (remaining, words) => {
    expect(decideGate(facts({ policy: { budgets: { holdBelow: 0.1 } }, remaining }), now).words).toBe(words);
  });
});

describe('a dependency', () => {
  const stopped = decideGate({ ...facts({ scopes: [broken] }), service: 'payments' }, now);
  test.each(['warn', 'hold', 'stop'] as const)(
    'that is stopped makes the gate %s where the rule file says so',
    (whenStopped) => {
      const answer = decideGate(
        facts({ policy: { dependsOn: [{ service: 'payments', whenStopped }] }, dependencies: [stopped] }),
        now,
      );
      expect([answer.state, answer.reason]).toEqual([whenStopped, 'dependency']);
      expect(answer.words).toMatch(
        /^it depends on payments, whose line is stopped: payments is off since 02:07:00 UTC/,
      );
    },
  );

  test('whose data is missing says nothing about this service', () => {
    const unknown = decideGate({ ...facts({ dataAgeMs: null }), service: 'payments' }, now);
    const answer = decideGate(
      facts({ policy: { dependsOn: [{ service: 'payments', whenStopped: 'stop' }] }, dependencies: [unknown] }),
      now,
    );
    expect(answer.state).toBe('pass');
  });
});

describe('a fix', () => {
  const remedy = { change: 'deploy-42', incident: incident.id, by: 'ada', reason: 'reverts 41' };

  test('of the open incident passes, and it is said who takes it upon them', () => {
    const answer = decideGate(facts({ scopes: [broken], remedy, freezes: [freeze] }), now);
    expect(said(answer)).toBe('pass go remedy');
    expect(answer.passage).toEqual({ kind: 'remedy', by: 'ada', reason: 'reverts 41', incident: incident.id });
    expect(answer.words).toBe(
      'it remedies incident checkout-20260822T020711Z, says ada: reverts 41 (otherwise stop: ada stopped the line of checkout: the database is being moved)',
    );
  });

  test('of the incident of a dependency passes too', () => {
    const stopped = decideGate({ ...facts({ scopes: [broken] }), service: 'payments' }, now);
    const policy = { dependsOn: [{ service: 'payments', whenStopped: 'stop' as const }] };
    expect(said(decideGate(facts({ policy, dependencies: [stopped], remedy }), now))).toBe('pass go remedy');
  });

  test.each<[string, GateFacts]>([
    ['another incident', facts({ scopes: [broken], remedy: { ...remedy, incident: 'cart-20260822T020711Z' } })],
    ['an incident, while a person holds the line and there is none', facts({ freezes: [freeze], remedy })],
  ])('of %s does not pass', (_, given) => {
    expect(decideGate(given, now)).toMatchObject({ action: 'abort' });
  });

  test('needs no leave while the gate passes anyway', () => {
    expect(decideGate(facts({ remedy }), now)).not.toHaveProperty('passage');
  });
});

describe('an override', () => {
  const override = {
    id: 'o1',
    service: 'checkout',
    by: 'grace',
    reason: 'customs deadline',
    at: now,
    until: now + minute,
  };

  test('lets pass whatever is seen, until it ends', () => {
    const answer = decideGate(facts({ scopes: [broken], override }), now);
    expect(said(answer)).toBe('pass go overridden');
    expect(answer.until).toBe(now + minute);
    expect(answer.findings.map(({ reason }) => reason)).toEqual(['overridden', 'incident-open']);
  });
});

describe('the action', () => {
  test('is never to go while nothing is known, unless the service says so', () => {
    expect(actionOf('unknown', 'hold')).toBe('wait');
    expect(actionOf('unknown', 'stop')).toBe('abort');
    expect(actionOf('unknown', 'warn')).toBe('go');
  });
});

test('what cannot be decided while an incident is open says nothing new', () => {
  const { findings } = decideGate(
    facts({ scopes: [{ ...broken, undecided: [{ rule: 'burns', severity: 'page' }] }] }),
    now,
  );
  expect(findings.map(({ reason }) => reason)).toEqual(['incident-open']);
});
