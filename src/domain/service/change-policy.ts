import type { DeploymentPlace } from '../change/deployment-seen.ts';

/** How changes of a service are looked at. */
export interface ChangePolicy {
  /** How long a change is watched after it ended, and how long an onset may be its fault, ms. */
  readonly bakeMs: number;
  /** Whose metrics show its deployments; absent: they are reported, or nobody hears of them. */
  readonly seenIn?: DeploymentPlace;
}

/** Of a service that declares none. */
export const defaultChangePolicy: ChangePolicy = { bakeMs: 7_200_000 };
