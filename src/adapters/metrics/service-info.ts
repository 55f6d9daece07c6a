import type { DeclaredFacts } from '../../app/ports/telemetry.ts';
import type { Instruments } from './instruments.ts';

/** Whose the watched services are, what is measured of each, and where more is to be read. */
export class ServiceInfo {
  readonly #metrics: Instruments;
  readonly #services = new Map<string, DeclaredFacts>();

  constructor(metrics: Instruments) {
    this.#metrics = metrics;
  }

  declare(service: DeclaredFacts): void {
    this.#services.set(service.name, service);
  }

  forget(service: string): void {
    this.#services.delete(service);
  }

  collect(externalUrl: string | undefined): void {
    this.#metrics.serviceInfo.reset();
    this.#metrics.signalInfo.reset();
    for (const { name: service, owner = '', runbook = '', signals } of this.#services.values()) {
      const page = externalUrl === undefined ? '' : `${externalUrl.replace(/\/+$/, '')}/#${service}`;
      this.#metrics.serviceInfo.set({ service, owner, runbook, page }, 1);
      for (const signal of signals) {
        const unit = signal.kind === 'gauge' ? (signal.unit ?? '') : '';
        this.#metrics.signalInfo.set({ service, signal: signal.name, kind: signal.kind, unit }, 1);
      }
    }
  }
}
