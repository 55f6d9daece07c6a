import { askedWindows } from '../../domain/budget/asked-windows.ts';
import type { ErrorBudget } from '../../domain/budget/objective.ts';
import type { CountingSignal, Service } from '../../domain/service/service.ts';
import type { RecordedBudget, RecordedRead } from '../ports/source.ts';

/** What to read of a service whose budgets come from recording rules; undefined for any other. The same object each time. */
export function recordedRead(service: Service): RecordedRead | undefined {
  if (service.budgetsFrom !== 'recording-rules' || service.budgets.length === 0) return undefined;
  const known = remembered.get(service);
  if (known !== undefined) return known;
  const budgets = service.budgets.flatMap((budget): RecordedBudget[] => {
    const signal = budgetSignal(service, budget);
    if (signal === undefined || budget.period.kind !== 'rolling') return [];
    const windows = new Set([...askedWindows(service, budget), budget.period.ms]);
    return [{ name: budget.name, by: signal.by, windowsMs: [...windows].sort((a, b) => a - b) }];
  });
  const read = { service: service.name, budgets };
  remembered.set(service, read);
  return read;
}

const remembered = new WeakMap<Service, RecordedRead>();

/** The signal that a budget is about. */
export function budgetSignal(
  { signals }: Pick<Service, 'signals'>,
  { signal }: Pick<ErrorBudget, 'signal'>,
): CountingSignal | undefined {
  const found = signals.find(({ name }) => name === signal);
  return found === undefined || found.kind === 'gauge' ? undefined : found;
}
