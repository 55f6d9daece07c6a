import type { Change } from './change.ts';

/** What became of a deployment; `unknown` counts apart, neither as a failure nor as a success. */
export const deploymentResults = ['unharmed', 'failed', 'unknown'] as const;
export type DeploymentResult = (typeof deploymentResults)[number];

/** An incident as it bears on one deployment. Times: ms since the epoch, on one clock. */
export interface BearingIncident {
  /** Whether it is closed, so that its times are final. */
  readonly isOver: boolean;
  /** Whether it names the deployment, and no other change, as where it comes from, and the signal shifted there. */
  readonly blames: boolean;
  readonly onsetAt: number;
  readonly recoveredAt?: number;
}

/** A deployment that counts. Times: ms since the epoch on Andon's clock. */
export interface SettledDeployment {
  readonly service: string;
  readonly change: string;
  readonly startedAt: number;
  readonly result: DeploymentResult;
  /** Onset to recovery of each incident that it caused and that recovered, ms. */
  readonly recoveriesMs: readonly number[];
  /** Whether it was made to remedy an incident. */
  readonly isRework: boolean;
}

/**
 * What a deployment comes to; undefined while its bake watch runs or an incident that suspects it is open. It failed when
 * its reporter says so or an incident blames it. Otherwise an incident that may come from it, a lack of data, and a bake
 * that was worse without anybody having been paged leave it unknown.
 */
export function settleDeployment(change: Change, incidents: readonly BearingIncident[]): SettledDeployment | undefined {
  const { bake, outcome } = change;
  if (change.kind !== 'deployment' || bake?.finishedAt === undefined) return undefined;
  if (incidents.some(({ isOver }) => !isOver)) return undefined;
  const caused = incidents.filter(({ blames }) => blames);
  const failed = caused.length > 0 || outcome === 'failed' || outcome === 'rolled-back';
  const unharmed = incidents.length === 0 && bake.verdict === 'unharmed';
  return {
    service: change.service,
    change: change.id,
    startedAt: change.startedAt,
    result: failed ? 'failed' : unharmed ? 'unharmed' : 'unknown',
    recoveriesMs: caused.flatMap(({ onsetAt, recoveredAt }) =>
      recoveredAt === undefined ? [] : [Math.max(0, recoveredAt - onsetAt)],
    ),
    isRework: change.remedies !== undefined,
  };
}

/** Delivery over a stretch of days. */
export interface DeliveryReport {
  /** Deployments begun in the stretch, settled or not. */
  readonly deployments: number;
  readonly unharmed: number;
  readonly failed: number;
  readonly unknown: number;
  /** Those whose bake watch runs, or that an open incident suspects. */
  readonly unsettled: number;
  /** failed / (failed + unharmed), 0 to 1; undefined with neither. */
  readonly changeFailureRate?: number;
  readonly deploymentsPerDay: number;
  /** Over how many days that is counted: those that are known, at least one, since a few hours make no rate. */
  readonly knownDays: number;
  /** Deployments that were made to remedy an incident, and their share of all, which is undefined when there are none. */
  readonly rework: number;
  readonly reworkRate?: number;
  /** Onset to recovery of the incidents that deployments caused, ms, ascending. */
  readonly recoveriesMs: readonly number[];
}

/** A deployment of the stretch, settled or not. */
export type CountedDeployment = Pick<SettledDeployment, 'isRework'> & { readonly settled?: SettledDeployment };

/** `knownDays`: of how many days there is anything to know. */
export function reportDelivery(counted: readonly CountedDeployment[], knownDays: number): DeliveryReport {
  const over = Math.max(1, knownDays);
  const settled = counted.flatMap((each) => each.settled ?? []);
  const countOf = (result: DeploymentResult): number => settled.filter((each) => each.result === result).length;
  const [failed, unharmed] = [countOf('failed'), countOf('unharmed')];
  const rework = counted.filter(({ isRework }) => isRework).length;
  return {
    deployments: counted.length,
    unharmed,
    failed,
    unknown: countOf('unknown'),
    unsettled: counted.length - settled.length,
    ...(failed + unharmed === 0 ? {} : { changeFailureRate: failed / (failed + unharmed) }),
    deploymentsPerDay: counted.length / over,
    knownDays: over,
    rework,
    ...(counted.length === 0 ? {} : { reworkRate: rework / counted.length }),
    recoveriesMs: settled.flatMap(({ recoveriesMs }) => recoveriesMs).sort((a, b) => a - b),
  };
}

/** The value that a share of the sorted values lies at or below (nearest rank); undefined of none. */
export function quantileOf(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
