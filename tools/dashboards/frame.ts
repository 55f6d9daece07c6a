import type * as cog from '@grafana/grafana-foundation-sdk/cog';
import {
  DashboardBuilder,
  DashboardCursorSync,
  RowBuilder,
  type AnnotationQuery,
  type Dashboard,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboardLinks, tag } from './links.ts';
import type { AnyPanel } from './panels.ts';

/** A heading, and the panels under it in lines of 24 columns. */
export interface Section {
  readonly title: string;
  readonly panels: readonly AnyPanel[];
}

export interface DashboardFacts {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** How far back it looks at first, such as `now-6h`. */
  readonly from: string;
  /** How often it asks again. Default `30s`. */
  readonly refresh?: string;
  readonly variables: readonly cog.Builder<VariableModel>[];
  readonly annotations?: readonly cog.Builder<AnnotationQuery>[];
  readonly sections: readonly Section[];
}

/** That of Grafana 10.0. Later ones migrate it by themselves, while an earlier one may not know what a later schema says. */
const schemaVersion = 38;

/** A dashboard with all that they have in common; panels are numbered in the order in which they stand. */
export function frame(facts: DashboardFacts): Dashboard {
  const { uid, title, description, from, refresh = '30s', variables, annotations = [], sections } = facts;
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags([tag])
    .time({ from, to: 'now' })
    .refresh(refresh)
    .tooltip(DashboardCursorSync.Crosshair)
    .variables([...variables])
    .annotations([...annotations])
    .links([...dashboardLinks(uid)]);
  let id = 0;
  for (const { title: heading, panels } of sections) {
    builder.withRow(new RowBuilder(heading).id(++id));
    for (const panel of panels) {
      panel.id(++id);
      builder.withPanel(panel);
    }
  }
  const { links = [], annotations: marks, ...built } = builder.build();
  return {
    ...built,
    schemaVersion,
    annotations: { list: (marks.list ?? []).map(inSight) },
    links: links.map(inSight),
  };
}

/** The SDK puts everything into a menu, where nobody sees it, of Grafana 12.3 and later; others do not know it. */
function inSight<T extends object>(shown: T): T {
  return Object.fromEntries(Object.entries(shown).filter(([key]) => key !== 'placement')) as T;
}
