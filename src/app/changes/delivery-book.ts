import type { Change } from '../../domain/change/change.ts';
import { changeKey } from '../../domain/change/change.ts';
import {
  reportDelivery,
  settleDeployment,
  type BearingIncident,
  type DeliveryReport,
  type SettledDeployment,
} from '../../domain/change/delivery-metrics.ts';
import { comesFirst, isSameRollout } from '../../domain/change/same-rollout.ts';
import { blamedChange } from '../../domain/change/suspect.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import { offSpells } from '../../domain/incident/relapse.ts';
import type { AppliedEvent } from '../recording/incident-book.ts';

/** How many deployments of one service are kept in memory. */
const deploymentsKept = 5000;
const dayMs = 86_400_000;

interface Deployment {
  change: Change;
  /** Incidents that suspect it. */
  readonly incidents: Map<string, Incident>;
  settled?: SettledDeployment;
  /** Another tool's report of a rollout that counts already. */
  isTwin?: true;
}

/** What a report is asked for. */
export interface DeliveryQuery {
  /** Absent: of all services. */
  readonly service?: string;
  readonly days: number;
}

/**
 * Deployments and what became of them, folded from the log in its order: each is settled once, as soon as its bake watch is
 * over and every incident that suspects it is closed, and what is told after that does not change it.
 */
export class DeliveryBook {
  readonly #deployments = new Map<string, Map<string, Deployment>>();
  /** By incident: the keys of the deployments that it suspected last; gone once it is closed and they are settled. */
  readonly #suspected = new Map<string, readonly string[]>();
  readonly #onSettled: (settled: SettledDeployment) => void;
  #knownSince = Infinity;

  constructor(onSettled: (settled: SettledDeployment) => void) {
    this.#onSettled = onSettled;
  }

  /** When anything was first known, ms since the epoch on Andon's clock; the earliest counts. */
  knownFrom(at: number): void {
    this.#knownSince = Math.min(this.#knownSince, at);
  }

  /** Something was told of a change. */
  changed(change: Change): void {
    const key = changeKey({ service: change.service, change: change.id });
    const known = this.#of(change.service).get(key);
    // What was only announced at a gate may never be made.
    if (known === undefined && (change.kind !== 'deployment' || change.told.announced === true)) return;
    if (known === undefined) this.#add(key, change);
    else {
      known.change = change;
      this.#settle(known);
    }
  }

  /** Something happened in an incident. */
  happened({ after }: AppliedEvent): void {
    this.#incident(after);
  }

