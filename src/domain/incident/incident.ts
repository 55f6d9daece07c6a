import type { BudgetSpent } from '../budget/budget-spent.ts';
import type { Suspect } from '../change/suspect.ts';
import { alertsBeforeAfter, firstAlertOf, type AlertBefore, type FirstAlert } from './detected-by.ts';
import { callingAfter, callingFrom, type Calling } from './calling.ts';
import type { StopFacts, StoredEvent } from './event.ts';
import type { Group } from '../service/group.ts';
import type { Impact } from './impact.ts';
import type { Onset, TimeEstimate } from '../estimate/onset.ts';
import { backBefore, relapsesKept, type Relapse } from './relapse.ts';
import type { Severity } from '../service/service.ts';
import { beginTelling, foldTelling, type TellingState } from './telling-state.ts';
import type { TargetVerdict } from '../reading/verdict.ts';

export type IncidentPhase = 'open' | 'watching' | 'closed';

/** Who closed an incident by hand, and why. */
export interface ClosedByHand {
  readonly by: string;
  readonly because: string;
}

/** An incident as its events tell it. Times on the source's clock unless named otherwise, ms since the epoch. */
export interface Incident {
  readonly id: string;
  readonly service: string;
  readonly group: Group;
  readonly owner?: string;
  /** `open` until the end state has held; `watching` for a relapse; then `closed`. */
  readonly phase: IncidentPhase;
  /** The worst since it opened or relapsed, whichever was last. */
  readonly severity: Severity;
  /** The worst that it ever had. */
  readonly worstSeverity: Severity;
  /** The one it opened with: it stands when the incident is raised later. */
  readonly openedSeverity: Severity;
  readonly title: string;
  readonly rules: readonly string[];
  readonly condition: string;
  /** Why the rule named in `condition` stopped the line. */
  readonly because: StopFacts['because'];
  readonly summary?: string;
  /** What the rule that told last saw of error budgets, for people. */
  readonly budgets?: readonly string[];
  /** When it saw that; absent exactly where `budgets` is. */
  readonly budgetsAt?: number;
  readonly runbook?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly endState: string;
  readonly revision: string;
  readonly onset: Onset;
  readonly onsetSettled: boolean;
  /** Changes that its first onset may come from, the latest first; absent when there are none. */
  readonly suspects?: readonly Suspect[];
  readonly detectedAt: number;
  /** The first alert of somebody else that fired before Andon detected it; absent while none is known. */
  readonly firstAlert?: FirstAlert;
  /** The alerts on its timeline that began before Andon detected it; absent when there are none. */
  readonly alertsBefore?: readonly AlertBefore[];
  readonly recoveredAt?: number;
  /** `recoveredAt` with its early and late bounds. */
  readonly recovery?: TimeEstimate;
  readonly resolvedAt?: number;
  readonly closedAt?: number;
  /** Set when a person closed it: unless it had resolved before, its recovery was not seen. */
  readonly closedByHand?: ClosedByHand;
  /**
   * From detection's recording to the first accepted page, on Andon's clock, ms. Absent where the page of another incident
   * was the first to tell of it, or only its relapse was told.
   */
  readonly timeToNotifyMs?: number;
  readonly timeToAcknowledgeMs?: number;
  /** Who acknowledged it first; whether that still counts stands in `calling`. */
  readonly acknowledgedBy?: string;
  readonly blind: boolean;
  readonly unwatched: boolean;
  readonly relapses: number;
  /** The newest of them, newest last; absent when there are none, and of relapses that an older Andon wrote down. */
  readonly lastRelapses?: readonly Relapse[];
  /** When a rule last stopped the line anew; absent without a relapse. */
  readonly relapsedAt?: number;
  /** How long it was off before that, from onset to recovery each time, ms; absent without a relapse. */
  readonly offBeforeMs?: number;
  /** Since when somebody is called to it, and who has answered. */
  readonly calling: Calling;
  /** Channels that were sent a notification of it or are owed one, configured now or not: they hear how it goes on. */
  readonly told: readonly string[];
  /** Who knows what of it now. */
  readonly telling: TellingState;
  readonly impact?: Impact;
  /** What it cost error budgets between onset and recovery; absent where it cost none, and while service is not back. */
  readonly budgetsSpent?: readonly BudgetSpent[];
  /** The verdicts last recorded in an event. */
  readonly verdicts: readonly TargetVerdict[];
  /** When that event happened. */
  readonly verdictsAt: number;
  /** When `opened` was recorded, on Andon's clock. */
  readonly openedRecordedAt: number;
  readonly lastSeq: number;
}

/** What it cost; absent while service is not back: after a relapse, what was counted before it is a part only. */
export function wholeImpact({ impact, recoveredAt }: Incident): Impact | undefined {
  return recoveredAt === undefined ? undefined : impact;
}

/** MTTD's addend: detected − onset, never negative, ms. */
export function timeToDetectMs(incident: Incident): number {
  return Math.max(0, incident.detectedAt - incident.onset.at);
}

