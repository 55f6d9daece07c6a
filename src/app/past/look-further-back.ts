import { lastRow } from '../../domain/reading/count-rows.ts';
import { onsetOfCounts, onsetOfGauge } from '../../domain/estimate/estimate-onset.ts';
import type { IncidentEvent } from '../../domain/incident/event.ts';
import { groupKey } from '../../domain/service/group.ts';
import { replay } from '../../domain/reading/history.ts';
import { polledSignals } from '../../domain/service/polled-signals.ts';
import { budgetBounds, targetsBySignal } from '../../domain/estimate/onset-bounds.ts';
import { notEarlier, type Onset } from '../../domain/estimate/onset.ts';
import { record, emptyLedger, type SignalLedger } from '../../domain/reading/signal-ledger.ts';
import type { Service } from '../../domain/service/service.ts';
import { isRuleOf } from '../../domain/incident/is-rule-of.ts';
import type { OpenIncident, ScopeState } from '../../domain/incident/service-state.ts';
import type { Timing } from '../../domain/reading/timing.ts';
import type { Source } from '../ports/source.ts';

/** How far back an onset is looked for, ms. */
const furthestMs = 24 * 3_600_000;
/** Steps of the first, coarse look; the second looks at this many steps around what the first found. */
const coarseSteps = 1_440;
const fineSteps = 240;

export interface FurtherBack {
  readonly scope: ScopeState;
  readonly events: readonly IncidentEvent[];
}

/**
 * Looks for the onset of an incident whose breach is older than what Andon remembers, in the source's history:
 * first a day in coarse steps, then step by step around what was found, but not before an earlier incident was over.
 * Undefined when history tells nothing more.
 */
export async function lookFurtherBack(
  source: Source,
  service: Service,
  scope: ScopeState,
  incident: OpenIncident,
  timing: Timing,
  now: number,
  signal: AbortSignal,
): Promise<FurtherBack | undefined> {
  const { notBefore = -Infinity } = scope;
  const coarseMs = Math.max(timing.intervalMs, Math.ceil(furthestMs / coarseSteps));
  const coarse = await onsetIn(
    source,
    service,
    scope,
    incident,
    { ...timing, intervalMs: coarseMs },
    { from: Math.max(now - furthestMs, notBefore), to: now },
    signal,
  );
  if (coarse === undefined) return undefined;
  // Older than history itself: coarse steps tell less than what is known already, unless they reach further back.
  if (coarse.method === 'history-limit')
    return coarse.at < incident.onset.at ? settled(service, scope, incident, coarse, now) : undefined;
  const around = (fineSteps / 2) * timing.intervalMs + coarseMs;
  const close = { from: Math.max(coarse.at - around, notBefore), to: Math.min(now, coarse.at + around) };
  const fine = await onsetIn(source, service, scope, incident, timing, close, signal);
  return settled(service, scope, incident, fine === undefined || fine.method === 'history-limit' ? coarse : fine, now);
}

function settled(service: Service, scope: ScopeState, incident: OpenIncident, onset: Onset, now: number): FurtherBack {
  return {
    scope: { ...scope, incident: { ...incident, onset, onsetSettled: true } },
    events: [
      { type: 'onset-settled', service: service.name, group: scope.group, incidentId: incident.id, at: now, onset },
    ],
  };
}

async function onsetIn(
  source: Source,
  service: Service,
  scope: ScopeState,
  incident: OpenIncident,
  timing: Timing,
  stretch: { readonly from: number; readonly to: number },
  signal: AbortSignal,
): Promise<Onset | undefined> {
  // The counters of a signal whose counts rules record are never read.
  const read = polledSignals(service).find((each) => each.name === incident.onset.signal);
  const rules = service.rules.filter((rule) => isRuleOf(incident, rule));
  const bounds = [...targetsBySignal(service), ...budgetBounds(service, rules)].filter(
    (bound) => bound.signal === incident.onset.signal,
  );
  if (read === undefined || bounds.length === 0) return undefined;
  const [outcome] = await source.history([read], stretch, timing.intervalMs, signal);
  if (outcome?.kind !== 'history') return undefined;
  const histories = [{ signal: read, groups: outcome.groups }];
  let ledger: SignalLedger = emptyLedger;
  for (const frame of replay(histories, stretch.from, stretch.to, timing.intervalMs)) {
    for (const observation of frame.observations) ledger = record(ledger, read, observation, frame.at, -Infinity);
  }
  const group = ledger.groups.get(read.by.length > 0 ? groupKey(scope.group) : '');
  if (group === undefined) return undefined;
  const until = lastRow(group.rows)?.to ?? stretch.to;
  for (const bound of bounds) {
    const onset =
      read.kind === 'gauge'
        ? onsetOfGauge(group.values, bound, Math.min(incident.detectedAt, stretch.to), read.smearMs ?? 0)
        : onsetOfCounts(group.rows, bound, Math.min(incident.detectedAt, until), timing.intervalMs);
    if (onset !== undefined) return notEarlier(onset, stretch.from);
  }
  return undefined;
}
