import { guessedCadence, type Cadence } from '../../domain/reading/cadence.ts';
import { declarationWords } from '../../domain/incident/declaration-words.ts';
import type { Checkpoint } from '../../domain/incident/checkpoint.ts';
import { newServiceState, type Evaluation, type ServiceState } from '../../domain/incident/evaluate.ts';
import { keptOpen } from '../../domain/incident/kept-open.ts';
import { describeFailure } from '../../domain/reading/describe-failure.ts';
import { groupKey } from '../../domain/service/group.ts';
import type { SourceFailure } from '../../domain/reading/observation.ts';
import { polledSignals } from '../../domain/service/polled-signals.ts';
import type { Service, Signal, StopRule } from '../../domain/service/service.ts';
import type { ScopeState } from '../../domain/incident/service-state.ts';
import { timingFor, type Timing } from '../../domain/reading/timing.ts';
import { BudgetBook } from '../budgets/budget-book.ts';
import type { BudgetView } from '../budgets/budget-view.ts';
import { thresholdProblems } from '../sources/threshold-problems.ts';
import { viewRule, type ScopeView, type ServiceProblem, type ServiceView } from '../views/service-view.ts';

/** Until samples have shown their interval, it is taken to be this, ms. */
export const assumedIntervalMs = 15_000;
/** How often a service whose samples are not known yet is looked at, ms. */
const guessedPollMs = 2_000;

/** One service under watch: what is declared, what is known, and when to look again. Only its source's loop writes it. */
export interface Watch {
  service: Service;
  state: ServiceState;
  /** The ledgers of its error budgets; changed in place. */
  readonly budgets: BudgetBook;
  timing: Timing;
  cadence: Cadence;
  /** Signals whose past must be read before the service is evaluated; all of them at first. */
  unread: readonly Signal[];
  /** When to poll next, ms on the source's clock. */
  dueAt: number;
  /** When the sample that is waited for was first polled for; a retry is due later. */
  aimedAt: number;
  tries: number;
  polls: number;
  /** Misses of a sample in a row; the samples' times are learnt anew when there are several. */
  misses: number;
  /** True while nothing can be read: the state stands still, to catch up when the source answers. */
  blind: boolean;
  /** Tries in a row at reading its past that failed. */
  failedReads: number;
  /** What came before this instant was read as far as it can be, ms; -Infinity when the last evaluation tells that. */
  readTo: number;
  /** Signals whose past the source refused, and when. */
  refused: ReadonlyMap<string, RefusedPast>;
  /** Set while work on it fails, such as a commit that the store refuses. */
  failed: FailedWork | undefined;
  /** The instant that was written down last, ms on the source's clock; -Infinity before the first. */
  checkpointAt: number;
  view: ServiceView;
}

export interface RefusedPast {
  readonly failure: SourceFailure;
  /** ms on the source's clock. */
  readonly at: number;
}

export interface FailedWork {
  /** In a row. */
  readonly tries: number;
  /** For people. */
  readonly detail: string;
  /** True when it was judged, and could only not be written. */
  readonly isStore: boolean;
}

export function newWatch(service: Service, checkpoint: Checkpoint | undefined): Watch {
  const state: ServiceState =
    checkpoint === undefined
      ? newServiceState
      : {
          ...newServiceState,
          evaluatedAt: checkpoint.evaluatedAt,
          scopes: new Map(checkpoint.scopes.map((scope) => [groupKey(scope.group), scope])),
        };
  return {
    service,
    state,
    budgets: new BudgetBook(service),
    timing: timingFor(assumedIntervalMs),
    cadence: guessedCadence(guessedPollMs),
    unread: polledSignals(service),
    dueAt: -Infinity,
    aimedAt: -Infinity,
    tries: 0,
    polls: 0,
    misses: 0,
    blind: false,
    failedReads: 0,
    readTo: -Infinity,
    refused: new Map(),
    failed: undefined,
    checkpointAt: checkpoint?.evaluatedAt ?? -Infinity,
    view: emptyView(service, state),
  };
}

/** New services, new signals, and any stretch that nobody looked at are read from history first. */
export function needsPreparing(watch: Watch, now: number): boolean {
  const { evaluatedAt } = watch.state;
  if (watch.unread.length > 0) return true;
  return evaluatedAt !== undefined && now - Math.max(evaluatedAt, watch.readTo) > watch.timing.maxGapMs;
}

