import type { ShadowBook } from '../../app/shadow/shadow-book.ts';
import type { ChangeDesk } from '../../app/changes/change-desk.ts';
import type { IncidentBook } from '../../app/recording/incident-book.ts';
import type { ChannelTest, ChannelTestResult } from '../../app/paging/channel-test.ts';
import type { DeliveryBook } from '../../app/changes/delivery-book.ts';
import type { GateDesk } from '../../app/gate/gate-desk.ts';
import type { ProtectionDesk } from '../../app/gate/protection-desk.ts';
import type { SilenceDesk } from '../../app/silence/silence-desk.ts';
import type { AlertDesk } from '../../app/alerts/alert-desk.ts';
import type { RemoteActs } from '../../app/remote/remote-acts.ts';
import type { Log } from '../../app/ports/log.ts';
import type { Telemetry } from '../../app/ports/telemetry.ts';
import type { Responder } from '../../app/respond.ts';
import type { ServiceView } from '../../app/views/service-view.ts';
import type { Readiness, ReloadResult, StatusView } from '../../app/views/status-view.ts';
import type { Grafana } from './dashboard-link.ts';
import type { Inbound } from './hooks/inbound.ts';
import type { IncidentInbound } from './inbound/incident-inbound.ts';

/** What the HTTP API shows and sets in motion. */
export interface HttpParts {
  services(): readonly ServiceView[];
  readonly incidents: Pick<IncidentBook, 'get' | 'list'>;
  readonly responder: Responder;
  readonly gates: GateDesk;
  /** Deployments that wait for a gate. */
  readonly protections: Pick<ProtectionDesk, 'ask' | 'pending'>;
  readonly silences: SilenceDesk;
  readonly delivery: Pick<DeliveryBook, 'report'>;
  /** Sends a page that says that it is a test, and waits for the answer. */
  testChannel(test: ChannelTest): Promise<ChannelTestResult>;
  readonly changes: ChangeDesk;
  /** Which tools may tell of changes; may be others at the next request. */
  inbound(): Inbound & IncidentInbound;
  readonly alerts: Pick<AlertDesk, 'receive'>;
  readonly remoteActs: RemoteActs;
  readonly shadows: Pick<ShadowBook, 'list'>;
  /** The Grafana that pages link to; may be another one at the next request. */
  readonly grafana?: () => Grafana | undefined;
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
