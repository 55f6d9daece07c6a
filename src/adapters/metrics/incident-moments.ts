import { incidentLink } from '../../domain/notification/notification-plan.ts';
import { groupKey } from '../../domain/service/group.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import type { Severity } from '../../domain/service/severity.ts';
import type { Instruments } from './instruments.ts';

/** How long a closed incident is still told of, ms: longer than anybody leaves between two scrapes. */
const keptForMs = 3_600_000;

/** When each incident began, was seen, was over and was closed, for graphs; and what the open ones are, for tables. */
export class IncidentMoments {
  readonly #metrics: Instruments;
  readonly #now: () => number;
  readonly #incidents = new Map<string, Incident>();
  readonly #started = new Set<string>();

  /** `now`: wall clock, ms since the epoch. */
  constructor(metrics: Instruments, now: () => number) {
    this.#metrics = metrics;
    this.#now = now;
  }

  update(incident: Incident): void {
    this.#startAtZero(incident);
    this.#incidents.set(incident.id, incident);
    // Also where nobody scrapes.
    if (incident.phase === 'closed') this.#dropPast();
  }

  /** Those that are not closed. */
  current(): readonly Incident[] {
    return [...this.#incidents.values()].filter(({ phase }) => phase !== 'closed');
  }

  /** Writes the gauges; pages have links where the URL is known under which people reach Andon. */
  collect(externalUrl: string | undefined): void {
    this.#metrics.incidentInfo.reset();
    this.#metrics.incidentTimestamp.reset();
    this.#dropPast();
    for (const incident of this.#incidents.values()) this.#writeMoments(incident);
    for (const incident of this.current()) this.#writeInfo(incident, externalUrl);
  }

  #dropPast(): void {
    const since = this.#now() - keptForMs;
    for (const { id, closedAt } of this.#incidents.values())
      if (closedAt !== undefined && closedAt < since) this.#incidents.delete(id);
  }

  #writeMoments(incident: Incident): void {
    const { onset, detectedAt, recoveredAt, closedAt } = incident;
    const labels = identity(incident, incident.openedSeverity);
    const moments = { onset: onset.at, detected: detectedAt, recovered: recoveredAt, closed: closedAt };
    for (const [moment, at = Infinity] of Object.entries(moments))
      this.#metrics.incidentTimestamp.set({ ...labels, moment }, at / 1000);
  }

  #writeInfo(incident: Incident, externalUrl: string | undefined): void {
    const { id, worstSeverity, phase, title, calling, runbook = '' } = incident;
    this.#metrics.incidentInfo.set(
      {
        ...identity(incident, worstSeverity),
        phase,
        title,
        acknowledged: calling.acknowledgedBy === undefined ? 'no' : 'yes',
        runbook,
        page: externalUrl === undefined ? '' : incidentLink(externalUrl, id),
      },
      1,
    );
  }

  /** A histogram that first appears with its first observation hides that from `rate()`; each incident may be the first. */
  #startAtZero({ service, openedSeverity: severity }: Incident): void {
    const key = JSON.stringify([service, severity]);
    if (this.#started.has(key)) return;
    this.#started.add(key);
    const { timeToDetect, timeToNotify, timeToAcknowledge, timeToRecover } = this.#metrics;
    for (const histogram of [timeToDetect, timeToNotify, timeToAcknowledge, timeToRecover])
      histogram.zero({ service, severity });
  }
}

/** Which incident it is, with the rule that opened it. */
function identity({ id, service, group, rules }: Incident, severity: Severity) {
  return { service, group: groupKey(group), incident: id, severity, rule: rules[0] ?? '' };
}
