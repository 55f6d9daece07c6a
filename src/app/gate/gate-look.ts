import type { GateBudget, GateScope } from '../../domain/gate/decide-gate.ts';
import type { GateFacts } from '../../domain/gate/decide-gate.ts';
import { knownInMs } from '../../domain/budget/known-in.ts';
import type { UnknownBudget } from '../../domain/budget/read-budget.ts';
import { formatSpan } from '../../domain/text/duration.ts';
import { formatShare } from '../../domain/text/share.ts';
import { groupKey } from '../../domain/service/group.ts';
import type { Service } from '../../domain/service/service.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import { newestOnset } from '../../domain/incident/relapse.ts';
import type { OpenIncident, ScopeState } from '../../domain/incident/service-state.ts';
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

/** However long the windows of its targets are, no data counts for longer by that alone, ms. */
const longestFreshMs = 60_000;

/**
 * The age from which on the last evaluation of a service says nothing of now, ms: the shortest window of its targets is
 * over by then, or a minute, and as many polls have failed as amount to a gap. Nothing of other services is in it.
 */
export function staleAfter({ service, maxGapMs }: Pick<ServiceLook, 'service' | 'maxGapMs'>): number {
  const windows = service.endState.targets.flatMap(({ overMs }) => overMs ?? []);
  return Math.max(maxGapMs, Math.min(longestFreshMs, ...windows));
}

/** What is recorded of an incident; undefined where nothing is. */
export type RecordedIncident = (id: string) => Pick<Incident, 'onset' | 'lastRelapses'> | undefined;

/** What a gate sees of a service. `now` is Andon's clock, onto which times of the source's clock are moved. */
export function watchedFacts(
  look: ServiceLook,
  now: number,
  recorded: RecordedIncident,
): NonNullable<GateFacts['watched']> {
  const { service, view, sourceNow } = look;
  const skewMs = sourceNow - now;
  const shown = new Set(view.scopes.map(({ group }) => groupKey(group)));
  // An open incident stops the line whether or not the last poll showed its group.
  const unseen = [...look.scopes].flatMap(([key, { group, incident }]) =>
    incident === undefined || shown.has(key) ? [] : [{ group, targets: [], rules: [] }],
  );
  return {
    policy: service.gate,
    skewMs,
    staleAfterMs: staleAfter(look),
    scopes: [...view.scopes, ...unseen].map(({ group, targets, rules: judgedRules }): GateScope => {
      const incident = look.scopes.get(groupKey(group))?.incident;
      const unknown = judgedRules.flatMap(({ rule, severity, state, shadow }) =>
        state === 'unknown' && shadow !== true ? [{ rule, severity }] : [],
      );
      const judged = { group, verdicts: targets, ...(unknown.length === 0 ? {} : { undecided: unknown }) };
      if (incident === undefined) return judged;
      const { id, severity, rules, resolvedAt } = incident;
      const { at, again } = newestOff(incident, recorded(id));
      const off = { onsetAt: at - skewMs, ...(again ? { again } : {}) };
      const watched = resolvedAt === undefined ? {} : { watchedUntil: resolvedAt + service.endState.watchMs - skewMs };
      return { ...judged, incident: { id, severity, rules, ...off, ...watched } };
    }),
    budgets: view.budgets.map(({ budget, group, reading, known }): GateBudget => {
      if (reading.kind === 'value') return { budget, group, remaining: reading.remaining };
      return { budget, group, remaining: undefined, because: whyUnknown(service, budget, reading, known, sourceNow) };
    }),
    ...(view.lastPollAt === undefined ? {} : { dataAgeMs: Math.max(0, sourceNow - view.lastPollAt) }),
  };
}

/** Since when service is off on the source's clock as it goes now, ms: of a relapse that nothing is recorded of, since it was off at first. */
function newestOff(
  { onset, relapses, clockSetMs = 0 }: OpenIncident,
  recorded: ReturnType<RecordedIncident>,
): { readonly at: number; readonly again: boolean } {
  const newest = recorded?.lastRelapses?.at(-1);
  if (recorded === undefined || newest?.number !== relapses) return { at: onset.at, again: false };
  return { at: newestOnset(recorded).at + clockSetMs - (newest.clockSetMs ?? 0), again: true };
}

/** The reason that every other view gives, and until when it holds at least. `known`: the share of its past that was read. */
function whyUnknown(service: Service, budget: string, reading: UnknownBudget, known: number, now: number): string {
  const detail = reading.detail.startsWith(`${budget}: `) ? reading.detail.slice(budget.length + 2) : reading.detail;
  if (known < 1) return `${detail}; its past is still being read (${formatShare(known)})`;
  const declared = service.budgets.find(({ name }) => name === budget);
  const inMs = declared && knownInMs(declared, reading, now);
  return inMs === undefined ? detail : `${detail}; it is known in ${formatSpan(inMs)} at the earliest`;
}
