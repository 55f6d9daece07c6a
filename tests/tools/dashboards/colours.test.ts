import { describe, expect, test } from '@jest/globals';
import { MappingType } from '@grafana/grafana-foundation-sdk/dashboard';
import { drawnQueries, type DrawnQuery } from './drawn-queries.ts';

const worse = ['green', 'yellow', 'orange', 'red'];
/** Where much is good, with the bounds at which a colour changes. */
const lessIsWorse: Readonly<Record<string, readonly number[]>> = {
  'andon.json: Rules and settings taken': [1],
  'fleet.json: Services, Budget left': [0.000_001, 0.25],
  'fleet.json: Error budget left': [0.000_001, 0.25],
  'service.json: Budget left': [0.000_001, 0.25],
  'service.json: Error budget left': [0.000_001, 0.25],
  // A day, a week.
  'service.json: Budget lasts now': [86_400, 604_800],
  'service.json: Budget lasts': [86_400, 604_800],
  'service.json: Coverage of the period': [0.9],
};
/** Where much is bad, but for what is bad from the first on. */
const moreIsWorse: Readonly<Record<string, readonly number[]>> = {
  'fleet.json: Services, Fastest burn': [1, 14.4],
  'fleet.json: Fastest burn': [1, 14.4],
  'service.json: Burn rates': [1, 14.4],
  'incident-metrics.json: Change failure rate': [0.05, 0.15],
};

const scaled = drawnQueries
  .filter(({ look }) => (look.thresholds?.steps.length ?? 0) > 1)
  .map((query): [string, DrawnQuery] => [query.where, query]);

test.each(scaled)('%s is green where it is good, and gets no better on the way to red', (where, { look }) => {
  const steps = look.thresholds?.steps ?? [];
  const badness = steps.map(({ color }) => worse.indexOf(color));
  expect(steps.filter(({ color }) => !worse.includes(color))).toEqual([]);
  const fromGood = lessIsWorse[where] === undefined ? badness : badness.toReversed();
  expect(fromGood[0]).toBe(0);
  expect(fromGood).toEqual([...new Set(fromGood)].toSorted((a, b) => a - b));
  expect(steps.map(({ value }) => value)).toEqual([null, ...(lessIsWorse[where] ?? moreIsWorse[where] ?? [1])]);
});

test('the scales that are said here are those of panels that there are', () => {
  const known = scaled.map(([where]) => where);
  expect([...Object.keys(lessIsWorse), ...Object.keys(moreIsWorse)].filter((where) => !known.includes(where))).toEqual(
    [],
  );
});

/** The colour of each word that stands for a number. */
const colours: Readonly<Record<string, string>> = {
  moving: 'green',
  stopped: 'red',
  pass: 'green',
  warn: 'yellow',
  hold: 'orange',
  stop: 'red',
  inactive: 'green',
  pending: 'yellow',
  firing: 'red',
  unknown: 'purple',
  yes: 'green',
  no: 'red',
  well: 'green',
  degraded: 'red',
  beating: 'green',
  'silent or none': 'orange',
  ' ': 'transparent',
  'off, not seen yet': 'orange',
  detected: 'red',
  'back, watched': 'blue',
};
/** What 0 and 1 mean. */
const zeroAndOne: Readonly<Record<string, readonly [zero: string, one: string]>> = {
  andon_rules_reload_success: ['no', 'yes'],
  andon_store_degraded: ['well', 'degraded'],
  andon_heartbeat_beating: ['silent or none', 'beating'],
};

const worded = drawnQueries.flatMap(({ where, look, target }) =>
  (look.mappings ?? []).flatMap((mapping): [string, string, typeof mapping.options][] =>
    mapping.type === MappingType.ValueToText ? [[where, target.expr, mapping.options]] : [],
  ),
);

describe.each(worded)('%s', (_, expr, options) => {
  const words = Object.entries(
    options as Readonly<Record<string, { readonly text?: string; readonly color?: string }>>,
  );

  test('has a word for each number, in the colour of its meaning', () => {
    for (const [, { text = '', color }] of words) expect([text, color]).toEqual([text, colours[text]]);
  });

  test('says of each number what it stands for', () => {
    const coded = [...expr.matchAll(/(\d) \* \(\w+\{[^}]*state="(\w+)"\} == 1\)/g)].map(([, code, state]) => [
      code,
      state,
    ]);
    const asked = Object.entries(zeroAndOne).find(([metric]) => expr.includes(metric))?.[1];
    const phases = expr.includes('<= bool time()') ? [' ', 'off, not seen yet', 'detected', 'back, watched'] : [];
    const meant = [...coded, ...(asked ?? phases).map((word, code) => [String(code), word])];
    expect(words.map(([code, { text }]) => [code, text])).toEqual(meant);
  });
});
