import type { Incident } from '../../domain/incident/incident.ts';
import type { SilencedBy } from '../../domain/incident/silenced-by.ts';
import { isAbout, isStanding, type Silence } from '../../domain/silence/silence.ts';
import type { Clock } from '../ports/clock.ts';
import type { IncidentBook } from '../recording/incident-book.ts';
import type { SilenceActs } from './silence-acts.ts';
import type { SilenceBook } from './silence-book.ts';

/** A silence so near its end is worth a look when incidents burn under it, ms. */
const soonMs = 15 * 60_000;

/** A silence, and what it keeps back this moment. */
export interface SilenceView {
  readonly silence: Silence;
  readonly isStanding: boolean;
  /** Open incidents that it is about, newest first. */
  readonly incidents: readonly string[];
  /** Incidents burn under it, and it ends within a quarter of an hour: then they page. */
  readonly pagesSoon: boolean;
}

/** Where people keep pages back, and see what is kept back. */
export interface SilenceDesk {
  /** The silences that stand or are to come, the first to end first. */
  silences(): readonly SilenceView[];
  /** How many silences stand. */
  standing(): number;
  /** What keeps an incident's pages back this moment. */
  of(incident: Incident): SilencedBy | undefined;
  readonly acts: SilenceActs;
}

export interface SilenceDeskParts {
  readonly acts: SilenceActs;
  readonly book: SilenceBook;
  readonly incidents: Pick<IncidentBook, 'list'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly silencing: (incident: Incident, now: number) => SilencedBy | undefined;
}

export function createSilenceDesk({ acts, book, incidents, clock, silencing }: SilenceDeskParts): SilenceDesk {
  return {
    acts,
    of: (incident) => silencing(incident, clock.now()),
    standing() {
      const now = clock.now();
      return [...book.silences().values()].filter((silence) => isStanding(silence, now)).length;
    },
    silences() {
      const now = clock.now();
      const open = incidents.list({ phase: 'open', limit: Number.MAX_SAFE_INTEGER });
      const left = [...book.silences().values()].filter(({ until }) => now < until);
      left.sort((a, b) => a.until - b.until || (a.id < b.id ? -1 : 1));
      return left.map((silence) => {
        const stands = isStanding(silence, now);
        const burning = stands ? open.filter((each) => isAbout(silence.matcher, each)).map(({ id }) => id) : [];
        const pagesSoon = burning.length > 0 && silence.until - now <= soonMs;
        return { silence, isStanding: stands, incidents: burning, pagesSoon };
      });
    },
  };
}
