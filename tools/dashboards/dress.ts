import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';
import type { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import type { CellLink } from './links.ts';
import { datasource } from './variables.ts';

/** What every panel says of itself. */
export interface PanelFacts {
  readonly title: string;
  /** What it shows, and what to do about it. */
  readonly description: string;
  /** As Grafana calls it: `s`, `percentunit`, `short`. */
  readonly unit: string;
  readonly queries: readonly DataqueryBuilder[];
  /** Of the 24 columns. */
  readonly width: number;
  /** Default 8. */
  readonly height?: number;
  /** What to say instead of nothing. */
  readonly noValue: string;
  /** Where a click on a series leads. */
  readonly link?: CellLink;
}

/** What the builders of all kinds of panels have in common. */
interface Dressable {
  title(title: string): this;
  description(description: string): this;
  unit(unit: string): this;
  noValue(noValue: string): this;
  span(width: number): this;
  height(height: number): this;
  datasource(of: typeof datasource): this;
  targets(targets: DataqueryBuilder[]): this;
  overrideByRegexp(pattern: string, properties: DynamicConfigValue[]): this;
}

/** The name of the query at a place: A, B, C. */
export function refIdAt(index: number): string {
  return 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.charAt(index);
}

export function dress<P extends Dressable>(panel: P, facts: PanelFacts): P {
  const { title, description, unit, noValue, width, height = 8, queries, link } = facts;
  if (link !== undefined) panel.overrideByRegexp('/.*/', [{ id: 'links', value: [link] }]);
  return panel
    .title(title)
    .description(description)
    .unit(unit)
    .noValue(noValue)
    .span(width)
    .height(height)
    .datasource(datasource)
    .targets(queries.map((query, index) => query.refId(refIdAt(index))));
}
