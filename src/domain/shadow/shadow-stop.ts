import type { TargetVerdict } from '../reading/verdict.ts';
import type { Group } from '../service/group.ts';
import type { Severity } from '../service/severity.ts';
import type { ShadowEvent } from './shadow-event.ts';

/** A stop that was only recorded: what a rule would have done. Times are ms on the source's clock. */
export interface ShadowStop {
  readonly id: string;
  readonly service: string;
  readonly group: Group;
  readonly rule: string;
  readonly severity: Severity;
  readonly condition: string;
  readonly because: 'condition-true' | 'unknown-too-long';
  readonly firedAt: number;
  /** The end state as it was judged when it fired. */
  readonly verdicts: readonly TargetVerdict[];
  /** Absent while it would still stop the line. */
  readonly clearedAt?: number;
  readonly clearedBecause?: Extract<ShadowEvent, { type: 'shadow-cleared' }>['because'];
}

/** Folds an event into the stop that it is about; undefined where its firing is not known. */
export function foldShadow(stop: ShadowStop | undefined, event: ShadowEvent): ShadowStop | undefined {
  switch (event.type) {
    case 'shadow-fired': {
      const { shadowId: id, service, group, rule, severity, condition, because, at: firedAt, verdicts } = event;
      return stop ?? { id, service, group, rule, severity, condition, because, firedAt, verdicts };
    }
    case 'shadow-cleared':
      return stop && { ...stop, clearedAt: event.at, clearedBecause: event.because };
  }
}
