import {
  createPrometheusTelemetry,
  type PrometheusTelemetry,
} from '../../../src/adapters/metrics/prometheus-telemetry.ts';
import { IncidentBook } from '../../../src/app/recording/incident-book.ts';
import type { StoredEvent } from '../../../src/domain/incident/event.ts';
import { storyStart } from '../../support/incident-story.ts';

export function aTelemetry(now = (): number => storyStart + 130_000): PrometheusTelemetry {
  return createPrometheusTelemetry({ version: '0.1.0', nodeVersion: 'v24.0.0', now });
}

/** The sample lines of Andon's metrics whose names begin so. */
export async function samples(telemetry: PrometheusTelemetry, prefix: string): Promise<string[]> {
  const { body } = await telemetry.scrape();
  return body.split('\n').filter((line) => line.startsWith(prefix));
}

/** Events as a book that is new takes them in. */
export function feed(telemetry: PrometheusTelemetry, events: readonly StoredEvent[]): void {
  telemetry.eventsCommitted(new IncidentBook().apply(events));
}
