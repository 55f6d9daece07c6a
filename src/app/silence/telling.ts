import type { Incident } from '../../domain/incident/incident.ts';
import type { SilencedBy } from '../../domain/incident/silenced-by.ts';
import type { FlappingPolicy } from '../../domain/notification/flapping.ts';
import type { Grouping, GroupingPolicy } from '../../domain/notification/grouping.ts';
import { nothingHeld, type HoldingPolicy } from '../../domain/notification/hold-back.ts';
import type { Service } from '../../domain/service/service.ts';
import type { Channel } from '../ports/channel.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Store } from '../ports/store.ts';
import type { IncidentBook } from '../recording/incident-book.ts';
import { createSilenceActs } from './silence-acts.ts';
import type { SilenceBook } from './silence-book.ts';
import { createSilenceDesk, type SilenceDesk } from './silence-desk.ts';
import { silencing } from './silencing.ts';
import { TellingWatch, type TellingWatchParts } from './telling-watch.ts';

/** What settings and rule files say of who is told. */
export interface TellingConfigured {
  readonly services: readonly Service[];
  readonly channels: readonly Channel[];
  readonly grouping?: Grouping;
  readonly flapping?: FlappingPolicy;
}

export interface TellingParts {
  readonly store: Pick<Store, 'commit'>;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  readonly log: Log;
  readonly book: SilenceBook;
  readonly incidents: Pick<IncidentBook, 'all' | 'list'>;
}

/** What keeps pages back, by the log and by what is configured now, and what people do about it. */
export class Telling {
  readonly desk: SilenceDesk;
  readonly #parts: TellingParts;
  #services: ReadonlyMap<string, Service> = new Map();
  #policy: Pick<HoldingPolicy, 'grouping' | 'flapping'> = nothingHeld;
  #watch: TellingWatch | undefined;

  constructor(parts: TellingParts) {
    this.#parts = parts;
    const watched = (): ReadonlySet<string> => new Set(this.#services.keys());
    const acts = createSilenceActs({ ...parts, watched, ended: () => this.#watch?.wake() });
    this.desk = createSilenceDesk({ ...parts, acts, silencing: (incident, now) => this.#silencing(incident, now) });
  }

  /** Takes over what is configured now. */
  use({ services, channels, grouping, flapping = nothingHeld.flapping }: TellingConfigured): void {
    this.#services = new Map(services.map((service) => [service.name, service]));
    const each = new Set(channels.filter(({ toldOfEach }) => toldOfEach === true).map(({ name }) => name));
    this.#policy = {
      flapping,
      grouping: grouping === undefined ? nothingHeld.grouping : this.#groupingOf(grouping, each),
    };
  }

  holding(): HoldingPolicy {
    return { ...this.#policy, silencing: (incident, now) => this.#silencing(incident, now) };
  }

  /** What tells what was kept back, once it is started. */
  watch(incidents: Pick<TellingWatchParts, 'recorder' | 'channelsOf' | 'isKnown' | 'standingOf'>): TellingWatch {
    this.#watch = new TellingWatch({ ...this.#parts, ...incidents, holding: () => this.holding() });
    return this.#watch;
  }

  #silencing(incident: Incident, now: number): SilencedBy | undefined {
    const maintenanceOf = (service: string) => this.#services.get(service)?.maintenance ?? [];
    return silencing({ book: this.#parts.book, maintenanceOf }, incident, now);
  }

  #groupingOf({ by, withinMs, everyMs }: Grouping, each: ReadonlySet<string>): GroupingPolicy {
    const valueOf = (incident: Incident, name: string): string | undefined => {
      switch (name) {
        case 'owner':
          return incident.owner;
        case 'service':
          return incident.service;
        case 'source':
          return this.#services.get(incident.service)?.source;
        default:
          return new Map(Object.entries({ ...incident.labels, ...incident.group })).get(name);
      }
    };
    return {
      withinMs,
      everyMs,
      keyOf(incident) {
        const values = by.map((name) => valueOf(incident, name));
        // What nobody said anything of is not alike: two services without an owner are not one outage for that.
        return values.includes(undefined) ? incident.id : JSON.stringify(values);
      },
      isGrouped: (channel) => !each.has(channel),
    };
  }
}
