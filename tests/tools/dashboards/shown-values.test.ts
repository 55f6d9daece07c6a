import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { VariableType, type Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { RealServer } from '../../support/real-server.ts';
import { ask, offered } from './ask.ts';
import { andonShown } from './expected/shown-andon.ts';
import { fleetShown } from './expected/shown-fleet.ts';
import { incidentMetricsShown } from './expected/shown-incident-metrics.ts';
import { serviceShown } from './expected/shown-service.ts';
import type { Expected } from './expected/expected.ts';
import { hour, to } from './hour.ts';
import { picked, theHour } from './picked.ts';
import { filledIn } from './promql-words.ts';
import { startSampled } from './sample-hour.ts';
import { annotationsOf, panelsOf, shipped, targetsOf } from './shipped.ts';
import { filled, shownBy } from './shown.ts';

const expected: Readonly<Record<string, Expected>> = {
  'andon.json': andonShown,
  'fleet.json': fleetShown,
  'incident-metrics.json': incidentMetricsShown,
  'service.json': serviceShown,
};
const all = shipped();
const each = all.flatMap(({ file, dashboard }) =>
  panelsOf(dashboard).map((panel): [string, string, Panel] => [file, panel.title ?? '', panel]),
);
let server: Awaited<ReturnType<typeof startSampled>> | undefined;

beforeAll(async () => {
  server = await startSampled(hour, to);
}, 60_000);

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
}, 30_000);

function sampled(): RealServer {
  if (server === undefined) throw new Error('the samples were not written');
  return server;
}

test('each panel has its place in the table of what is expected, and nothing else has', () => {
  const named = Object.entries(expected).flatMap(([file, panels]) =>
    Object.keys(panels).map((title) => `${file}: ${title}`),
  );
  expect(named.toSorted()).toEqual(each.map(([file, title]) => `${file}: ${title}`).toSorted());
  // A panel that shows nothing would prove nothing.
  expect(
    Object.values(expected).flatMap((panels) => Object.values(panels).filter(({ length }) => length === 0)),
  ).toEqual([]);
});

test.each(each)('%s: %s says what the hour was like', async (file, title, panel) => {
  const answers = await Promise.all(
    targetsOf(panel).map(async ({ refId, expr }) => [
      refId,
      await ask(sampled(), { expr, isInstant: true }, picked[file] ?? {}, theHour),
    ]),
  );
  expect(shownBy(panel, Object.fromEntries(answers), to)).toEqual(expected[file]?.[title]);
});

test('marks stand where something happened, each in its own colour and words', async () => {
  const marks = all.flatMap(({ file, dashboard }) => annotationsOf(dashboard).map((mark) => ({ file, mark })));
  const shown = marks.map(async ({ file, mark }) => {
    const { name, enable, hide, iconColor, expr = '', titleFormat = '', textFormat = '', tagKeys = '' } = mark;
    const series = await ask(sampled(), { expr, isInstant: true }, picked[file] ?? {}, theHour);
    const says = series
      .map(({ metric, points }) => {
        const before = (to - Number(points.at(-1)?.[1])) / 1000;
        const tags = tagKeys.split(',').map((label) => metric[label]);
        return `${before} s ago: ${filled(titleFormat, metric)}. ${filled(textFormat, metric)} [${tags.join(', ')}]`;
      })
      .toSorted();
    return [`${file}: ${name}, ${iconColor}${enable ? '' : ', off'}${hide === true ? ', hidden' : ''}`, says];
  });
  expect(Object.fromEntries(await Promise.all(shown))).toEqual({
    'service.json: Onset, orange': [
      '3000 s ago: Onset: rule-i0. Incident i0 (page): it began, as Andon infers from the data [page, rule-i0]',
      '400 s ago: Onset: rule-i5. Incident i5 (page): it began, as Andon infers from the data [page, rule-i5]',
      '500 s ago: Onset: rule-i2. Incident i2 (ticket): it began, as Andon infers from the data [ticket, rule-i2]',
      '900 s ago: Onset: rule-i1. Incident i1 (page): it began, as Andon infers from the data [page, rule-i1]',
    ],
    'service.json: Detected, red': [
      '2900 s ago: Detected: rule-i0. Incident i0 (page): Andon stopped the line [page, rule-i0]',
      '370 s ago: Detected: rule-i5. Incident i5 (page): Andon stopped the line [page, rule-i5]',
      '450 s ago: Detected: rule-i2. Incident i2 (ticket): Andon stopped the line [ticket, rule-i2]',
      '840 s ago: Detected: rule-i1. Incident i1 (page): Andon stopped the line [page, rule-i1]',
    ],
    'service.json: Recovered, green': [
      '100 s ago: Recovered: rule-i2. Incident i2 (ticket): service was back, as the end state proved [ticket, rule-i2]',
      '2000 s ago: Recovered: rule-i0. Incident i0 (page): service was back, as the end state proved [page, rule-i0]',
    ],
    'service.json: Change, blue': [
      '1000 s ago: deployment c1. deployment c1 began [v-c1]',
      '600 s ago: flag c2. flag c2 began [v-c2]',
    ],
    'service.json: Change ended, light-blue': ['880 s ago: deployment c1. deployment c1 ended [v-c1]'],
  });
});

describe('variables', () => {
  // Those of services and Andons that nobody picked in the hour are offered, too.
  const withOthers = (...names: readonly string[]): readonly string[] =>
    names.flatMap((name) => [name, `${name}-less`, `${name}-more`]);
  const owners = ['team-kiosk', 'team-lost', 'team-shop'];
  const ofOwner = { datasource: 'prometheus', owner: owners, service: withOthers('shop') };

  test.each([
    ['fleet.json', ofOwner],
    ['service.json', { ...ofOwner, share: ['latency', 'success_rate'], gauge: ['queue'] }],
    ['incident-metrics.json', { ...ofOwner, severity: ['page', 'ticket'] }],
    ['andon.json', { datasource: 'prometheus', job: ['andon'], instance: withOthers('a', 'b') }],
  ])('%s offers what they are named for', async (file, variables) => {
    const list = all.find((each) => each.file === file)?.dashboard.templating.list ?? [];
    const pick = { owner: 'team-shop', service: 'shop', job: 'andon' };
    const said = list.map(async ({ name, type, query, definition }): Promise<[string, unknown]> => {
      if (type === VariableType.Datasource) return [name, query];
      expect(query).toMatchObject({ query: definition });
      return [name, (await offered(sampled(), filledIn(definition ?? '', pick), theHour)).toSorted()];
    });
    expect(Object.fromEntries(await Promise.all(said))).toEqual(variables);
  });
});
