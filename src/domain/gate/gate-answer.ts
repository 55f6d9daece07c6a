import type { Freeze } from './freeze.ts';
import type { TargetVerdict } from '../reading/verdict.ts';
import type { Group } from '../service/group.ts';

/** What a gate says; from best to worst but for `unknown`, which is neither. */
export const gateStates = ['pass', 'warn', 'hold', 'stop', 'unknown'] as const;
export type GateState = (typeof gateStates)[number];

/** What whoever asks should do: ship, ask again later, or roll back and not ask again. */
export const gateActions = ['go', 'wait', 'abort'] as const;
export type GateAction = (typeof gateActions)[number];

/** Why a gate says what it says; the same word in the API, the metric, the log and the exit of the CLI. */
export const gateReasons = [
  'end-state-holds',
  'target-missed',
  'bake-worse',
  'watching',
  'budget-low',
  'budget-unknown',
  'dependency',
  'rule-unknown',
  'data-missing',
  'data-stale',
  'not-evaluated',
  'unknown-service',
  'rules-refused',
  'frozen',
  'incident-open',
  'remedy',
  'overridden',
] as const;
export type GateReason = (typeof gateReasons)[number];

/** One thing that a gate sees. */
export interface GateFinding {
  readonly state: GateState;
  readonly reason: GateReason;
  /** One sentence for people, without a full stop. */
  readonly words: string;
  /** The incident it is about. */
  readonly incident?: string;
  /** The freeze it is about. */
  readonly freeze?: string;
  /** The error budget it is about. */
  readonly budget?: string;
  /** The change it is about. */
  readonly change?: string;
  /** The other service it comes from. */
  readonly dependency?: string;
}

/** Who let changes pass where the gate would not have, and why. */
export interface Passage {
  readonly kind: 'remedy' | 'overridden';
  readonly by: string;
  readonly reason: string;
  /** The incident that the change remedies. */
  readonly incident?: string;
  /** When the leave ends, ms since the epoch on Andon's clock. */
  readonly until?: number;
}

/** A target of one scope as the gate saw it. */
export interface GateReading {
  readonly group: Group;
  readonly verdict: TargetVerdict;
  /** How old the newest sample behind it is, ms; absent when there is none. */
  readonly ageMs?: number;
}

/** What a gate says about one service. Times: ms since the epoch on Andon's clock. */
export interface GateAnswer {
  readonly service: string;
  readonly state: GateState;
  readonly action: GateAction;
  readonly reason: GateReason;
  /** The sentence of the finding that decides. */
  readonly words: string;
  /** Everything seen, what decides first. */
  readonly findings: readonly GateFinding[];
  readonly readings: readonly GateReading[];
  /** Age of the data behind it, ms; absent when there is none. */
  readonly dataAgeMs?: number;
  readonly freezes: readonly Freeze[];
  readonly passage?: Passage;
  readonly decidedAt: number;
  /** When it may change for no other reason than time: the first expiry. */
  readonly until?: number;
}

/** Whether it is about a service under watch: a name that somebody merely asked for is not to be remembered. */
export function isOfWatched({ findings }: Pick<GateAnswer, 'findings'>): boolean {
  return !findings.some(({ reason }) => reason === 'unknown-service');
}
