import type { Position } from '../../domain/text/diagnostic.ts';
import { draftRules } from './draft-rules.ts';
import { hoistCommon } from './hoist-common.ts';
import { freeName, signalName } from './imported-names.ts';
import type { ImportedSlo } from './imported-slo.ts';
import { placeOf } from './input-part.ts';
import type { ServiceGroup } from './join-services.ts';
import type { PlacedSlo } from './placed-slo.ts';
import type { BudgetDraft, ServiceDraft, SignalDraft, TargetDraft } from './service-draft.ts';

/** Lays the rule file of a service out. `dialect` is what its source is called, for comments. */
export function draftService(group: ServiceGroup, dialect: string): ServiceDraft {
  const { facts, source, name } = group;
  const { slos, labels, runbook } = hoistCommon(group.slos, facts.labels);
  const signals = draftSignals(slos);
  const placed = placeSlos(slos, signals);
  const rules = draftRules(placed);
  const owner = labels['owner'] ?? labels['team'];
  return {
    name,
    comments: [`Imported from ${dialect}: ${filesOf(slos).join(', ')}. Read it through before it may page.`],
    ...(facts.description === undefined ? {} : { description: facts.description }),
    ...(owner === undefined ? {} : { owner: owner.slice(0, 200) }),
    ...(runbook === undefined ? {} : { runbook }),
    labels,
    ...(source === undefined ? {} : { source }),
    notify: [...new Set(slos.flatMap(({ notify }) => notify))],
    signals: [...signals.values()],
    summary: `${group.written} meets its objectives: ${[...new Set(slos.map((slo) => slo.name))].join(', ')}`.slice(
      0,
      1000,
    ),
    targets: draftTargets(placed),
    budgets: placed.flatMap((slo) => draftBudget(slo, rules.burnRates.get(slo) ?? []) ?? []),
    rules: rules.rules,
  };
}

/** Signals by what they measure: objectives that measure the same share one. */
function draftSignals(slos: readonly ImportedSlo[]): ReadonlyMap<string, SignalDraft> {
  const signals = new Map<string, SignalDraft>();
  const taken = new Set<string>();
  for (const slo of slos) {
    const key = measureOf(slo);
    if (signals.has(key)) continue;
    const { signal, by, description } = slo;
    const name = freeName(signalName(slo.measure ?? slo.name), taken, '_', 48);
    const short = description?.trim().slice(0, 1000);
    signals.set(key, {
      name,
      comment: originOf(slo),
      signal,
      by,
      ...(short === undefined || short === '' ? {} : { description: short }),
    });
  }
  return signals;
}

function placeSlos(slos: readonly ImportedSlo[], signals: ReadonlyMap<string, SignalDraft>): readonly PlacedSlo[] {
  const taken = new Set<string>();
  return slos.map((slo) => {
    const own = signals.get(measureOf(slo))?.name ?? signalName(slo.name);
    const siblings = slos.filter((other) => other.budget !== undefined && measureOf(other) === measureOf(slo));
    const isOnly = siblings.length <= 1;
    const name = freeName(isOnly ? own : signalName(slo.name), taken, '_', 48);
    return {
      ...slo,
      signalName: own,
      isOnly: isOnly && name === own,
      origin: originOf(slo),
      ...(slo.budget === undefined ? {} : { budgetName: name }),
    };
  });
}

/** Of several targets on one signal only the tightest says anything. */
function draftTargets(slos: readonly PlacedSlo[]): readonly TargetDraft[] {
  const tightest = new Map<string, TargetDraft>();
  for (const { signalName: signal, target, signal: measured } of slos) {
    // A query that folds a range already is read as it stands, where its bound is one on the number itself.
    const over = measured.kind === 'gauge' && target.bound === 'atMost' ? {} : { over: '5m' };
    const draft = { ...target, signal, ...over };
    const key = `${signal} ${target.bound}`;
    const before = tightest.get(key);
    if (before === undefined || isTighter(draft, before)) tightest.set(key, draft);
  }
  return [...tightest.values()];
}

function isTighter(target: TargetDraft, than: TargetDraft): boolean {
  const difference = Number.parseFloat(String(target.value)) - Number.parseFloat(String(than.value));
  return target.bound === 'atLeast' ? difference > 0 : difference < 0;
}

function draftBudget(slo: PlacedSlo, burnRates: BudgetDraft['burnRates']): BudgetDraft | undefined {
  if (slo.budget === undefined || slo.budgetName === undefined) return undefined;
  const names = [...new Set(slo.alerts.flatMap(({ name }) => name ?? []))];
  const alerted = names.length === 0 || burnRates.length === 0 ? '' : `; its alert was called ${names.join(', ')}`;
  return {
    ...slo.budget,
    signal: slo.signalName,
    ...(slo.isOnly ? {} : { name: slo.budgetName }),
    comment: slo.origin + alerted,
    burnRates,
  };
}

function measureOf({ signal, by }: ImportedSlo): string {
  return JSON.stringify([signal, by]);
}

function originOf({ name, part }: ImportedSlo): string {
  return `${name} (${shown(placeOf(part))})`;
}

function shown({ file, line }: Position): string {
  return `${file}:${line}`;
}

function filesOf(slos: readonly ImportedSlo[]): readonly string[] {
  return [...new Set(slos.map(({ part }) => placeOf(part).file))];
}
