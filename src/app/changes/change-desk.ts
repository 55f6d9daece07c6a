import { canRemedy } from '../../domain/change/can-remedy.ts';
import { foldChange, type Change } from '../../domain/change/change.ts';
import type { ChangeEvent, ChangeOrigin, ChangeReport, Remedy } from '../../domain/change/change-event.ts';
import type { GateEvent } from '../../domain/gate/gate-event.ts';
import { newestOnset } from '../../domain/incident/relapse.ts';
import type { Service } from '../../domain/service/service.ts';
import { nearest } from '../../domain/text/nearest.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { StoreError, type Store, type StoreFailureReason } from '../ports/store.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { IncidentBook } from '../recording/incident-book.ts';
import { Turns } from '../tasks/turns.ts';
import type { ChangeBook } from './change-book.ts';
import { checkReport, type InvalidReport } from './check-report.ts';
import type { Claim, ClaimBook } from './claim-book.ts';

/** What became of a report. */
export type ChangeReportResult =
  | { readonly kind: 'recorded'; readonly change: Change }
  /** It says nothing that was not known: nothing was written. */
  | { readonly kind: 'unchanged'; readonly change: Change }
  | { readonly kind: 'unknown-service'; readonly service: string; readonly meant?: string }
  /** It is said to remedy an incident that is not open. */
  | { readonly kind: 'unknown-incident'; readonly id: string }
  /** It is said to remedy an incident that the gate of its service does not see: neither its own nor of one it depends on. */
  | { readonly kind: 'unseen-incident'; readonly id: string; readonly service: string; readonly of: string }
  /** It is said to remedy an incident, and began or was known before it last went off; `beganAt`: ms since the epoch. */
  | {
      readonly kind: 'not-a-remedy';
      readonly id: string;
      readonly change: string;
      readonly beganAt: number;
      readonly onsetLatest: number;
    }
  | InvalidReport
  /** The store could not keep it; nothing happened. */
  | { readonly kind: 'not-stored'; readonly reason: StoreFailureReason; readonly detail: string };

/** Where Andon hears of changes and tells of them. Failures are values. */
export interface ChangeDesk {
  report(report: ChangeReport, origin: ChangeOrigin): Promise<ChangeReportResult>;
  /** A message came in that tells of no change; counted. */
  ignored(origin: ChangeOrigin): void;
  /** Newest first by when they began; of one service, or of all. Undefined where no such service is known. */
  list(service: string | undefined, limit: number): readonly Change[] | undefined;
  get(service: string, id: string): Change | undefined;
  /** What people said remedies an incident, oldest first. */
  claims(incident: string): readonly Claim[];
  /** What somebody who wrote the name of no service may have meant. */
  meant(service: string): string | undefined;
}

export interface ChangeDeskParts {
  readonly store: Pick<Store, 'commit'>;
  readonly book: ChangeBook;
  readonly claims: ClaimBook;
  readonly incidents: Pick<IncidentBook, 'get'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly telemetry: Pick<Telemetry, 'changeReported'>;
  readonly fleet: {
    /** The services under watch. */
    names(): readonly string[];
    /** The time of the source of a service; its incidents bear the times of that clock. */
    look(service: string): { readonly sourceNow: number; readonly service: Pick<Service, 'gate'> } | undefined;
  };
}

/** Reports are recorded one after another, so that of two that say the same one is kept. */
export function createChangeDesk(parts: ChangeDeskParts): ChangeDesk {
  const { book, fleet, telemetry } = parts;
  const turns = new Turns();
  return {
    async report(report, origin) {
      const result = await turns.take(async () => await record(parts, report, origin));
      telemetry.changeReported(origin, result.kind);
      return result;
    },
    ignored(origin) {
      telemetry.changeReported(origin, 'ignored');
    },
    list(service, limit) {
      if (service === undefined) return book.newest(limit);
      const changes = book.of(service);
      return changes.length > 0 || fleet.names().includes(service) ? changes.slice(0, limit) : undefined;
    },
    get: (service, id) => book.get(service, id),
    claims: (incident) => parts.claims.of(incident),
    meant: (service) => nearest(service, fleet.names()),
  };
}

