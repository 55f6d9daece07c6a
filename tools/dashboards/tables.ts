import { TableSortByFieldStateBuilder } from '@grafana/grafana-foundation-sdk/common';
import type {
  DataTransformerConfig,
  DynamicConfigValue,
  ThresholdsConfigBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as TablePanel } from '@grafana/grafana-foundation-sdk/table';
import { byThresholds, mapping, plain, type StateWords } from './colours.ts';
import { dress, refIdAt, type PanelFacts } from './dress.ts';
import type { CellLink } from './links.ts';
import { rows } from './queries.ts';

interface Cell {
  /** Heading. */
  readonly name: string;
  readonly width?: number;
  readonly link?: CellLink;
  /** A word instead of what stands in it, such as an address. */
  readonly shownAs?: string;
}

/** A column that shows a label. */
export interface LabelColumn extends Cell {
  readonly label: string;
}

/** A column that shows what a query says of each row; its labels must be among those of the first query. */
export interface ValueColumn extends Cell {
  readonly expr: string;
  readonly unit: string;
  readonly decimals?: number;
  readonly words?: StateWords;
  readonly thresholds?: ThresholdsConfigBuilder;
}

export interface TableFacts extends Omit<PanelFacts, 'queries' | 'unit'> {
  /** Names the rows; its value is not shown. */
  readonly base: string;
  readonly labels: readonly LabelColumn[];
  readonly values: readonly ValueColumn[];
  /** Heading to sort by, the largest first. */
  readonly sortBy?: string;
}

/** A table with one row for each series of `base`, joined with what other queries say of the same labels. */
export function table(facts: TableFacts): TablePanel {
  const { base, labels, values } = facts;
  const queries = [base, ...values.map(({ expr }) => expr)].map(rows);
  // Any other unit would make numbers of labels that look like one: 1.20 Mil of the version 1200000.
  const panel = dress(new TablePanel(), { ...facts, unit: 'string', queries })
    .thresholds(plain())
    .minWidth(90)
    .colorScheme(byThresholds())
    .transformations(transformations(labels, values))
    .filterable(true)
    // What the whole table says when it has no rows, Grafana would say in each cell that is empty, too.
    .overrideByRegexp('/.*/', [{ id: 'noValue', value: '' }]);
  if (facts.sortBy !== undefined)
    panel.sortBy([new TableSortByFieldStateBuilder().displayName(facts.sortBy).desc(true)]);
  for (const column of labels) panel.overrideByName(column.name, cellLook(column));
  for (const column of values) panel.overrideByName(column.name, [...cellLook(column), ...valueLook(column)]);
  return panel;
}

/** Puts the answers side by side and names the columns. */
function transformations(labels: readonly LabelColumn[], values: readonly ValueColumn[]): DataTransformerConfig[] {
  const renamed = [
    ...labels.map(({ label, name }) => [label, name]),
    ...values.map(({ name }, index) => [`Value #${refIdAt(index + 1)}`, name]),
  ];
  const indexByName = Object.fromEntries(renamed.map(([field], index) => [field, index]));
  // Grafana names the value after the query only where there are several.
  const excludeByName = { Time: true, Value: true, 'Value #A': true };
  return [
    { id: 'merge', options: {} },
    { id: 'organize', options: { excludeByName, indexByName, renameByName: Object.fromEntries(renamed) } },
  ];
}

function cellLook({ link, width, shownAs }: Cell): DynamicConfigValue[] {
  return [
    ...(width === undefined ? [] : [{ id: 'custom.width', value: width }]),
    ...(link === undefined ? [] : [{ id: 'links', value: [link] }]),
    ...(shownAs === undefined
      ? []
      : [
          {
            id: 'mappings',
            value: [{ type: 'regex', options: { pattern: '.+', result: { text: shownAs, index: 0 } } }],
          },
        ]),
  ];
}

function valueLook({ unit, decimals, words, thresholds }: ValueColumn): DynamicConfigValue[] {
  const isColoured = words !== undefined || thresholds !== undefined;
  return [
    { id: 'unit', value: unit },
    ...(decimals === undefined ? [] : [{ id: 'decimals', value: decimals }]),
    ...(words === undefined ? [] : [{ id: 'mappings', value: [mapping(words)] }]),
    ...(thresholds === undefined ? [] : [{ id: 'thresholds', value: thresholds.build() }]),
    ...(isColoured ? [{ id: 'custom.cellOptions', value: { type: 'color-text' } }] : []),
  ];
}
