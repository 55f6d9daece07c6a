import type { Incident } from '../../domain/incident/incident.ts';
import type { Severity } from '../../domain/service/service.ts';
import type { Instruments } from './instruments.ts';

const severities: readonly Severity[] = ['page', 'ticket'];

/** The watched services and the incidents that are not closed, counted at each scrape; a service without one reads 0 once it has been polled. */
export class IncidentGauges {
  readonly #metrics: Instruments;
  readonly #services = new Set<string>();

  constructor(metrics: Instruments) {
    this.#metrics = metrics;
  }

  watch(service: string): void {
    this.#services.add(service);
  }

  /** The service's open incidents are counted on until they close. */
  unwatch(service: string): void {
    this.#services.delete(service);
  }

  /** `current`: the incidents that are not closed. */
  collect(current: readonly Incident[]): void {
    const { services, incidentsOpen, incidentsWatched, incidentsBlind, incidentsUnwatched, incidentsFlapping } =
      this.#metrics;
    services.set(this.#services.size);
    for (const gauge of [incidentsOpen, incidentsWatched, incidentsBlind, incidentsUnwatched, incidentsFlapping]) {
      gauge.reset();
      for (const service of this.#services) for (const severity of severities) gauge.set({ service, severity }, 0);
    }
    for (const { service, severity, phase, blind, unwatched, telling } of current) {
      (phase === 'open' ? incidentsOpen : incidentsWatched).inc({ service, severity });
      if (phase === 'open' && blind) incidentsBlind.inc({ service, severity });
      if (telling.flapping !== undefined) incidentsFlapping.inc({ service, severity });
      if (unwatched) incidentsUnwatched.inc({ service, severity });
    }
  }
}
