import { describeKeptOpen } from '../../domain/incident/describe-kept-open.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import type { KeptOpen } from '../../domain/incident/kept-open.ts';
import type { Standing } from '../../domain/incident/standing.ts';
import type { TargetVerdict } from '../../domain/reading/verdict.ts';
import type { ServiceView } from './service-view.ts';

/** How an open incident stands as of the last poll of its service. */
export interface IncidentNow {
  /** ms on the source's clock. */
  readonly at: number;
  /** For people, a sentence each: the rules and targets that keep it open, or how far the hold has come. */
  readonly keptOpenBy: readonly string[];
  readonly kept: KeptOpen;
  readonly targets: readonly TargetVerdict[];
}

/** Undefined for an incident that is not open, whose service is not watched, or was not evaluated since Andon started. */
export function incidentNow(
  services: readonly ServiceView[],
  { id, service, phase }: Pick<Incident, 'id' | 'service' | 'phase'>,
): IncidentNow | undefined {
  const view = phase === 'open' ? services.find((each) => each.service === service) : undefined;
  const scope = view?.scopes.find(({ incidentId }) => incidentId === id);
  if (view?.lastPollAt === undefined || scope?.keptOpen === undefined) return undefined;
  const { keptOpen: kept, targets } = scope;
  return { at: view.lastPollAt, keptOpenBy: describeKeptOpen(kept, targets), kept, targets };
}

/** The same for what is told of it now, by the view of its service; empty where it is not known. */
export function standingNow(
  view: ServiceView | undefined,
  incident: Pick<Incident, 'id' | 'service' | 'phase' | 'blind'>,
): Standing {
  const now = incident.blind || view === undefined ? undefined : incidentNow([view], incident);
  if (now === undefined) return {};
  const { heldSince, heldMs: forMs, holdMs: ofMs } = now.kept;
  return { verdicts: now.targets, ...(heldSince === undefined ? {} : { held: { forMs, ofMs } }) };
}