/** MTTR's addend: recovered − onset, never negative, ms; absent while service is not back. */
export function timeToRecoverMs(incident: Incident): number | undefined {
  return incident.recoveredAt === undefined ? undefined : Math.max(0, incident.recoveredAt - incident.onset.at);
}

/** For how long it was off in all, without the stretches between in which service was back, ms; absent while it is not back. */
export function timeOffMs(incident: Incident): number | undefined {
  const { relapses, lastRelapses, relapsedAt, offBeforeMs = 0, recoveredAt } = incident;
  if (relapsedAt === undefined || recoveredAt === undefined) return timeToRecoverMs(incident);
  const newest = lastRelapses?.at(-1);
  // Of a relapse that an older Andon wrote down no onset is known.
  const offAgainAt = newest?.number === relapses ? newest.onset.at - (newest.clockSetMs ?? 0) : relapsedAt;
  return offBeforeMs + Math.max(0, recoveredAt - offAgainAt);
}

const severityRank: Readonly<Record<Severity, number>> = { ticket: 0, page: 1 };

export function worseSeverity(a: Severity, b: Severity): Severity {
  return severityRank[a] >= severityRank[b] ? a : b;
}

/** Folds one event into an incident; an `opened` event starts one. Events of a lost beginning are ignored. */
export function foldIncident(incident: Incident | undefined, event: StoredEvent): Incident | undefined {
  if (event.type === 'opened') return begin(event);
  if (incident === undefined) return undefined;
  const calling = callingAfter(incident.calling, event, incident.severity);
  const telling = foldTelling(incident.telling, event, incident);
  return dropUndefined({ ...incident, ...changes(incident, event), calling, telling, lastSeq: event.seq });
}

function begin(event: Extract<StoredEvent, { type: 'opened' }>): Incident {
  const { stop } = event;
  return {
    id: event.incidentId,
    service: event.service,
    group: event.group,
    ...(event.owner === undefined ? {} : { owner: event.owner }),
    phase: 'open',
    severity: stop.severity,
    worstSeverity: stop.severity,
    openedSeverity: stop.severity,
    title: stop.summary ?? stop.rule,
    rules: [stop.rule],
    condition: stop.condition,
    because: stop.because,
    ...(stop.summary === undefined ? {} : { summary: stop.summary }),
    ...budgetsOf(event),
    ...(stop.runbook === undefined ? {} : { runbook: stop.runbook }),
    labels: stop.labels,
    endState: event.endState,
    revision: event.revision,
    onset: event.onset,
    onsetSettled: false,
    ...suspectsOf(event.suspects),
    detectedAt: event.at,
    blind: false,
    unwatched: false,
    relapses: 0,
    calling: callingFrom(event),
    told: event.told ?? [],
    telling: beginTelling(event),
    verdicts: stop.verdicts,
    verdictsAt: event.at,
    openedRecordedAt: event.recordedAt,
    lastSeq: event.seq,
  };
}

function changes(incident: Incident, event: StoredEvent): Changes {
  switch (event.type) {
    case 'opened':
      return {};
    case 'rule-joined':
      return {
        rules: withRule(incident.rules, event.stop.rule),
        worstSeverity: worseSeverity(incident.worstSeverity, event.stop.severity),
        verdicts: event.stop.verdicts,
        verdictsAt: event.at,
        ...toldOf(incident, event.told),
        ...budgetsOf(event),
        // Who is woken by the worse rule is told what that rule says, not what the milder one said before.
        ...(worseSeverity(incident.severity, event.stop.severity) === incident.severity ? {} : toldBy(event.stop)),
      };
    case 'onset-settled':
      return { onset: event.onset, onsetSettled: true, ...seenBefore(incident.alertsBefore ?? [], event.onset) };
    case 'suspected':
      return event.relapse === undefined
        ? { suspects: event.suspects.length === 0 ? undefined : event.suspects }
        : relapseSuspected(incident, event.relapse, event.suspects);
    case 'notified':
      return {
        ...toldOf(incident, [event.channel]),
        ...(incident.timeToNotifyMs === undefined && isFirstTold(incident.telling)
          ? { timeToNotifyMs: sincePaging(incident, event) }
          : {}),
      };
    case 'acknowledged':
      return {
        ...toldOf(incident, event.told),
        ...(incident.acknowledgedBy === undefined
          ? { acknowledgedBy: event.by, timeToAcknowledgeMs: acknowledgedAfter(incident, event) }
          : {}),
      };
    case 'reminded':
    case 'unsilenced':
    case 'grouped':
    case 'steadied':
      return {
        ...toldOf(incident, event.told),
        ...(event.verdicts === undefined ? {} : { verdicts: event.verdicts, verdictsAt: event.at }),
      };
    case 'blinded':
      return { blind: true };
    case 'sighted':
      return { blind: false };
    case 'definition-changed':
      return { revision: event.after, endState: event.endState, unwatched: false };
    case 'unwatched':
      return { unwatched: true };
    case 'resolved':
      return {
        phase: 'watching',
        blind: false,
        recoveredAt: event.recoveredAt,
        recovery: event.recovery,
        resolvedAt: event.at,
        impact: event.impact,
        budgetsSpent: event.budgetsSpent,
        verdicts: event.verdicts,
        verdictsAt: event.at,
        ...toldOf(incident, event.told),
      };
    case 'relapsed':
      return {
        phase: 'open',
        relapses: incident.relapses + 1,
        relapsedAt: event.at,
        offBeforeMs: timeOffMs(incident) ?? 0,
        ...(event.onset === undefined ? suspectsOf(event.suspects) : withRelapse(incident, event, event.onset)),
        rules: withRule(incident.rules, event.stop.rule),
        // Who is called now is told of the rule that stops it now, and not of what was true before it was back.
        ...toldBy(event.stop),
        worstSeverity: worseSeverity(incident.worstSeverity, event.stop.severity),
        verdicts: event.stop.verdicts,
        verdictsAt: event.at,
        ...toldOf(incident, event.told),
        ...budgetsOf(event),
        recoveredAt: undefined,
        recovery: undefined,
        budgetsSpent: undefined,
        resolvedAt: undefined,
      };
    case 'closed':
      return { phase: 'closed', closedAt: event.at };
    case 'closed-by-hand':
      return {
        phase: 'closed',
        closedAt: event.at,
        closedByHand: { by: event.by, because: event.because },
        ...toldOf(incident, event.told),
      };
    case 'group-over':
      return toldOf(incident, event.told);
    case 'alerted':
      return seenBefore(
        alertsBeforeAfter(incident.alertsBefore ?? [], event.alert, incident.detectedAt),
        incident.onset,
      );
    case 'undeliverable':
    case 'noted':
      return {};
  }
}

