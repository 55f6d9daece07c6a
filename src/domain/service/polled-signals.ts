import { isBudgetUse } from './condition.ts';
import type { Service, Signal } from './service.ts';

/**
 * The signals that Andon reads itself: all of them, but those that only error budgets look at whose counts rules of the
 * source record. There is always one, since a target looks at it.
 */
export function polledSignals(service: Service): readonly Signal[] {
  if (service.budgetsFrom !== 'recording-rules') return service.signals;
  const known = remembered.get(service);
  if (known !== undefined) return known;
  const polled = service.signals.filter((signal) => isPolled(service, signal));
  remembered.set(service, polled);
  return polled;
}

/** Asked at every poll, of services that do not change. */
const remembered = new WeakMap<Service, readonly Signal[]>();

function isPolled({ budgets, endState, rules }: Service, { name }: Signal): boolean {
  return (
    budgets.every(({ signal }) => signal !== name) ||
    endState.targets.some(({ signal }) => signal === name) ||
    rules.some(({ when }) => when.uses.some((use) => use.signal === name && !isBudgetUse(use)))
  );
}
