import { describe, expect, test } from '@jest/globals';
import { MappingType, type Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { catalogue } from '../../../src/adapters/metrics/catalogue.ts';
import { annotationsOf, panelsOf, shipped, targetsOf } from './shipped.ts';

/** Pixels of a panel of so many columns, inside its border, on a screen that is 1400 wide. */
const inside = (columns: number): number => (columns * 1400) / 24 - 10;
/** What a letter of a title takes at most, and what stands around the title. */
const letter = 8.4;
const besideTitle = 14;

const all = shipped();
const each = all.flatMap(({ file, dashboard }) =>
  panelsOf(dashboard).map((panel): [string, Panel] => [`${file}: ${panel.title}`, panel]),
);
const tables = each.filter(([, { type }]) => type === 'table');

test.each(each)('the title of %s is not cut off', (_, { title = '', gridPos, repeat }) => {
  if (repeat === undefined) expect(title.length * letter + besideTitle).toBeLessThan(inside(gridPos?.w ?? 0));
});

describe.each(tables)('the table %s', (_, panel) => {
  const { defaults, overrides = [] } = panel.fieldConfig ?? {};
  /** Headings by the fields that they stand for. */
  const renamed = Object.entries(
    (panel.transformations ?? []).reduce<Readonly<Record<string, string>>>(
      (names, { id, options }) =>
        id === 'organize' ? (options as { readonly renameByName: typeof names }).renameByName : names,
      {},
    ),
  );
  const ownOf = (heading: string, property: string): readonly unknown[] =>
    overrides
      .filter(({ matcher }) => matcher.id === 'byName' && matcher.options === heading)
      .flatMap(({ properties }) => properties.filter(({ id }) => id === property).map(({ value }) => value));

  test('says nothing in a cell that is empty, where Grafana would say what the empty table means', () => {
    expect(overrides[0]).toEqual({
      matcher: { id: 'byRegexp', options: '/.*/' },
      properties: [{ id: 'noValue', value: '' }],
    });
    expect(renamed.flatMap(([, heading]) => ownOf(heading, 'noValue'))).toEqual([]);
  });

  test('shows labels as they are, also those that look like numbers', () => {
    expect(defaults?.unit).toBe('string');
    expect(renamed.length).toBeGreaterThan(0);
    for (const [field, heading] of renamed) {
      const units = ownOf(heading, 'unit');
      expect([heading, units.length]).toEqual([heading, field.startsWith('Value #') ? 1 : 0]);
    }
  });

  test('fits into its panel', () => {
    // Grafana's own least width is 150.
    const { minWidth = 150 } = (defaults?.custom ?? {}) as { readonly minWidth?: number };
    const widths = renamed.map(([, heading]) => Number(ownOf(heading, 'custom.width')[0] ?? minWidth));
    expect(widths.reduce((sum, width) => sum + width, 0)).toBeLessThanOrEqual(inside(panel.gridPos?.w ?? 0));
  });
});

test.each(each.filter(([, { type }]) => type === 'stat'))(
  '%s gives no colour of good or bad to the words that say that there is no number',
  (_, panel) => {
    expect(optionsOf(panel, MappingType.SpecialValue)).toEqual([
      { match: 'null', result: { color: 'text', index: expect.any(Number) } },
    ]);
  },
);

test('a budget that lasts for ever is a number that is said in words', () => {
  const [, panel] = each.find(([where]) => where === 'service.json: Budget lasts now') ?? [];
  if (panel === undefined) throw new Error('there is no such panel');
  const bounds = targetsOf(panel).map(({ expr }) => Number(/^clamp_max\(.*, (\d+)\)$/.exec(expr)?.[1]));
  expect(optionsOf(panel, MappingType.RangeToText)).toMatchObject(
    bounds.map((from) => ({ from, to: null, result: { text: 'for ever', color: 'green' } })),
  );
});

test('what happened now and then is drawn as bars from 0, since lines would join what is apart', () => {
  const counted = each.filter(([, panel]) =>
    targetsOf(panel).every(({ expr }) => expr.includes('increase(') && expr.includes('$__rate_interval')),
  );
  expect(counted.length).toBeGreaterThan(8);
  for (const [where, { fieldConfig }] of counted) {
    expect([where, fieldConfig?.defaults.custom]).toMatchObject([where, { drawStyle: 'bars' }]);
    expect([where, fieldConfig?.defaults.min]).toEqual([where, 0]);
  }
});

test.each([
  ['Time to detect', catalogue.timeToDetect],
  ['Time to acknowledge', catalogue.timeToAcknowledge],
  ['Time to recover', catalogue.timeToRecover],
  ['Failed-deployment recovery time', catalogue.failedDeploymentRecovery],
])(
  'the columns of %s stand side by side and are named by durations, as Prometheus 2 and 3 write the buckets',
  (name, metric) => {
    const [, panel] = each.find(([, { title }]) => title === `${name}: how they spread`) ?? [];
    expect(panel?.options).toMatchObject({ orientation: 'vertical' });
    const overrides = panel?.fieldConfig?.overrides ?? [];
    const named = (bucket: string): readonly unknown[] =>
      overrides
        .filter(({ matcher }) => new RegExp(String(matcher.options).slice(1, -1)).test(bucket))
        .flatMap(({ properties }) => properties.map(({ value }) => value));
    const buckets = metric.buckets.map(String);
    const names = [...buckets, '+Inf'].map(named);
    expect(names.filter((of) => of.length !== 1)).toEqual([]);
    expect(new Set(names.flat()).size).toBe(buckets.length + 1);
    expect(buckets.map((bucket) => named(`${bucket}.0`))).toEqual(names.slice(0, -1));
    expect(named('60')).toEqual(['1 m']);
    expect(named('28800')).toEqual(['8 h']);
  },
);

test('marks are named by labels that are never empty: Grafana would show the name of the label', () => {
  const mayBeEmpty = ['group', 'version'];
  const marks = all.flatMap(({ dashboard }) => annotationsOf(dashboard));
  expect(marks.length).toBeGreaterThan(0);
  for (const { titleFormat = '', textFormat = '' } of marks)
    for (const label of mayBeEmpty) expect(`${titleFormat} ${textFormat}`).not.toContain(`{{${label}}}`);
});

function optionsOf({ fieldConfig }: Panel, of: MappingType): readonly unknown[] {
  return (fieldConfig?.defaults.mappings ?? []).filter(({ type }) => type === of).map(({ options }) => options);
}
