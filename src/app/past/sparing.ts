import { isBudgetUse } from '../../domain/service/condition.ts';
import type { ServiceState } from '../../domain/incident/evaluate.ts';
import type { Service, StopRule } from '../../domain/service/service.ts';
import type { RefusedPasts } from './past-reader.ts';

/**
 * The service without the stops that only a past which the source does not give would cause: nobody could look, and
 * that is no reason to page somebody for a time gone by.
 */
export function sparing(service: Service, refused: RefusedPasts, budgetsRefused: boolean): Service {
  if (refused.size === 0 && !budgetsRefused) return service;
  const rules = service.rules.map((rule): StopRule =>
    looksAt(rule, refused, budgetsRefused) ? { ...rule, onUnknown: { policy: 'ignore' } } : rule,
  );
  return { ...service, rules };
}

/** Takes back since when rules could not be decided, where only a refused past made them so: live reads begin anew. */
export function forgetUndecided(
  service: Service,
  before: ServiceState,
  after: ServiceState,
  refused: RefusedPasts,
  budgetsRefused: boolean,
): ServiceState {
  if (refused.size === 0 && !budgetsRefused) return after;
  const names = new Set(
    service.rules.filter((rule) => looksAt(rule, refused, budgetsRefused)).map((rule) => rule.name),
  );
  const scopes = new Map(
    [...after.scopes].map(([key, scope]) => {
      const known = before.scopes.get(key)?.rules ?? [];
      const rules = scope.rules.map((state) => {
        if (!names.has(state.rule) || known.some((each) => each.rule === state.rule && each.unknownSince !== undefined))
          return state;
        const { unknownSince: _undecided, ...rest } = state;
        return rest;
      });
      return [key, { ...scope, rules }];
    }),
  );
  return { ...after, scopes };
}

/** `budgetsRefused`: what rules recorded of the error budgets then cannot be read. */
function looksAt(rule: StopRule, refused: RefusedPasts, budgetsRefused: boolean): boolean {
  return rule.when.uses.some((use) => refused.has(use.signal) || (budgetsRefused && isBudgetUse(use)));
}
