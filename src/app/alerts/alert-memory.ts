import { alertKey, type Alert, type AlertStatus } from '../../domain/incident/alert.ts';
import { alertLeadMs, type HeardAlert } from '../../domain/incident/alert-evidence.ts';

interface Entry {
  readonly service: string;
  readonly heardAt: number;
  alert: Alert;
  received: HeardAlert['received'];
}

/** How many firings of alerts are kept at once, of all services. */
export const mostKept = 2_000;

/** What was heard of alerts lately, for incidents that open later. Not kept over a restart. */
export class AlertMemory {
  /** In the order in which they were heard of first. */
  readonly #entries = new Map<string, Entry>();

  /** Takes a message about an alert in; false when it says nothing new. `now`: ms since the epoch on Andon's clock. */
  hear(service: string, alert: Alert, status: AlertStatus, now: number): boolean {
    this.#forget(now);
    const key = `${service} ${alertKey(alert)}`;
    const known = this.#entries.get(key);
    if (known === undefined) {
      this.#entries.set(key, { service, heardAt: now, alert, received: { [status]: now } });
      return true;
    }
    if (known.received[status] !== undefined) return false;
    known.received = { ...known.received, [status]: now };
    // What is over stays over: a message that says it fires was on its way for longer.
    if (status === 'resolved') known.alert = alert;
    return true;
  }

  of(service: string, now: number): readonly HeardAlert[] {
    this.#forget(now);
    return [...this.#entries.values()].filter((entry) => entry.service === service);
  }

  #forget(now: number): void {
    for (const [key, { heardAt }] of this.#entries) {
      const isOld = Math.abs(now - heardAt) > alertLeadMs;
      if (!isOld && this.#entries.size <= mostKept) return;
      this.#entries.delete(key);
    }
  }
}
