import type { DeclarationPath } from '../../domain/text/diagnostic.ts';
import { formatDuration } from '../../domain/text/duration.ts';
import { formatRatio } from '../../domain/text/ratio.ts';
import type { Target } from '../../domain/service/service.ts';
import type { Problem, Report } from '../problem.ts';
import type { Part } from './read-parts.ts';

/** Says when two targets on one signal exclude each other, or one says what the other says already. */
export function checkTargets(targets: readonly Part<Target>[], holdMs: number | undefined, report: Report): void {
  const told = new Set<DeclarationPath>();
  targets.forEach((later, index) => {
    for (const earlier of targets.slice(0, index)) {
      if (earlier.value.signal !== later.value.signal) continue;
      const problem =
        earlier.value.bound === later.value.bound ? repeated(earlier, later) : excluded(earlier, later, holdMs);
      if (problem === undefined || told.has(problem.path)) continue;
      told.add(problem.path);
      report(problem);
    }
  });
}

function repeated(earlier: Part<Target>, later: Part<Target>): Problem | undefined {
  // Over another window the same bound is another promise.
  if (earlier.value.overMs !== later.value.overMs) return undefined;
  const higher = later.value.value > earlier.value.value;
  const laterIsTighter = later.value.bound === 'atLeast' ? higher : later.value.value < earlier.value.value;
  const [tighter, looser] = laterIsTighter ? [later, earlier] : [earlier, later];
  return {
    path: looser.path,
    severity: 'warning',
    code: 'target-implied',
    message:
      earlier.value.value === later.value.value
        ? `this target stands here twice: \`${later.value.signal}\` ${inWords(later.value)}`
        : `this target always holds when the other one on \`${later.value.signal}\` does, which asks for ${inWords(tighter.value)}`,
    hint: 'leave this one out, or read it over another window',
  };
}

function excluded(earlier: Part<Target>, later: Part<Target>, holdMs: number | undefined): Problem | undefined {
  const [low, high] = earlier.value.bound === 'atLeast' ? [earlier, later] : [later, earlier];
  if (low.value.value <= high.value.value) return undefined;
  const longest = Math.max(low.value.overMs ?? 0, high.value.overMs ?? 0);
  // Means over different windows can cross for a while, but not for as long as the longer window lasts.
  const never = low.value.overMs === high.value.overMs || (holdMs !== undefined && holdMs >= longest);
  const together = `\`${later.value.signal}\` ${inWords(low.value)} and ${inWords(high.value)}`;
  return {
    path: later.path,
    severity: never ? 'error' : 'warning',
    code: 'targets-exclude-each-other',
    message: never
      ? `no value is ${together}, so the end state can never hold`
      : `${together} can only both hold for a moment, while the signal moves`,
    hint: `did you mean atLeast: ${show(high.value)} and atMost: ${show(low.value)}?`,
  };
}

function inWords(target: Target): string {
  const window = target.overMs === undefined ? '' : ` over ${formatDuration(target.overMs)}`;
  return `${target.bound === 'atLeast' ? 'at least' : 'at most'} ${show(target)}${window}`;
}

function show({ value, unit }: Target): string {
  return unit === 'ratio' ? formatRatio(value) : String(value);
}
