import type { ScopeState } from './service-state.ts';

/** What of a service's evaluation survives a restart; readings are read again from the source. */
export interface Checkpoint {
  readonly service: string;
  /** The instant it was last evaluated at, ms on the source's clock. */
  readonly evaluatedAt: number;
  readonly scopes: readonly ScopeState[];
}
