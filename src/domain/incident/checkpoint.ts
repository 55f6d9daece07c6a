import type { DeclaredPart } from './declaration-words.ts';
import type { ScopeState } from './service-state.ts';

/** What of a service's evaluation survives a restart; readings are read again from the source. */
export interface Checkpoint {
  readonly service: string;
  /** The instant it was last evaluated at, ms on the source's clock. */
  readonly evaluatedAt: number;
  readonly scopes: readonly ScopeState[];
  /** What was declared, while an incident is open: should it change while Andon is away, the incident can say what did. */
  readonly declared?: readonly DeclaredPart[];
}