  report({ service, days }: DeliveryQuery, now: number): DeliveryReport {
    const services = service === undefined ? [...this.#deployments.values()] : [this.#of(service)];
    const counted = services
      .flatMap((each) => {
        // Reports of one rollout name one version: without this, each would be held against all there are.
        const byVersion = Map.groupBy(each.values(), ({ change }) => change.version);
        return [...each.values()].filter(
          (deployment) => !isCountedElsewhere(deployment, byVersion.get(deployment.change.version) ?? []),
        );
      })
      .filter(
        ({ change }) =>
          change.kind === 'deployment' && change.startedAt > now - days * dayMs && change.startedAt <= now,
      )
      .map(({ change, settled }) => ({
        startedAt: change.startedAt,
        isRework: settled?.isRework ?? change.remedies !== undefined,
        ...(settled === undefined ? {} : { settled }),
      }));
    // What was reported of the time before Andon counts from then on.
    const since = counted.reduce((first, { startedAt }) => Math.min(first, startedAt), this.#knownSince);
    return reportDelivery(counted, Math.min(days, Math.max(0, now - since) / dayMs));
  }

  #incident(incident: Incident): void {
    const { id, service } = incident;
    const suspects = offSpells(incident).flatMap((spell) => spell.suspects ?? []);
    const before = this.#suspected.get(id);
    if (before === undefined && suspects.length === 0) return;
    const keys = [...new Set(suspects.map(({ change }) => changeKey({ service, change })))];
    const deployments = this.#of(service);
    for (const key of before ?? []) {
      if (keys.includes(key)) continue;
      const cleared = deployments.get(key);
      cleared?.incidents.delete(id);
      if (cleared !== undefined) this.#settle(cleared);
    }
    for (const key of keys) {
      const suspected = deployments.get(key);
      if (suspected === undefined || isDone(suspected)) continue;
      suspected.incidents.set(id, incident);
      this.#settle(suspected);
    }
    this.#suspected.set(id, keys);
    this.#letGo(incident);
  }

  /** What is told of an incident that is over changes nothing for deployments that are settled. */
  #letGo({ id, service, phase }: Incident): void {
    const deployments = this.#of(service);
    const isLeft = (key: string): boolean => {
      const deployment = deployments.get(key);
      return deployment !== undefined && !isDone(deployment);
    };
    if (phase === 'closed' && !(this.#suspected.get(id) ?? []).some(isLeft)) this.#suspected.delete(id);
  }

  #of(service: string): Map<string, Deployment> {
    return this.#deployments.get(service) ?? new Map<string, Deployment>();
  }

  #add(key: string, change: Change): void {
    const known = this.#of(change.service);
    this.#deployments.set(change.service, known);
    const deployment: Deployment = { change, incidents: new Map() };
    known.set(key, deployment);
    this.#settle(deployment);
    if (known.size <= deploymentsKept) return;
    const [oldest] = known.keys();
    if (oldest !== undefined) known.delete(oldest);
  }

  #settle(deployment: Deployment): void {
    if (isDone(deployment)) return;
    const { change, incidents } = deployment;
    const settled = settleDeployment(
      change,
      [...incidents.values()].map((incident) => bearing(incident, change.id)),
    );
    if (settled === undefined) return;
    const isTwin = isCountedElsewhere(deployment, this.#of(change.service).values());
    if (isTwin) deployment.isTwin = true;
    else deployment.settled = settled;
    for (const incident of incidents.values()) this.#letGo(incident);
    incidents.clear();
    if (!isTwin) this.#onSettled(settled);
  }
}

/** Whether it is said what became of it, or another report of its rollout is the one that counts. */
function isDone({ settled, isTwin }: Deployment): boolean {
  return settled !== undefined || isTwin === true;
}

/** Whether another report of the same rollout is the one that counts: one that was counted, or else the earliest. */
function isCountedElsewhere(deployment: Deployment, known: Iterable<Deployment>): boolean {
  if (deployment.settled !== undefined) return false;
  if (deployment.isTwin === true) return true;
  const { change } = deployment;
  if (change.version === undefined) return false;
  for (const other of known) {
    const isOne = isSameRollout(other.change, change) && other.isTwin !== true;
    if (isOne && (other.settled !== undefined || comesFirst(other.change, change))) return true;
  }
  return false;
}

/**
 * What caused a relapse and not the first onset is held to have been the cause from then on, until it goes off again for what
 * may come from others and not from this. Recoveries are recorded on the clock of the first onset, and onsets moved onto it.
 */
function bearing(incident: Incident, change: string): BearingIncident {
  const spells = offSpells(incident);
  const blamed = spells.map(({ suspects = [] }) => blamedChange(suspects)?.change);
  const first = blamed.indexOf(change);
  const isOver = incident.phase === 'closed';
  const begun = spells[first];
  if (begun === undefined) return { isOver, blames: false, onsetAt: incident.onset.at };
  const others = spells.findIndex(({ suspects = [] }, index) => {
    return index > first && suspects.length > 0 && !suspects.some((each) => each.change === change);
  });
  const { recoveredAt, clockSetMs = 0 } = spells[others < 0 ? spells.length - 1 : others - 1] ?? begun;
  return {
    isOver,
    blames: true,
    onsetAt: begun.onset.at - (begun.clockSetMs ?? 0),
    ...(recoveredAt === undefined ? {} : { recoveredAt: recoveredAt - clockSetMs }),
  };
}
