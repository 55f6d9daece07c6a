import type { Diagnostic, DeclarationPath, Position } from '../../domain/text/diagnostic.ts';
import type { Service } from '../../domain/service/service.ts';
import { budgetGroups } from './budget-rules.ts';
import { inexpressible } from './inexpressible.ts';
import { splitGroup, type RuleGroup } from './rule-group.ts';

/** The rule groups of one service. */
export interface ServiceGroups {
  readonly service: string;
  readonly groups: readonly RuleGroup[];
}

export interface GeneratedRules {
  /** Services with a budget that can be expressed. */
  readonly services: readonly ServiceGroups[];
  /** What of the rule files has no counterpart in the rules. */
  readonly left: readonly Diagnostic[];
}

export interface GenerateOptions {
  /** Of Andon, for the label that says who made the rules. */
  readonly version: string;
  /** Rules in a group at most. */
  readonly maxGroupSize: number;
}

type Locate = (service: string, path: DeclarationPath) => Position | undefined;

/** Makes recording and alerting rules of the error budgets of services, and says what cannot be made. */
export function generateRules(services: readonly Service[], locate: Locate, options: GenerateOptions): GeneratedRules {
  const left: Diagnostic[] = [];
  const generated: ServiceGroups[] = [];
  for (const service of services) {
    for (const { path, code, message, hint } of inexpressible(service)) {
      const position = locate(service.name, path);
      if (position === undefined) continue;
      left.push({ ...position, severity: 'warning', code, message, ...(hint === undefined ? {} : { hint }) });
    }
    const groups = service.budgets.flatMap((budget) => {
      const signal = service.signals.find(({ name }) => name === budget.signal);
      if (signal === undefined || signal.kind === 'gauge') return [];
      if (budget.period.kind !== 'rolling' || budget.method.kind !== 'occurrences') return [];
      return budgetGroups(service, budget, signal, budget.period.ms, options.version);
    });
    if (groups.length === 0) continue;
    generated.push({
      service: service.name,
      groups: groups.flatMap((group) => splitGroup(group, options.maxGroupSize)),
    });
  }
  return { services: generated, left };
}
