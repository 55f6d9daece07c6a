import { formatDuration } from '../../domain/duration.ts';
import type { Service, Signal } from '../../domain/service.ts';
import { isReservedName, type ConditionCompiler } from '../condition/compile-condition.ts';
import type { SignalKinds } from '../condition/signal-kinds.ts';
import { suggest } from '../did-you-mean.ts';
import type { Report } from '../problem.ts';
import type { StopRuleFile } from '../rule-file.ts';
import { shortMs } from '../windows.ts';
import { buildRule } from './build-rule.ts';
import { buildSignal } from './build-signal.ts';
import { buildTarget } from './build-target.ts';
import type { Part, ServiceParts } from './read-parts.ts';
import { revisionOf } from './revision.ts';

/** Names that exist outside the rule files; absent where they are not known. */
export interface RuleContext {
  readonly sources?: readonly string[];
  readonly channels?: readonly string[];
}

/** Turns the parts of a rule file into a service. Every problem in them is reported; the service is only built when all parts are. */
export function buildService(
  parts: ServiceParts,
  compile: ConditionCompiler,
  context: RuleContext,
  report: Report,
): Service | undefined {
  const signals = buildSignals(parts, report);
  const kinds = kindsOf(parts);
  const targets = parts.targets.flatMap((part) => buildTarget(part, parts, report) ?? []);
  // Conditions are not blamed for a signal that nobody can tell the kind of.
  const guessing = [...parts.brokenSignals.values()].includes(undefined);
  const rules = guessing ? [] : parts.rules.flatMap((part) => buildRule(part, kinds, compile, report) ?? []);
  checkRuleNames(parts.rules, report);
  checkGrouping(parts, report);
  const { whole } = parts;
  if (whole === undefined) return undefined;
  const { metadata, spec } = whole;
  checkReferences(whole.spec, context, report);
  if (spec.endState.hold < shortMs) {
    const message = `a hold of ${formatDuration(spec.endState.hold)} may end between two scrapes`;
    const hint = `take at least ${formatDuration(shortMs)}, or a few scrape intervals`;
    report({ path: ['spec', 'endState', 'hold'], severity: 'warning', code: 'short-hold', message, hint });
  }
  const declared = {
    signals,
    endState: {
      summary: spec.endState.summary,
      holdMs: spec.endState.hold,
      watchMs: spec.endState.watch,
      targets,
    },
    rules,
  };
  return {
    name: metadata.name,
    ...(metadata.owner === undefined ? {} : { owner: metadata.owner }),
    ...(metadata.runbook === undefined ? {} : { runbook: metadata.runbook }),
    labels: metadata.labels,
    source: spec.source,
    notify: spec.notify,
    ...declared,
    revision: revisionOf(declared),
  };
}

function buildSignals(parts: ServiceParts, report: Report): readonly Signal[] {
  return [...parts.signals].flatMap(([name, file]) => {
    if (isReservedName(name)) {
      const message = `\`${name}\` means something in CEL already`;
      report({ path: ['spec', 'signals', name], at: 'key', code: 'invalid-name', message, hint: `try ${name}_signal` });
    }
    return buildSignal(name, file, report) ?? [];
  });
}

/** What conditions may refer to. A signal whose PromQL is wrong still has a kind, so conditions on it can be checked. */
function kindsOf(parts: ServiceParts): SignalKinds {
  const kinds = new Map<string, Signal['kind']>();
  for (const [name, kind] of parts.brokenSignals) if (kind !== undefined) kinds.set(name, kind);
  for (const [name, file] of parts.signals) {
    kinds.set(name, file.gauge !== undefined ? 'gauge' : file.latency !== undefined ? 'latency' : 'ratio');
  }
  return kinds;
}

function checkRuleNames(rules: readonly Part<StopRuleFile>[], report: Report): void {
  const names = new Map<string, number>();
  for (const { value, path } of rules) {
    if (names.has(value.name)) {
      report({ path: [...path, 'name'], code: 'duplicate-rule', message: `there are two rules \`${value.name}\`` });
    }
    names.set(value.name, (names.get(value.name) ?? 0) + 1);
  }
  const former = new Set<string>();
  for (const { value, path } of rules) {
    value.formerly.forEach((name, index) => {
      const clash = names.has(name) ? 'is the name of a rule now' : former.has(name) ? 'is claimed twice' : undefined;
      former.add(name);
      if (clash === undefined) return;
      report({
        path: [...path, 'formerly', index],
        code: 'duplicate-rule',
        message: `the former name \`${name}\` ${clash}`,
      });
    });
  }
}

/** A group of one signal must be a group of every other that is split, or no condition could look at both. */
function checkGrouping(parts: ServiceParts, report: Report): void {
  const split = [...parts.signals].filter(([, { by }]) => by.length > 0);
  const [first] = split;
  if (first === undefined) return;
  for (const [name, { by }] of split) {
    if ([...by].sort().join() === [...first[1].by].sort().join()) continue;
    const message = `\`${name}\` is split by other labels than \`${first[0]}\` is`;
    const hint = `split all signals of a service by [${first[1].by.join(', ')}], or not at all; or declare two services`;
    report({ path: ['spec', 'signals', name, 'by'], code: 'mixed-grouping', message, hint });
  }
}

function checkReferences(
  spec: { readonly source: string; readonly notify: readonly string[] },
  context: RuleContext,
  report: Report,
): void {
  const check = (
    kind: 'source' | 'channel',
    name: string,
    known: readonly string[] | undefined,
    path: (string | number)[],
  ): void => {
    if (known === undefined || known.includes(name)) return;
    const hint = suggest(name, known) ?? 'name it in the settings';
    report({ path, code: `unknown-${kind}`, message: `there is no ${kind} \`${name}\` in the settings`, hint });
  };
  check('source', spec.source, context.sources, ['spec', 'source']);
  spec.notify.forEach((name, index) => check('channel', name, context.channels, ['spec', 'notify', index]));
}
