import type { BudgetSpent } from '../budget/budget-spent.ts';
import type { Alert, AlertStatus } from './alert.ts';
import type { DefinitionChange } from './definition-change.ts';
import type { Suspect } from '../change/suspect.ts';
import type { Group } from '../service/group.ts';
import type { Impact } from './impact.ts';
import type { Onset, TimeEstimate } from '../estimate/onset.ts';
import type { Severity } from '../service/service.ts';
import type { SilencedBy } from './silenced-by.ts';
import type { Standing } from './standing.ts';
import type { TargetVerdict } from '../reading/verdict.ts';

/** Facts of an incident's opening or worsening, frozen when it happened. */
export interface StopFacts {
  readonly rule: string;
  readonly condition: string;
  readonly severity: Severity;
  readonly summary?: string;
  readonly runbook?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** True when the rule opened because its condition could not be decided for too long. */
  readonly because: 'condition-true' | 'unknown-too-long';
  readonly verdicts: readonly TargetVerdict[];
  /** What it saw of error budgets, for people; absent for rules that look at none. */
  readonly budgets?: readonly string[];
}

interface EventBase {
  readonly service: string;
  readonly group: Group;
  readonly incidentId: string;
  /** When it happened, ms since the epoch on the source's clock (people's acts and reminders: Andon's clock). */
  readonly at: number;
}

/** Where an act of a person was taken over from: the other system, what happened there, and its own id of the incident. */
export interface Via {
  readonly system: string;
  readonly event: string;
  readonly incident: string;
}

/** Why a page is told later than it happened: the incident is off and on, or others that are told under it are off. */
export type WithheldFor = 'flapping' | 'group';

interface Telling extends EventBase {
  /** Channels that a notification of it was made for, written down together with them; absent when there were none. */
  readonly told?: readonly string[];
  /** What kept it from every channel: they are told when that ends, should it still be so. */
  readonly silencedBy?: SilencedBy;
  /** Channels on which another incident's page tells of this one too. */
  readonly groupedUnder?: { readonly incidentId: string; readonly channels: readonly string[] };
  /** Channels it was kept from by a silence, by a group that is not back as a whole, or because the incident flaps. */
  readonly withheld?: readonly string[];
  /** Why, where no silence kept it; absent in events of an older Andon. */
  readonly withheldFor?: readonly WithheldFor[];
}

