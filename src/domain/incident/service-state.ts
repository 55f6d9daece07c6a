import type { Group } from '../service/group.ts';
import type { Onset } from '../estimate/onset.ts';
import type { Severity } from '../service/service.ts';

/** How far one stop-the-line rule has come in one scope. All times: ms on the source's clock. */
export interface RuleState {
  readonly rule: string;
  /** Set while the condition is true: how long it has been known to be true, and since when. */
  readonly trueSince?: number;
  /** Time inside that stretch for which the condition could not be decided; it does not count towards `for`. */
  readonly undecidedMs: number;
  /** Set while the condition cannot be decided. */
  readonly unknownSince?: number;
  /** True once the condition has been true for `for`, until it is known to be false. */
  readonly firing: boolean;
  /** Set while a rule that only records would stop the line: what the log calls this stop. */
  readonly shadowId?: string;
}

/** The incident a scope is in. */
export interface OpenIncident {
  readonly id: string;
  readonly detectedAt: number;
  readonly severity: Severity;
  /** Rules that stopped the line in this incident, by name. */
  readonly rules: readonly string[];
  readonly onset: Onset;
  readonly onsetSettled: boolean;
  readonly revision: string;
  readonly endState: string;
  readonly relapses: number;
  /** Start of the stretch over which the end state has held so far; absent while it does not. */
  readonly heldSince?: number;
  /** Time in that stretch that could not be judged; it does not count towards `hold`. */
  readonly undecidedMs: number;
  /** Set while readings the incident rests on cannot be had. */
  readonly blindSince?: number;
  /** When readings came back for the last time; what happened meanwhile is read again just after. */
  readonly sightedAt?: number;
  /** Since when they had been away then. */
  readonly blindFrom?: number;
  /** True once that blindness stands on the timeline. */
  readonly blinded: boolean;
  /** Set once resolved: the watch window runs. */
  readonly resolvedAt?: number;
  readonly recoveredAt?: number;
  /** By how much the source's clock was set since the onset was recorded; times in this state follow it. */
  readonly clockSetMs?: number;
}

/** One service, or one group of it, under evaluation. */
export interface ScopeState {
  readonly group: Group;
  readonly rules: readonly RuleState[];
  readonly incident?: OpenIncident;
  /** Set where an incident was closed: what happened until service was back, or before a person's word, belongs to that one, ms. */
  readonly notBefore?: number;
  /**
   * Since when every target has held without a gap in what was seen, with no incident open; absent while that is not so, and
   * in what an older Andon left, ms.
   */
  readonly heldSince?: number;
}
