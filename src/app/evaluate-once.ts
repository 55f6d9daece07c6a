import type { Service } from '../domain/service.ts';
import { pollBlindly, pollTogether } from './poll.ts';
import type { Clock } from './ports/clock.ts';
import type { Source } from './ports/source.ts';
import { prepare } from './prepare.ts';
import type { ServiceView } from './service-view.ts';
import { SourceClock } from './source-clock.ts';
import { newWatch, viewOf, type Watch } from './watch.ts';

/** Services that are prepared at once. */
const together = 8;

/** Evaluates services of one source once, as a daemon that just started would; writes and sends nothing. */
export async function evaluateOnce(
  source: Source,
  clock: Clock,
  services: readonly Service[],
  signal: AbortSignal,
): Promise<readonly ServiceView[]> {
  const sourceClock = new SourceClock(clock, source);
  const failure = await sourceClock.sync(signal);
  const watches = services.map((service) => newWatch(service, undefined));
  if (failure !== undefined) {
    return watches.map((watch) => viewOf(watch.service, pollBlindly(watch, failure, sourceClock.now()).evaluation));
  }
  const views: ServiceView[] = [];
  for (let first = 0; first < watches.length; first += together) {
    const turn = watches.slice(first, first + together);
    const ready: Watch[] = [];
    const blind: ServiceView[] = [];
    await Promise.all(
      turn.map(async (watch) => {
        const prepared = await prepare(source, clock, watch, sourceClock.now(), signal);
        if (prepared.kind === 'failed') {
          blind.push(viewOf(watch.service, pollBlindly(watch, prepared.failure, sourceClock.now()).evaluation));
          return;
        }
        watch.state = prepared.state;
        ready.push(watch);
      }),
    );
    const polled = ready.length === 0 ? [] : await pollTogether(source, ready, sourceClock.now() + 1, signal);
    views.push(...blind, ...polled.map((each) => viewOf(each.watch.service, each.evaluation)));
  }
  const order = services.map((service) => service.name);
  return views.sort((a, b) => order.indexOf(a.service) - order.indexOf(b.service));
}