/** The append-only truth. Incidents, MTTD, MTTR, the line and dashboards are folds over these. */
export type IncidentEvent =
  | (Telling & {
      readonly type: 'opened';
      readonly stop: StopFacts;
      readonly onset: Onset;
      readonly owner?: string;
      readonly revision: string;
      readonly endState: string;
      /** Changes that it may come from; absent when none is known, and in events of an older Andon. */
      readonly suspects?: readonly Suspect[];
    })
  /** A further rule became true, or the same one again at a higher severity. */
  | (Telling & { readonly type: 'rule-joined'; readonly stop: StopFacts })
  /** The onset estimate after more samples came; the last one stands. */
  | (EventBase & { readonly type: 'onset-settled'; readonly onset: Onset })
  /** The changes that it may come from, anew; the last ones stand. `relapse`: the relapse that they are of, from 1; absent: the first onset. */
  | (EventBase & { readonly type: 'suspected'; readonly suspects: readonly Suspect[]; readonly relapse?: number })
  | (EventBase & { readonly type: 'notified'; readonly channel: string; readonly notificationId: string })
  | (EventBase & {
      readonly type: 'undeliverable';
      readonly channel: string;
      readonly notificationId: string;
      readonly reason: string;
    })
  | (Telling & { readonly type: 'acknowledged'; readonly by: string; readonly note?: string; readonly via?: Via })
  /** Nobody acknowledged: the same channels were told again, or those of an escalation step were told. */
  | (Telling &
      Standing & {
        readonly type: 'reminded';
        readonly reminder: 'repeat' | 'escalation';
        /** Of an escalation: the place of its step, from 1, and how long after the first page it is due, ms. */
        readonly step?: number;
        readonly afterMs?: number;
      })
  | (EventBase & { readonly type: 'noted'; readonly by: string; readonly note: string; readonly via?: Via })
  /** Somebody else's alert about the service, as evidence. `at`: when it began or ended, on the clock of who raised it. */
  | (EventBase & {
      readonly type: 'alerted';
      readonly status: AlertStatus;
      readonly alert: Alert;
      /** When Andon heard of it, ms since the epoch on Andon's clock. */
      readonly receivedAt: number;
    })
  /** Readings that the incident rests on cannot be had; it stays open. */
  | (EventBase & { readonly type: 'blinded'; readonly reason: string; readonly detail: string })
  | (EventBase & { readonly type: 'sighted'; readonly blindForMs: number })
  /** What was declared changed while the incident was open. */
  | (EventBase & {
      readonly type: 'definition-changed';
      readonly before: string;
      readonly after: string;
      readonly endState: string;
      /** What it says otherwise; absent where the declaration before is not known, and in events of an older Andon. */
      readonly changes?: readonly DefinitionChange[];
      /** How many changes there are beyond those; absent when there are none. */
      readonly furtherChanges?: number;
    })
  /** The service left the rule files while the incident was open: nobody watches it any more. */
  | (EventBase & { readonly type: 'unwatched' })
  /** The end state held for `hold`: service is back since `recoveredAt`, and the line moves. */
  | (Telling & {
      readonly type: 'resolved';
      readonly recoveredAt: number;
      readonly recovery: TimeEstimate;
      /** Absent where it is not known. */
      readonly impact?: Impact;
      /** What it cost error budgets; absent where it cost none, and in events of an older Andon. */
      readonly budgetsSpent?: readonly BudgetSpent[];
      readonly verdicts: readonly TargetVerdict[];
    })
  /** A rule became true again inside the watch window. */
  | (Telling & {
      readonly type: 'relapsed';
      readonly stop: StopFacts;
      /** When it was off again; absent in events of an older Andon, whose suspects are those of the first onset. */
      readonly onset?: Onset;
      /** By how much the source's clock, which this is told on, was set since the first onset, ms; absent where it just ran on. */
      readonly clockSetMs?: number;
      readonly suspects?: readonly Suspect[];
      /** From here on it flaps: that it is off or back is told once that has lasted for `steadyMs`. */
      readonly flapping?: { readonly times: number; readonly since: number; readonly steadyMs: number };
    })
  /** The silence that kept an open incident's pages from everybody is over, so that they are told now. */
  | (Telling &
      Standing & {
        readonly type: 'unsilenced';
        readonly kind: 'firing' | 'escalated' | 'relapsed';
        /** What had kept it. */
        readonly silence: SilencedBy;
        /** Since when, ms since the epoch on Andon's clock. */
        readonly since: number;
      })
  /** Further incidents of one outage are named under this one's page instead of paging by themselves. */
  | (Telling &
      Standing & { readonly type: 'grouped'; readonly members: readonly string[]; readonly to: readonly string[] })
  /** It was off and on, and has stayed as it is for a while. */
  | (Telling &
      Standing & {
        readonly type: 'steadied';
        readonly kind: 'relapsed' | 'resolved';
        readonly relapses: number;
        readonly to: readonly string[];
      })
  /** All that its page tells of are back, so that its end is told. */
  | (Telling & { readonly type: 'group-over'; readonly to: readonly string[] })
  /** The watch window passed without a relapse; the incident's times are final. */
  | (EventBase & { readonly type: 'closed' })
  /** A person closed an incident that nothing else can close; when service came back was not seen, unless it had resolved. */
  | (Telling & { readonly type: 'closed-by-hand'; readonly by: string; readonly because: string });

/** An event as the store keeps it. */
export type StoredEvent = IncidentEvent & {
  /** Position in the log, from 1, without gaps within one store. */
  readonly seq: number;
  /** When it was written, ms since the epoch on Andon's clock. */
  readonly recordedAt: number;
};