/** What survives a restart. */
export function checkpointOf(watch: Watch): Checkpoint {
  const scopes = [...watch.state.scopes.values()];
  return {
    service: watch.service.name,
    evaluatedAt: watch.state.evaluatedAt ?? 0,
    scopes,
    ...(scopes.every(({ incident }) => incident === undefined) ? {} : { declared: declarationWords(watch.service) }),
  };
}

export function emptyView(service: Service, state: ServiceState): ServiceView {
  return {
    ...viewBase(service),
    scopes: [...state.scopes.values()].map((scope) => viewScope(scope, [], rulesWithState(service, scope))),
    readings: [],
    budgets: [],
    problems: [],
    droppedGroups: 0,
  };
}

/**
 * A snapshot for the API and the metrics. `troubles`: what is in the way beyond what the evaluation shows; `live`: what tells
 * of an open incident what keeps it open.
 */
export function viewOf(
  service: Service,
  evaluation: Evaluation,
  troubles: readonly ServiceProblem[] = [],
  budgets: readonly BudgetView[] = [],
  live?: Pick<Watch, 'budgets' | 'timing'>,
): ServiceView {
  const { evaluatedAt } = evaluation.state;
  return {
    ...viewBase(service),
    ...(evaluatedAt === undefined ? {} : { lastPollAt: evaluatedAt }),
    scopes: evaluation.scopes.map((outcome) => {
      const { state, verdicts, rules } = outcome;
      const kept = live && keptOpen(service, evaluation, outcome, live.timing, live.budgets.readings());
      const judged = rules.map(({ rule }) => rule);
      return { ...viewScope(state, verdicts, judged), ...(kept === undefined ? {} : { keptOpen: kept }) };
    }),
    readings: evaluation.readings,
    budgets,
    problems: [...problemsOf(evaluation.state), ...thresholdProblems(service, evaluation.state), ...troubles],
    droppedGroups:
      [...evaluation.state.ledgers.values()].reduce((sum, ledger) => sum + ledger.dropped, 0) +
      (live?.budgets.recorded.droppedGroups ?? 0),
  };
}

function viewBase(service: Service) {
  return {
    service: service.name,
    ...(service.owner === undefined ? {} : { owner: service.owner }),
    ...(service.runbook === undefined ? {} : { runbook: service.runbook }),
    labels: service.labels,
    source: service.source,
    revision: service.revision,
    endState: service.endState.summary,
    ...(service.budgets.length === 0 ? {} : { errorBudgetsFrom: service.budgetsFrom ?? 'counters' }),
  };
}

/** Before anything is judged anew: the rules that were judged in this scope the last time. */
function rulesWithState(service: Service, { rules }: ScopeState): readonly StopRule[] {
  return service.rules.filter(({ name, formerly }) => rules.some(({ rule }) => [name, ...formerly].includes(rule)));
}

/** `rules`: those that are judged in this scope; a rule on the whole service says nothing about one group of it. */
function viewScope(scope: ScopeState, targets: ScopeView['targets'], rules: readonly StopRule[]): ScopeView {
  const { incident } = scope;
  const stopped = incident !== undefined && incident.resolvedAt === undefined;
  return {
    group: scope.group,
    line: stopped ? 'stopped' : 'moving',
    targets,
    rules: rules.map((rule) =>
      viewRule(
        rule,
        scope.rules.find((state) => state.rule === rule.name),
      ),
    ),
    ...(incident === undefined ? {} : { incidentId: incident.id }),
  };
}

function problemsOf(state: ServiceState): readonly ServiceProblem[] {
  return [...state.ledgers].flatMap(([signal, ledger]) => [
    ...(ledger.failure === undefined
      ? []
      : [{ reason: `source-${ledger.failure.reason}`, detail: `${signal}: ${describeFailure(ledger.failure)}` }]),
    ...(ledger.dropped === 0
      ? []
      : [
          {
            reason: 'too-many-groups',
            detail: `${signal}: ${ledger.dropped} groups beyond maxGroups are not evaluated`,
          },
        ]),
  ]);
}