/** A relapse takes the recovery back: what was set to undefined is really gone. */
function dropUndefined(incident: { readonly [K in keyof Incident]: Incident[K] | undefined }): Incident {
  return Object.fromEntries(Object.entries(incident).filter(([, value]) => value !== undefined)) as unknown as Incident;
}

type Changes = { readonly [K in keyof Incident]?: Incident[K] | undefined };

function toldBy(stop: StopFacts): Changes {
  const { severity, condition, summary, runbook, labels, because } = stop;
  return { severity, condition, summary, runbook, labels, because, title: summary ?? stop.rule };
}

function budgetsOf({
  stop,
  at,
}: {
  readonly stop: StopFacts;
  readonly at: number;
}): Pick<Incident, 'budgets' | 'budgetsAt'> {
  return stop.budgets === undefined ? {} : { budgets: stop.budgets, budgetsAt: at };
}

function suspectsOf(suspects: readonly Suspect[] = []): Pick<Incident, 'suspects'> {
  return suspects.length === 0 ? {} : { suspects };
}

/** The suspects of the first onset stay what they were: a relapse has its own. */
function withRelapse(incident: Incident, event: Extract<StoredEvent, { type: 'relapsed' }>, onset: Onset): Changes {
  const relapse: Relapse = {
    number: incident.relapses + 1,
    at: event.at,
    onset,
    ...backBefore(incident, event.clockSetMs),
    ...suspectsOf(event.suspects),
  };
  return { lastRelapses: [...(incident.lastRelapses ?? []), relapse].slice(-relapsesKept) };
}

function relapseSuspected({ lastRelapses = [] }: Incident, number: number, suspects: readonly Suspect[]): Changes {
  return {
    lastRelapses: lastRelapses.map((relapse) => {
      if (relapse.number !== number) return relapse;
      const { suspects: _before, ...rest } = relapse;
      return { ...rest, ...suspectsOf(suspects) };
    }),
  };
}

/** Who saw it first hangs on the onset, which may move once more is known. */
function seenBefore(alerts: readonly AlertBefore[], onset: Onset): Changes {
  return alerts.length === 0 ? {} : { alertsBefore: alerts, firstAlert: firstAlertOf(alerts, onset) };
}

function toldOf({ told }: Incident, channels: readonly string[] = []): Changes {
  return channels.every((channel) => told.includes(channel)) ? {} : { told: [...new Set([...told, ...channels])] };
}

function withRule(rules: readonly string[], rule: string): readonly string[] {
  return rules.includes(rule) ? rules : [...rules, rule];
}

/** An acknowledgement in another system is heard of later than it was made. */
function acknowledgedAfter(incident: Incident, event: StoredEvent & { readonly via?: unknown }): number {
  if (event.via === undefined) return sinceOpened(incident, event);
  return Math.max(0, Math.min(event.at, event.recordedAt) - incident.openedRecordedAt);
}

/** Whether the first page of its own is the one that told of its beginning, and not of what came later. */
function isFirstTold({ toldFirstBy, beganUntold, unsilencedAt }: TellingState): boolean {
  return toldFirstBy === undefined && (beganUntold === undefined || unsilencedAt !== undefined);
}

/** Nobody is late with what a silence kept back. */
function sincePaging(incident: Incident, event: StoredEvent): number {
  return Math.max(0, event.recordedAt - (incident.telling.unsilencedAt ?? incident.openedRecordedAt));
}

function sinceOpened(incident: Incident, event: StoredEvent): number {
  return Math.max(0, event.recordedAt - incident.openedRecordedAt);
}
