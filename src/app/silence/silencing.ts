import type { Exclusion } from '../../domain/budget/exclusions.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import type { SilencedBy } from '../../domain/incident/silenced-by.ts';
import { maintenanceAt } from '../../domain/silence/maintenance.ts';
import { silencingOf } from '../../domain/silence/silence.ts';
import type { SilenceBook } from './silence-book.ts';

export interface SilencingParts {
  readonly book: Pick<SilenceBook, 'silences'>;
  /** The maintenance that the rule file of a service declares; none where it is not watched. */
  readonly maintenanceOf: (service: string) => readonly Exclusion[];
}

/** What keeps an incident's pages back at an instant: people's silences, and maintenance. Of both, what lasts longer is named. */
export function silencing(
  { book, maintenanceOf }: SilencingParts,
  incident: Incident,
  now: number,
): SilencedBy | undefined {
  const bySilence = silencingOf(incident, book.silences(), now);
  const byMaintenance = maintenanceAt(maintenanceOf(incident.service), now);
  if (bySilence === undefined || byMaintenance === undefined) return bySilence ?? byMaintenance;
  return byMaintenance.until > bySilence.until ? byMaintenance : bySilence;
}
