import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AnnotationQuery, Dashboard, Panel, RowPanel } from '@grafana/grafana-foundation-sdk/dashboard';

/** A dashboard as its file holds it. */
export interface Shipped {
  readonly file: string;
  readonly dashboard: Dashboard;
}

/** A query as a panel holds it. */
export interface ShippedTarget {
  readonly refId: string;
  readonly expr: string;
  readonly instant?: boolean;
  readonly range?: boolean;
  readonly format?: string;
  readonly legendFormat?: string;
  readonly datasource?: unknown;
}

/** A query of a panel, an annotation or a table, and where it stands. */
export interface ShippedQuery {
  readonly where: string;
  readonly expr: string;
  /** Whether it is asked for one instant, and not for a stretch. */
  readonly isInstant: boolean;
  readonly legend: string;
}

const folder = fileURLToPath(new URL('../../../dashboards/', import.meta.url));

export function shippedText(file: string): string {
  return readFileSync(join(folder, file), 'utf8');
}

/** What a Grafana would be given. */
export function shipped(): readonly Shipped[] {
  return readdirSync(folder).map((file) => ({ file, dashboard: JSON.parse(shippedText(file)) as Dashboard }));
}

export function panelsOf({ panels = [] }: Dashboard): readonly Panel[] {
  return panels.filter((panel): panel is Panel => panel.type !== 'row');
}

export function isRow(panel: Panel | RowPanel): panel is RowPanel {
  return panel.type === 'row';
}

export function targetsOf({ targets = [] }: Panel): readonly ShippedTarget[] {
  return targets as unknown as readonly ShippedTarget[];
}

export function annotationsOf({ annotations }: Dashboard): readonly AnnotationQuery[] {
  return annotations.list ?? [];
}

export function queriesOf({ file, dashboard }: Shipped): readonly ShippedQuery[] {
  const ofPanels = panelsOf(dashboard).flatMap((panel) =>
    targetsOf(panel).map(({ refId, expr, instant = false, legendFormat = '' }) => ({
      where: `${file}: ${panel.title} ${refId}`,
      expr,
      isInstant: instant,
      legend: legendFormat,
    })),
  );
  const ofAnnotations = annotationsOf(dashboard).map(({ name, expr = '', textFormat = '', titleFormat = '' }) => ({
    where: `${file}: annotation ${name}`,
    expr,
    isInstant: false,
    legend: `${titleFormat} ${textFormat}`,
  }));
  return [...ofPanels, ...ofAnnotations];
}
