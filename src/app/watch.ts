import { guessedCadence, type Cadence } from '../domain/cadence.ts';
import type { Checkpoint } from '../domain/checkpoint.ts';
import { newServiceState, type Evaluation, type ServiceState } from '../domain/evaluate.ts';
import { describeFailure } from '../domain/describe-failure.ts';
import { groupKey } from '../domain/group.ts';
import type { Service, Signal } from '../domain/service.ts';
import { timingFor, type Timing } from '../domain/timing.ts';
import { viewRule, type ServiceProblem, type ServiceView } from './service-view.ts';

/** Until samples have shown their interval, it is taken to be this, ms. */
export const assumedIntervalMs = 15_000;
/** How often a service whose samples are not known yet is looked at, ms. */
const guessedPollMs = 2_000;

/** One service under watch: what is declared, what is known, and when to look again. Only its source's loop writes it. */
export interface Watch {
  service: Service;
  state: ServiceState;
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
  checkpointAt: number;
  view: ServiceView;
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
    timing: timingFor(assumedIntervalMs),
    cadence: guessedCadence(guessedPollMs),
    unread: service.signals,
    dueAt: -Infinity,
    aimedAt: -Infinity,
    tries: 0,
    polls: 0,
    misses: 0,
    blind: false,
    checkpointAt: checkpoint?.evaluatedAt ?? -Infinity,
    view: emptyView(service, state),
  };
}

/** What survives a restart. */
export function checkpointOf(watch: Watch): Checkpoint {
  return {
    service: watch.service.name,
    evaluatedAt: watch.state.evaluatedAt ?? 0,
    scopes: [...watch.state.scopes.values()],
  };
}

export function emptyView(service: Service, state: ServiceState): ServiceView {
  return {
    ...viewBase(service),
    scopes: [...state.scopes.values()].map((scope) => viewScope(service, { state: scope, verdicts: [], rules: [] })),
    readings: [],
    problems: [],
    droppedGroups: 0,
  };
}

/** A snapshot for the API and the metrics. */
export function viewOf(service: Service, evaluation: Evaluation): ServiceView {
  const { evaluatedAt } = evaluation.state;
  return {
    ...viewBase(service),
    ...(evaluatedAt === undefined ? {} : { lastPollAt: evaluatedAt }),
    scopes: evaluation.scopes.map((scope) => viewScope(service, scope)),
    readings: evaluation.readings,
    problems: problemsOf(evaluation.state),
    droppedGroups: [...evaluation.state.ledgers.values()].reduce((sum, ledger) => sum + ledger.dropped, 0),
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
  };
}

function viewScope(service: Service, scope: Evaluation['scopes'][number]): ServiceView['scopes'][number] {
  const { incident } = scope.state;
  const stopped = incident !== undefined && incident.resolvedAt === undefined;
  const rules = scope.rules.length > 0 ? scope.rules.map((each) => each.rule) : service.rules;
  return {
    group: scope.state.group,
    line: stopped ? 'stopped' : 'moving',
    targets: scope.verdicts,
    rules: rules.map((rule) =>
      viewRule(
        rule,
        scope.state.rules.find((state) => state.rule === rule.name),
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
