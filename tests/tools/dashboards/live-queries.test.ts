import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RealServer } from '../../support/real-server.ts';
import { ask, valuesOf, type Series, type Shown, type Values } from './ask.ts';
import { mayBeEmpty } from './may-be-empty.ts';
import { queriesOf, shipped, type Shipped, type ShippedQuery } from './shipped.ts';
import { tellStory, type Told } from './story.ts';

const servers = ['prometheus', 'victoriaMetrics'] as const;
const all = shipped();
const each = all.flatMap((of) =>
  queriesOf(of).map((query): [string, Shipped, ShippedQuery] => [query.where, of, query]),
);
let told: Told | undefined;

beforeAll(async () => {
  told = await tellStory();
}, 240_000);

afterAll(async () => {
  await told?.[Symbol.asyncDispose]();
}, 30_000);

function story(): Told {
  if (told === undefined) throw new Error('the story was not told to its end');
  return told;
}

test('what may be empty is a query that there is', () => {
  const known = each.map(([where]) => where);
  expect(Object.keys(mayBeEmpty).filter((where) => !known.includes(where))).toEqual([]);
});

test('the page of Andon leads to the dashboard of each service', () => {
  for (const service of ['shop', 'kiosk', 'lost'])
    expect(story().page).toContain(`https://grafana.example.com/d/andon-service?var-service&#x3D;${service}`);
});

describe.each(servers)('on %s', (name) => {
  const values = new Map<string, Values>();
  const server = (): RealServer => story()[name];
  const shown = (): Shown => ({ from: story().from, to: story().scrapedAt[name] });

  beforeAll(async () => {
    for (const { file, dashboard } of all) {
      values.set(file, await valuesOf(server(), dashboard.templating.list ?? [], shown()));
    }
  });

  test.each(each)('%s finds something', async (where, { file }, query) => {
    const series = await ask(server(), query, values.get(file) ?? {}, shown());
    if (mayBeEmpty[where] === undefined) expect(series.length).toBeGreaterThan(0);
    // Grafana would draw NaN, where the words that stand for nothing say more.
    const drawn = series.flatMap(({ points }) => points.map(([, value]) => value));
    expect(drawn.filter((value) => value === 'NaN')).toEqual([]);
  });

  const found = async (where: string): Promise<readonly Series[]> => {
    const [, of, query] = each.find(([name]) => name === where) ?? [];
    if (of === undefined || query === undefined) throw new Error(`there is no query ${where}`);
    return await ask(server(), query, values.get(of.file) ?? {}, shown());
  };
  const number = async (where: string): Promise<number> => {
    const [one, ...others] = await found(where);
    expect(others).toEqual([]);
    return Number(one?.points.at(-1)?.[1]);
  };

  test.each([
    ['fleet.json: Services watched A', 3],
    ['fleet.json: Lines stopped A', 2],
    ['fleet.json: Not acknowledged A', 1],
    ['incident-metrics.json: Change failure rate A', 1],
    ['incident-metrics.json: Acknowledgements A', 1],
    ['incident-metrics.json: Relapses A', 1],
    ['service.json: Line A', 2],
    ['andon.json: Silences A', 1],
  ])('%s says %d', async (where, expected) => {
    expect(Math.round(await number(where))).toBe(expected);
  });

  test.each([
    ['fleet.json: Lines that stopped A', ['kiosk', 'shop']],
    // The gate of `lost` is unknown, and stays so.
    ['fleet.json: Gates that did not pass A', ['kiosk', 'lost', 'shop']],
    ['incident-metrics.json: Noise of each rule A', ['kiosk', 'shop']],
  ])('%s is of services that were in trouble, and of no other', async (where, services) => {
    const series = await found(where);
    expect(new Set(series.map(({ metric }) => metric['service']))).toEqual(new Set(services));
    expect(series).toHaveLength(services.length);
  });

  test('marks stand where the API says that incidents began, were detected and recovered', async () => {
    const incidents = story().incidents.filter(({ service }) => service === 'shop');
    expect(incidents).toHaveLength(2);
    for (const [mark, moments] of [
      ['Onset', incidents.map(({ onset }) => onset.at)],
      ['Detected', incidents.map(({ detectedAt }) => detectedAt)],
      ['Recovered', incidents.flatMap(({ recoveredAt }) => recoveredAt ?? [])],
    ] as const) {
      const series = await found(`service.json: annotation ${mark}`);
      const instants = series.map(({ points }) => Math.floor(Number(points.at(-1)?.[1])));
      expect(new Set(instants)).toEqual(new Set(moments.map((at) => Date.parse(at))));
    }
  });

  test('the band of an incident goes from its onset by its detection to its recovery, and ends when it closes', async () => {
    const closed = story().incidents.find(({ service, phase }) => service === 'shop' && phase === 'closed');
    const bands = await found('service.json: Incidents: onset, detection, recovery A');
    const points = bands.find(({ metric }) => metric['incident'] === closed?.id)?.points ?? [];
    const isIn = points.filter(([, value]) => value !== '0');
    const phases = isIn.map(([, value]) => value);
    expect(points.length).toBeGreaterThan(phases.length);
    expect(phases).toEqual(phases.toSorted());
    expect(new Set(phases)).toEqual(new Set(['1', '2', '3']));
    const [first = 0, last = 0] = [isIn[0]?.[0], isIn.at(-1)?.[0]];
    expect(first * 1000).toBeGreaterThanOrEqual(Date.parse(closed?.onset.at ?? ''));
    expect(last * 1000).toBeLessThan(Date.parse(closed?.closedAt ?? ''));
  });
});
