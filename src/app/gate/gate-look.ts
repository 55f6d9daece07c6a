import type { GateBudget, GateScope } from '../../domain/gate/decide-gate.ts';
import type { GateFacts } from '../../domain/gate/decide-gate.ts';
import { groupKey } from '../../domain/service/group.ts';
import type { Service } from '../../domain/service/service.ts';
import type { ScopeState } from '../../domain/incident/service-state.ts';
import type { ServiceView } from '../views/service-view.ts';

/** A service as its source's loop knows it this moment. */
export interface ServiceLook {
  readonly service: Service;
  readonly view: ServiceView;
  readonly scopes: ReadonlyMap<string, ScopeState>;
  /** The source's time now, ms. */
  readonly sourceNow: number;
  /** Time between two polls beyond which something is amiss, ms. */
  readonly maxGapMs: number;
}

/** A poll may take its time, and a few may fail: data is not held to be stale before this, ms. */
const leastStaleMs = 60_000;

/** What a gate sees of a service. `now` is Andon's clock, onto which times of the source's clock are moved. */
export function watchedFacts(look: ServiceLook, now: number): NonNullable<GateFacts['watched']> {
  const { service, view, maxGapMs, sourceNow } = look;
  const skewMs = sourceNow - now;
  const shown = new Set(view.scopes.map(({ group }) => groupKey(group)));
  // An open incident stops the line whether or not the last poll showed its group.
  const unseen = [...look.scopes].flatMap(([key, { group, incident }]) =>
    incident === undefined || shown.has(key) ? [] : [{ group, targets: [] }],
  );
  return {
    policy: service.gate,
    skewMs,
    staleAfterMs: Math.max(leastStaleMs, 2 * maxGapMs),
    scopes: [...view.scopes, ...unseen].map(({ group, targets }): GateScope => {
      const incident = look.scopes.get(groupKey(group))?.incident;
      if (incident === undefined) return { group, verdicts: targets };
      const { id, severity, rules, onset, resolvedAt } = incident;
      const onsetAt = onset.at - skewMs;
      const watched = resolvedAt === undefined ? {} : { watchedUntil: resolvedAt + service.endState.watchMs - skewMs };
      return { group, verdicts: targets, incident: { id, severity, rules, onsetAt, ...watched } };
    }),
    budgets: view.budgets.map(({ budget, group, reading }): GateBudget => {
      return { budget, group, remaining: reading.kind === 'value' ? reading.remaining : undefined };
    }),
    ...(view.lastPollAt === undefined ? {} : { dataAgeMs: Math.max(0, sourceNow - view.lastPollAt) }),
  };
}
