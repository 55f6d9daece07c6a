/** What a service's gate makes of what it sees. */
export interface GatePolicy {
  /** What an asker does while readings are missing; missing data is never a pass. */
  readonly onUnknown: 'warn' | 'hold' | 'stop';
  /** What is left of an error budget, as a share of it: at or below the bound the gate says so. A bound of 0: when it is spent. */
  readonly budgets: BudgetBounds;
  readonly dependsOn: readonly Dependency[];
}

/** Shares from 0 to 1; absent: never. */
export interface BudgetBounds {
  readonly warnBelow?: number;
  readonly holdBelow?: number;
  readonly stopBelow?: number;
}

/** Another service without which this one cannot be changed safely. */
export interface Dependency {
  readonly service: string;
  /** What this gate says while the line of that service is stopped. */
  readonly whenStopped: 'warn' | 'hold' | 'stop';
}

/** Of a service that declares none: a budget that runs out is said, and nothing is held for it. */
export const defaultGatePolicy: GatePolicy = { onUnknown: 'hold', budgets: { warnBelow: 0.1 }, dependsOn: [] };
