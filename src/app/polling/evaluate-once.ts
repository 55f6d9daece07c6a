import type { Evaluation } from '../../domain/incident/evaluate.ts';
import type { Service } from '../../domain/service/service.ts';
import { formatDuration } from '../../domain/text/duration.ts';
import { rowAt, rowCount } from '../../domain/reading/count-rows.ts';
import { formatUtc } from '../../domain/text/utc.ts';
import { BucketedSource } from '../sources/bucketed-source.ts';
import { fillFor } from '../budgets/ledger-filler.ts';
import { judgeBlindly, judgeObserved, observeTogether } from './poll.ts';
import type { Clock } from '../ports/clock.ts';
import { silentLog } from '../ports/log.ts';
import type { Source } from '../ports/source.ts';
import { prepare } from './prepare.ts';
import type { ServiceProblem, ServiceView } from '../views/service-view.ts';
import { SourceClock } from '../sources/source-clock.ts';
import { troublesOf, windowOf } from './troubles.ts';
import { newWatch, viewOf, type Watch } from './watch.ts';

/** How long the past of error budgets is read for, for each turn of services, ms; what is not known by then is said to be so. */
const fillMs = 20_000;
/** Services that are prepared at once. */
const together = 8;

/** Evaluates services of one source once, as a daemon that just started would; writes and sends nothing. */
export async function evaluateOnce(
  given: Source,
  clock: Clock,
  services: readonly Service[],
  signal: AbortSignal,
): Promise<readonly ServiceView[]> {
  const source = new BucketedSource(given, clock);
  const sourceClock = new SourceClock(clock, source);
  const failure = await sourceClock.sync(signal);
  const watches = services.map((service) => newWatch(service, undefined));
  if (failure !== undefined) {
    return watches.map((watch) => viewOf(watch.service, judgeBlindly(watch, failure, sourceClock.now())));
  }
  const views: ServiceView[] = [];
  for (let first = 0; first < watches.length; first += together) {
    const turn = watches.slice(first, first + together);
    const ready: Watch[] = [];
    const blind: ServiceView[] = [];
    await Promise.all(
      turn.map(async (watch) => {
        const begun = sourceClock.now();
        const prepared = await prepare({ source, clock, signal, budgets: watch.budgets }, watch, begun);
        if (prepared.kind === 'failed') {
          blind.push(viewOf(watch.service, judgeBlindly(watch, prepared.failure, sourceClock.now())));
          return;
        }
        watch.state = prepared.state;
        watch.refused = new Map([...prepared.refused].map(([name, why]) => [name, { failure: why, at: begun }]));
        ready.push(watch);
      }),
    );
    const at = sourceClock.now() + 1;
    const observed = ready.length === 0 ? [] : await observeTogether(source, ready, at, signal);
    for (const { watch, observations } of observed)
      watch.budgets.feed(observations, watch.state, at, watch.timing.intervalMs);
    await fillFor(fillMs, { source, clock, log: silentLog, now: () => sourceClock.now() }, ready, signal);
    views.push(...blind, ...observed.map((each) => view(each.watch, judgeObserved(each), at)));
  }
  const order = services.map((service) => service.name);
  return views.sort((a, b) => order.indexOf(a.service) - order.indexOf(b.service));
}

function view(watch: Watch, evaluation: Evaluation, at: number): ServiceView {
  const shown = viewOf(watch.service, evaluation, troublesOf(watch, at), watch.budgets.views(at), watch);
  return { ...shown, problems: [...shown.problems, ...youngSignals(watch, evaluation, at)] };
}

/** Why windows are short of samples: the source itself has not known the signal for that long. */
function youngSignals(
  { service, refused }: Watch,
  { state, readings }: Evaluation,
  at: number,
): readonly ServiceProblem[] {
  return service.signals.flatMap(({ name }) => {
    const isShort = readings.some(
      ({ signal, reading }) => signal === name && reading.kind === 'unknown' && reading.reason === 'short-history',
    );
    const groups = [...(state.ledgers.get(name)?.groups.values() ?? [])];
    const firsts = groups.flatMap(({ rows, values }) => [
      ...(rowCount(rows) === 0 ? [] : [rowAt(rows, 0).from]),
      ...values.slice(0, 1).map((value) => value.at),
    ]);
    const windowMs = windowOf(service, name) ?? 0;
    const since = Math.min(...firsts);
    if (!isShort || refused.has(name) || firsts.length === 0 || at - since >= windowMs) return [];
    return [
      {
        reason: 'young-history',
        detail: `${name}: the source has samples of it since ${formatUtc(since)}, which is less than its windows of up to ${formatDuration(windowMs)} need; look again once it has them`,
      },
    ];
  });
}
