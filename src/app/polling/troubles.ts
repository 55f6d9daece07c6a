import { describeFailure } from '../../domain/reading/describe-failure.ts';
import { formatDuration } from '../../domain/text/duration.ts';
import type { Service } from '../../domain/service/service.ts';
import { formatUtc } from '../../domain/text/utc.ts';
import type { ServiceProblem, ServiceView } from '../views/service-view.ts';
import type { Watch } from './watch.ts';

/** What keeps a service from being watched as declared beyond what its readings show; `at`: ms on the source's clock. */
export function troublesOf(watch: Watch, at: number): readonly ServiceProblem[] {
  return [
    ...refusedPasts(watch, at),
    ...unreadBudgets(watch),
    ...watch.budgets.recorded.problems(at),
    ...failedWork(watch),
  ];
}

/** Told until live reads have filled the signal's windows: until then this is why its readings are `short-history`. */
function refusedPasts({ service, refused, timing }: Watch, at: number): readonly ServiceProblem[] {
  return [...refused].flatMap(([signal, { failure, at: refusedAt }]) => {
    const windowMs = windowOf(service, signal);
    if (windowMs === undefined || at > refusedAt + windowMs + 2 * timing.intervalMs) return [];
    const since = `its windows, of up to ${formatDuration(windowMs)}, fill from live reads since ${formatUtc(refusedAt)}`;
    return [
      {
        reason: `history-${failure.reason}`,
        detail: `${signal}: its past cannot be read, so ${since}. ${describeFailure(failure)}`,
      },
    ];
  });
}

/** Told until the next part of it is read. */
function unreadBudgets({ budgets }: Watch): readonly ServiceProblem[] {
  return [...budgets.unread].map(([signal, failure]) => ({
    reason: `budget-history-${failure.reason}`,
    detail: `${signal}: the past of its error budgets cannot be read, so what they lack stays unknown; it is asked for again. ${describeFailure(failure)}`,
  }));
}

function failedWork({ failed }: Watch): readonly ServiceProblem[] {
  if (failed === undefined) return [];
  const { tries, detail, isStore } = failed;
  return [
    {
      reason: isStore ? 'not-written' : 'not-judged',
      detail: `${isStore ? 'What was judged could not be written' : 'Judging ended unexpectedly'}, ${tries} times in a row; it is tried again. ${detail}`,
    },
  ];
}

/** A snapshot that says what fails since it was taken. */
export function withFailedWork(view: ServiceView, watch: Watch): ServiceView {
  const others = view.problems.filter(({ reason }) => reason !== 'not-written' && reason !== 'not-judged');
  return { ...view, problems: [...others, ...failedWork(watch)] };
}

/** The longest window that anything reads a signal over, ms; undefined when nothing reads it. */
export function windowOf(service: Service, signal: string): number | undefined {
  const windows = [
    ...service.endState.targets.filter((target) => target.signal === signal).map(({ overMs }) => overMs ?? 0),
    ...service.rules.flatMap(({ when }) =>
      when.uses.filter((use) => use.signal === signal).map(({ windowMs }) => windowMs ?? 0),
    ),
  ];
  return windows.length === 0 ? undefined : Math.max(...windows);
}
