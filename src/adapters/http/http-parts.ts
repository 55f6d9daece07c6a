import type { IncidentBook } from '../../app/recording/incident-book.ts';
import type { GateDesk } from '../../app/gate/gate-desk.ts';
import type { Log } from '../../app/ports/log.ts';
import type { Telemetry } from '../../app/ports/telemetry.ts';
import type { Responder } from '../../app/respond.ts';
import type { ServiceView } from '../../app/views/service-view.ts';
import type { Readiness, ReloadResult, StatusView } from '../../app/views/status-view.ts';

/** What the HTTP API shows and sets in motion. */
export interface HttpParts {
  services(): readonly ServiceView[];
  readonly incidents: Pick<IncidentBook, 'get' | 'list'>;
  readonly responder: Responder;
  readonly gates: GateDesk;
  status(): StatusView;
  readiness(): Readiness;
  reload(): Promise<ReloadResult>;
  /** The metrics, as a scrape gets them. */
  scrape(): Promise<{ readonly contentType: string; readonly body: string }>;
  readonly telemetry: Pick<Telemetry, 'requestAnswered'>;
  readonly log: Log;
  /** Wall clock, ms since the epoch. */
  readonly now: () => number;
}
