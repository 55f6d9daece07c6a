import { canRemedy } from '../../domain/change/can-remedy.ts';
import { causalWindow } from '../../domain/change/causal-window.ts';
import type { Change } from '../../domain/change/change.ts';
import type { Remedy } from '../../domain/change/change-event.ts';
import { describeWorse } from '../../domain/change/describe-bake.ts';
import { decideGate, type GateFacts } from '../../domain/gate/decide-gate.ts';
import { freezesOf, overrideOf, type HandledGates } from '../../domain/gate/freeze.ts';
import type { GateAnswer } from '../../domain/gate/gate-answer.ts';
import { defaultChangePolicy } from '../../domain/service/change-policy.ts';
import type { Service } from '../../domain/service/service.ts';
import { nearest } from '../../domain/text/nearest.ts';
import type { Clock } from '../ports/clock.ts';
import type { IncidentBook } from '../recording/incident-book.ts';
import { watchedFacts, type RecordedIncident, type ServiceLook } from './gate-look.ts';

export interface GatekeeperParts {
  readonly clock: Pick<Clock, 'now'>;
  readonly fleet: {
    look(service: string): ServiceLook | undefined;
    names(): readonly string[];
  };
  /** Whether a service is declared and not watched, since its rules have problems; nobody is unless told otherwise. */
  readonly isLeftOut?: (service: string) => boolean;
  readonly gates: { gates(): HandledGates };
  readonly incidents: Pick<IncidentBook, 'get'>;
  readonly changes: {
    get(service: string, id: string): Change | undefined;
    of(service: string): readonly Change[];
  };
}

/** Answers for the gates of all services, from what is in memory: no question waits for a source or the store. */
export class Gatekeeper {
  readonly #parts: GatekeeperParts;

  constructor(parts: GatekeeperParts) {
    this.#parts = parts;
  }

  /** What the gate of a service says to a change, or to anybody. Says so where no such service is watched. */
  answer(service: string, changeId?: string): GateAnswer {
    const now = this.#parts.clock.now();
    const look = this.#parts.fleet.look(service);
    const dependsOn = look?.service.gate.dependsOn ?? [];
    // What they depend on in turn is their own affair: a circle of services must not hold itself back for ever.
    const dependencies = dependsOn.map((each) => decideGate(this.#facts(each.service, now), now));
    return decideGate({ ...this.#facts(service, now, changeId), dependencies }, now);
  }

  /** What every gate says to anybody, by the services' names. */
  answers(): readonly GateAnswer[] {
    return this.#parts.fleet.names().map((service) => this.answer(service));
  }

  #facts(service: string, now: number, changeId?: string): GateFacts {
    const { fleet, gates, changes, incidents } = this.#parts;
    const look = fleet.look(service);
    const recorded: RecordedIncident = (id) => incidents.get(id)?.incident;
    const handled = gates.gates();
    const override = overrideOf(handled, service, now, changeId);
    const remedies = changeId === undefined ? undefined : this.#remedies(service, changeId, look, now);
    const isLeftOut = look === undefined && this.#parts.isLeftOut?.(service) === true;
    const meant = look === undefined ? nearest(service, fleet.names()) : undefined;
    return {
      service,
      freezes: freezesOf(handled, service, now),
      dependencies: [],
      ...(look === undefined ? {} : { worseSince: worseSince(changes.of(service), look.service, now) }),
      ...(look === undefined ? {} : { watched: watchedFacts(look, now, recorded) }),
      ...(override === undefined ? {} : { override }),
      ...(isLeftOut ? { isLeftOut } : {}),
      ...(meant === undefined ? {} : { meant }),
      ...(remedies === undefined || changeId === undefined ? {} : { remedy: { change: changeId, ...remedies } }),
    };
  }

  /** What a change says it remedies; not where it began before that. An incident that no gate here sees is no matter. */
  #remedies(service: string, id: string, look: ServiceLook | undefined, now: number): Remedy | undefined {
    const { fleet, changes } = this.#parts;
    const change = changes.get(service, id);
    if (change?.remedies === undefined) return undefined;
    const { incident } = change.remedies;
    const dependencies = (look?.service.gate.dependsOn ?? []).map((each) => fleet.look(each.service));
    for (const seen of [look, ...dependencies]) {
      const scope = seen && [...seen.scopes.values()].find((each) => each.incident?.id === incident);
      if (seen === undefined || scope?.incident === undefined) continue;
      // Against its first onset: what was claimed after a relapse was held against that when it was claimed.
      const latest = scope.incident.onset.latest - (seen.sourceNow - now);
      return canRemedy(change, { latest }) ? change.remedies : undefined;
    }
    return change.remedies;
  }
}

/** Once its window is over a change is old news, and one that was rolled back is no more. */
function worseSince(changes: readonly Change[], service: Service, now: number): NonNullable<GateFacts['worseSince']> {
  const { bakeMs } = service.changes ?? defaultChangePolicy;
  return changes.flatMap((change) => {
    const { bake, outcome, id } = change;
    if (bake?.verdict !== 'worse' || outcome === 'rolled-back' || causalWindow(change, bakeMs).to < now) return [];
    return [{ change: id, words: describeWorse(change, bake, now) }];
  });
}
