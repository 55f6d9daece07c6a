import type { Group } from '../service/group.ts';
import type { Severity } from '../service/severity.ts';

/** Which incidents a silence is about: those that fit all that is named, and at least one thing is. */
export interface SilenceMatcher {
  /** A service's name, or `*` for every service. */
  readonly service?: string;
  readonly severity?: Severity;
  readonly owner?: string;
  readonly rule?: string;
  /** Labels that the incident must carry with these values. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Labels that must tell the incident's group with these values. */
  readonly group?: Group;
}

interface SilenceEventBase {
  /** The service that it is about, or `*` where it is about several. */
  readonly service: string;
  readonly silenceId: string;
  /** ms since the epoch on Andon's clock. */
  readonly at: number;
}

/** What people did to pages, and how it ended. */
export type SilenceEvent =
  | (SilenceEventBase & {
      readonly type: 'silenced';
      readonly matcher: SilenceMatcher;
      readonly by: string;
      readonly reason: string;
      readonly from: number;
      readonly until: number;
    })
  | (SilenceEventBase & {
      readonly type: 'silence-ended';
      readonly because: 'by-hand' | 'expired';
      /** Who ended it, and why; of one that expired nobody. */
      readonly by?: string;
      readonly reason?: string;
    });
