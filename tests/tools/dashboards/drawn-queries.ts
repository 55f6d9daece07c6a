import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { lookOf, type Look } from './look.ts';
import { panelsOf, shipped, targetsOf, type ShippedTarget } from './shipped.ts';
import { organizeOf } from './shown-table.ts';

/** A query of a panel or a column, and how what it says is dressed. */
export interface DrawnQuery {
  /** Such as `fleet.json: Services, Gate`, or `fleet.json: Lines stopped`. */
  readonly where: string;
  readonly panel: Panel;
  readonly target: ShippedTarget;
  readonly look: Look;
}

/** All queries whose values are shown; the first of a table only names its rows. */
export const drawnQueries: readonly DrawnQuery[] = shipped().flatMap(({ file, dashboard }) =>
  panelsOf(dashboard).flatMap((panel) => targetsOf(panel).flatMap((target) => drawn(file, panel, target))),
);

function drawn(file: string, panel: Panel, target: ShippedTarget): readonly DrawnQuery[] {
  const where = `${file}: ${panel.title}`;
  const look = (called: string): Look => lookOf(panel.fieldConfig, called);
  if (panel.type !== 'table') return [{ where, panel, target, look: look(target.legendFormat ?? '') }];
  const column = organizeOf(panel).renameByName[`Value #${target.refId}`];
  return column === undefined ? [] : [{ where: `${where}, ${column}`, panel, target, look: look(column) }];
}