async function record(parts: ChangeDeskParts, given: ChangeReport, origin: ChangeOrigin): Promise<ChangeReportResult> {
  const { fleet, book, clock, incidents, log, store } = parts;
  const { service } = given;
  const names = fleet.names();
  if (!names.includes(service)) {
    const meant = nearest(service, names);
    return { kind: 'unknown-service', service, ...(meant === undefined ? {} : { meant }) };
  }
  const at = clock.now();
  const checked = checkReport(given, at);
  if (checked.kind === 'invalid') return checked;
  const { report } = checked;
  const known = book.get(service, report.change);
  const { remedies } = report;
  const event: ChangeEvent = { type: 'change-reported', service, at, origin, report };
  // What was taken while the incident was open may be said again after it.
  if (remedies !== undefined && JSON.stringify(remedies) !== JSON.stringify(known?.remedies)) {
    const incident = incidents.get(remedies.incident)?.incident;
    if (incident?.phase !== 'open') return { kind: 'unknown-incident', id: remedies.incident };
    const seen = [service, ...(fleet.look(service)?.service.gate.dependsOn ?? []).map((each) => each.service)];
    if (!seen.includes(incident.service))
      return { kind: 'unseen-incident', id: incident.id, service, of: incident.service };
    const change = foldChange(known, { ...event, seq: 0, recordedAt: at });
    const skewMs = (fleet.look(incident.service)?.sourceNow ?? at) - at;
    // A fix that was believed before a relapse is still on its way; what is claimed since is held against the relapse.
    const wasBelieved = known?.remedies?.incident === incident.id;
    const onsetLatest = (wasBelieved ? incident.onset : newestOnset(incident)).latest - skewMs;
    if (!canRemedy(change, { latest: onsetLatest })) {
      const { relapses } = incident;
      const refused = { ...remedies, ...(wasBelieved || relapses === 0 ? {} : { relapse: relapses }) };
      await recordRefusal(parts, report, refused, at);
      const beganAt = Math.min(change.startedAt, change.firstReportedAt);
      return { kind: 'not-a-remedy', id: incident.id, change: change.id, beganAt, onsetLatest };
    }
  }
  if (known !== undefined && saysNothingNew(known, event)) return { kind: 'unchanged', change: known };
  try {
    const stored = await store.commit({ events: [event], recordedAt: at });
    book.apply(stored);
    parts.claims.apply(stored);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const { reason, message: detail } = error;
    log.error('a report of a change could not be stored', { service, change: report.change, origin, reason, error });
    return { kind: 'not-stored', reason, detail };
  }
  const change = book.get(service, report.change);
  if (change === undefined) throw new Error(`the log does not tell of the change that was reported of ${service}`);
  const { outcome, version } = change;
  log.info('a change was reported', { service, change: change.id, origin, version, outcome });
  return { kind: 'recorded', change };
}

/** Once for each change and incident: a pipeline that claims the same again and again must not fill the log. */
async function recordRefusal(
  { store, log, claims }: ChangeDeskParts,
  { service, change }: ChangeReport,
  { incident, by, reason, relapse }: Remedy & { readonly relapse?: number },
  at: number,
): Promise<void> {
  const known = claims.of(incident).filter(({ kind }) => kind === 'remedy-refused');
  if (known.some((each) => each.service === service && each.change === change)) return;
  const claim = { service, change, incident, by, reason };
  log.warn('a change was said to remedy an incident that it began before; that was not believed', claim);
  const again = relapse === undefined ? {} : { relapse };
  const event: GateEvent = { type: 'remedy-refused', at, ...claim, ...again };
  try {
    claims.apply(await store.commit({ events: [event], recordedAt: at }));
  } catch (error) {
    log.error('that a claim to remedy an incident was refused could not be stored', { ...claim, error });
  }
}

/**
 * A report without a time of its own that says what is known is no news, whenever it is said. The fold writes its fields
 * in one order, so that two changes are the same when their texts are.
 */
function saysNothingNew(known: Change, event: ChangeEvent): boolean {
  const after = foldChange(known, { ...event, seq: 0, recordedAt: event.at });
  // That what was only announced is being made.
  if (known.told.announced !== after.told.announced) return false;
  const told = event.report.saidAt === undefined ? known.told : after.told;
  return JSON.stringify({ ...after, lastReportedAt: known.lastReportedAt, told }) === JSON.stringify(known);
}
