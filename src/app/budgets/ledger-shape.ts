import type { ErrorBudget } from '../../domain/budget/objective.ts';
import { hashText } from '../../domain/text/hash.ts';
import type { CountingSignal } from '../../domain/service/service.ts';

/**
 * What a ledger is counted by, as a short text. Under another shape the same budget counts something else, and its ledger
 * is filled anew; objective, exclusions and period are no part of it, since they only read what was counted.
 */
export function ledgerShape(
  { method }: Pick<ErrorBudget, 'method'>,
  { by, numerator, numeratorTerms, totalTerms }: CountingSignal,
  source: string,
): string {
  return hashText(JSON.stringify([source, method, by, numerator, numeratorTerms, totalTerms]));
}
