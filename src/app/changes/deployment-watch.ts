import {
  seeDeployment,
  type DeploymentLook,
  type DeploymentPlace,
  type DeploymentSeen,
} from '../../domain/change/deployment-seen.ts';
import type { Change } from '../../domain/change/change.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Source } from '../ports/source.ts';
import { every } from '../tasks/every.ts';
import { within } from '../tasks/within.ts';
import type { ChangeDesk } from './change-desk.ts';
import { deploymentSignals, lookOf, looksOf } from './read-deployment.ts';
import type { ServiceSight } from './service-sight.ts';

export interface DeploymentWatchParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly desk: Pick<ChangeDesk, 'report' | 'list' | 'get'>;
  /** The services under watch. */
  readonly names: () => readonly string[];
  readonly sight: (service: string) => ServiceSight | undefined;
}

/** How often it looks, ms. */
export const lookEveryMs = 15_000;
/** How far back it looks for what happened before it looked first, ms, and in which steps. */
const pastMs = 6 * 3_600_000;
const pastStepMs = 60_000;
/** Bound of one look at one source with all its reads, ms. */
const readDeadlineMs = 60_000;
/** Changes of a service among which its last one seen here is looked for. */
const remembered = 500;

interface Sighted {
  readonly sight: ServiceSight;
  readonly place: DeploymentPlace;
  readonly key: string;
  /** How far the source's clock was ahead of Andon's, which changes are told by, when this was made, ms. */
  readonly skewMs: number;
}

/** Sees changes in the metrics of kube-state-metrics, for services that say where they are deployed. */
export class DeploymentWatch {
  readonly #parts: DeploymentWatchParts;
  /** By service and place. */
  readonly #seen = new Map<string, DeploymentSeen | undefined>();
  readonly #failing = new Set<string>();

  constructor(parts: DeploymentWatchParts) {
    this.#parts = parts;
  }

  /** Runs until the signal aborts. Does not reject. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    const failed = (error: unknown): void => {
      log.error('looking for changes in metrics failed unexpectedly; trying again', { error });
    };
    await every(clock, lookEveryMs, signal, async () => await this.#turn(signal), failed);
  }

  async #turn(signal: AbortSignal): Promise<void> {
    const sighted = this.#parts.names().flatMap((name): readonly Sighted[] => {
      const sight = this.#parts.sight(name);
      const place = sight?.service.changes?.seenIn;
      if (sight === undefined || place === undefined) return [];
      // Reads take a while, and the sight stays as it is.
      return [{ sight, place, key: JSON.stringify([name, place]), skewMs: sight.sourceNow - this.#parts.clock.now() }];
    });
    const keys = new Set(sighted.map(({ key }) => key));
    for (const key of this.#seen.keys()) if (!keys.has(key)) this.#seen.delete(key);
    // Sources do not wait for each other.
    const bySource = Map.groupBy(sighted, ({ sight }) => sight.source);
    await Promise.all(
      [...bySource].map(async ([source, group]) => {
        await within(this.#parts.clock, readDeadlineMs, signal, async (bound) => {
          for (const each of group) if (!this.#seen.has(each.key)) await this.#catchUp(each, bound);
          await this.#look(source, group, bound);
        });
      }),
    );
  }

  /** What happened before the first look, from where the log leaves off. */
  async #catchUp(sighted: Sighted, signal: AbortSignal): Promise<void> {
    const { sight, place, key, skewMs } = sighted;
    const { service, source, sourceNow } = sight;
    const known = this.#lastSeen(service.name, place);
    const from = Math.max(sourceNow - pastMs, (known?.startedAt ?? -Infinity) + skewMs);
    const stretch = { from, to: sourceNow };
    const outcomes = await source.history(deploymentSignals(place), stretch, pastStepMs, signal);
    const looks = looksOf(outcomes);
    if (typeof looks === 'string') return this.#fails(service.name, looks);
    this.#seen.set(key, known?.version === undefined ? undefined : stateOf(known, known.version));
    for (const look of looks) {
      if (await this.#take(sighted, look)) continue;
      this.#seen.delete(key);
      return;
    }
  }

  /** All services of a source in one read. */
  async #look(source: Source, group: readonly Sighted[], signal: AbortSignal): Promise<void> {
    const ready = group.filter(({ key }) => this.#seen.has(key));
    const at = ready[0]?.sight.sourceNow;
    if (at === undefined) return;
    const asked = ready.map(({ place }) => deploymentSignals(place));
    const reads = asked.flat().map((each) => ({ signal: each, steps: [] }));
    const outcomes = await source.read(reads, at, signal);
    let next = 0;
    for (const [index, each] of ready.entries()) {
      const count = asked[index]?.length ?? 0;
      const look = lookOf(outcomes.slice(next, next + count), at);
      next += count;
      const { name } = each.sight.service;
      if (typeof look === 'string') this.#fails(name, look);
      else {
        this.#failing.delete(name);
        await this.#take(each, look);
      }
    }
  }

  /** False when it could not be kept: then the next look tells the same again. The look was taken by the source's clock. */
  async #take({ key, sight, place, skewMs }: Sighted, look: DeploymentLook): Promise<boolean> {
    const { desk } = this.#parts;
    const service = sight.service.name;
    const at = look.at - skewMs;
    const { seen, reports } = seeDeployment(this.#seen.get(key), { ...look, at }, place);
    for (const report of reports) {
      // What became of a change that is not remembered any more must not make another one of it.
      if (report.startedAt === undefined && desk.get(service, report.change) === undefined) continue;
      const result = await desk.report({ ...report, service, saidAt: at }, 'prometheus');
      if (result.kind === 'not-stored') return false;
    }
    this.#seen.set(key, seen);
    return true;
  }

  /** The newest change that was seen at this place, whenever that was. */
  #lastSeen(service: string, { namespace, deployment }: DeploymentPlace): Change | undefined {
    const changes = this.#parts.desk.list(service, remembered) ?? [];
    return changes.find(({ origin, id }) => origin === 'prometheus' && id.startsWith(`${namespace}/${deployment}@`));
  }

  /** Said once, until it works again. */
  #fails(service: string, detail: string): void {
    if (this.#failing.has(service)) return;
    this.#failing.add(service);
    this.#parts.log.warn('whether a service was deployed cannot be seen in metrics; trying again', { service, detail });
  }
}

function stateOf({ id, finishedAt }: Change, template: string): DeploymentSeen {
  return finishedAt === undefined ? { template, underWay: id } : { template };
}
