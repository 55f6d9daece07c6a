import { defaultGatePolicy, type BudgetBounds, type GatePolicy } from '../../domain/service/gate-policy.ts';
import type { DeclarationPath } from '../../domain/text/diagnostic.ts';
import type { Report } from '../problem.ts';
import { readShare } from '../service/share.ts';
import type { GateFile } from './gate-file.ts';

const bounds = ['warnBelow', 'holdBelow', 'stopBelow'] as const;

/** The policy that a rule file declares; what is wrong with it is reported. `service` is the one that it belongs to. */
export function buildGate(
  file: GateFile | undefined,
  service: string,
  hasBudgets: boolean,
  path: DeclarationPath,
  report: Report,
): GatePolicy {
  if (file === undefined) return defaultGatePolicy;
  checkDependencies(file, service, [...path, 'dependsOn'], report);
  const { onUnknown, dependsOn, errorBudgets } = file;
  if (errorBudgets === undefined) return { ...defaultGatePolicy, onUnknown, dependsOn };
  const budgetsPath = [...path, 'errorBudgets'];
  if (!hasBudgets) {
    const message = 'this service has no error budget for its gate to look at';
    const hint = 'declare errorBudgets, or leave this out';
    report({ path: budgetsPath, severity: 'warning', code: 'gate-without-budget', message, hint });
  }
  return { onUnknown, dependsOn, budgets: readBounds(errorBudgets, budgetsPath, report) };
}

function readBounds(file: NonNullable<GateFile['errorBudgets']>, path: DeclarationPath, report: Report): BudgetBounds {
  const read: { [K in (typeof bounds)[number]]?: number } = {};
  for (const name of bounds) {
    const written = file[name];
    const value = written === undefined ? undefined : readShare(written, [...path, name], report, '10% or 0.1');
    if (value !== undefined) read[name] = value;
  }
  const declared = bounds.filter((name) => read[name] !== undefined);
  declared.forEach((name, index) => {
    const milder = declared[index - 1];
    if (milder === undefined || (read[name] ?? 0) < (read[milder] ?? 0)) return;
    const message = `\`${name}\` is reached before \`${milder}\` is, which then never shows`;
    const hint = 'the more is left, the milder the answer: warnBelow > holdBelow > stopBelow';
    report({ path: [...path, name], severity: 'warning', code: 'gate-bounds-out-of-order', message, hint });
  });
  return read;
}

function checkDependencies({ dependsOn }: GateFile, service: string, path: DeclarationPath, report: Report): void {
  dependsOn.forEach((dependency, index) => {
    const at = [...path, index, 'service'];
    if (dependency.service === service) {
      const message = 'a service does not depend on itself here';
      report({ path: at, code: 'gate-depends-on-itself', message, hint: 'its own stop counts anyway' });
    }
    if (dependsOn.findIndex((other) => other.service === dependency.service) === index) return;
    const message = `\`${dependency.service}\` stands here twice`;
    report({ path: at, code: 'duplicate-dependency', message, hint: 'keep one of them' });
  });
}
