import type { TargetVerdict } from '../reading/verdict.ts';
import type { Group } from '../service/group.ts';
import type { Severity } from '../service/severity.ts';

interface ShadowEventBase {
  readonly service: string;
  readonly group: Group;
  /** Names one stop that was only recorded, from its firing to its clearing. */
  readonly shadowId: string;
  readonly rule: string;
  /** ms on the source's clock. */
  readonly at: number;
  /** The end state as it was judged then. */
  readonly verdicts: readonly TargetVerdict[];
}

/** What a rule that only records would have done. */
export type ShadowEvent =
  /** It would have stopped the line. */
  | (ShadowEventBase & {
      readonly type: 'shadow-fired';
      readonly severity: Severity;
      readonly condition: string;
      readonly because: 'condition-true' | 'unknown-too-long';
    })
  /** It would not any more: its condition is false again, it was declared in another way, or its group has no series. */
  | (ShadowEventBase & {
      readonly type: 'shadow-cleared';
      readonly because: 'condition-false' | 'rule-changed' | 'group-gone';
    });
export type StoredShadowEvent = ShadowEvent & { readonly seq: number; readonly recordedAt: number };
