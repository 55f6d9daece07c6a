import type { DeclarationPath } from '../../domain/text/diagnostic.ts';
import { formatDuration, parseDuration } from '../../domain/text/duration.ts';
import type { Target } from '../../domain/service/service.ts';
import { suggest } from '../did-you-mean.ts';
import { show } from '../fields.ts';
import type { Problem, Report } from '../problem.ts';
import type { TargetFile } from '../rule-file.ts';
import { shortMs } from '../windows.ts';
import type { Part, ServiceParts } from './read-parts.ts';
import { lowShareHint, readShare } from './share.ts';

type SignalLookup = Pick<ServiceParts, 'signals' | 'brokenSignals'>;

/** Turns a declared target into a bound on a signal; undefined when something in it is wrong, which is reported. */
export function buildTarget(
  { value: file, path }: Part<TargetFile>,
  lookup: SignalLookup,
  report: Report,
): Target | undefined {
  const bound = file.atLeast !== undefined ? 'atLeast' : 'atMost';
  const written = file[bound];
  const signal = lookup.signals.get(file.signal);
  if (signal === undefined) {
    // A signal that is declared, but wrongly, has been reported already.
    if (!lookup.brokenSignals.has(file.signal)) {
      report({ path: [...path, 'signal'], ...unknownSignal(file.signal, [...lookup.signals.keys()]) });
    }
    return undefined;
  }
  if (written === undefined || (file.atLeast !== undefined && file.atMost !== undefined)) {
    const message = written === undefined ? 'this target has no bound' : 'this target has two bounds';
    report({
      path,
      code: 'target-bound',
      message,
      hint: 'give exactly one of atLeast and atMost; two bounds are two targets',
    });
    return undefined;
  }
  if (file.over !== undefined && file.over < shortMs) report(shortWindow([...path, 'over'], file.over));
  const boundPath = [...path, bound];
  const overMs = file.over === undefined ? {} : { overMs: file.over };
  if (signal.gauge !== undefined) {
    const value = gaugeBound(written, signal.gauge.unit, boundPath, report);
    const unit = signal.gauge.unit === undefined ? {} : { unit: signal.gauge.unit };
    return value === undefined ? undefined : { signal: file.signal, bound, value, ...overMs, ...unit };
  }
  const value = shareBound(written, bound, boundPath, report);
  if (file.over === undefined) {
    const message = `\`${file.signal}\` counts events, so this target needs a window`;
    report({ path: [...path, 'signal'], code: 'target-window', message, hint: 'add over: 5m' });
    return undefined;
  }
  return value === undefined ? undefined : { signal: file.signal, bound, value, ...overMs, unit: 'ratio' };
}

export function unknownSignal(name: string, known: readonly string[]): Omit<Problem, 'path'> {
  const hint = suggest(name, known);
  return { code: 'unknown-signal', message: `there is no signal \`${name}\``, ...(hint === undefined ? {} : { hint }) };
}

export function shortWindow(path: DeclarationPath, ms: number): Problem {
  return {
    path,
    severity: 'warning',
    code: 'short-window',
    message: `${formatDuration(ms)} rarely holds two scrapes`,
    hint: `take at least ${formatDuration(shortMs)}, or four scrape intervals`,
  };
}

function shareBound(
  written: number | string,
  bound: 'atLeast' | 'atMost',
  path: DeclarationPath,
  report: Report,
): number | undefined {
  if (bound === 'atMost') {
    const message = 'a share of good events is bounded from below';
    report({ path, at: 'key', code: 'target-bound', message, hint: 'write atLeast' });
    return undefined;
  }
  const value = readShare(written, path, report);
  if (value === undefined) return undefined;
  const low = lowShareHint(written, value);
  if (value === 0) {
    const message = 'a share is always at least 0, so this target always holds';
    report({ path, severity: 'warning', code: 'target-always-holds', message });
  } else if (low !== undefined) {
    const message = `with ${show(written)} this target holds while most events are bad`;
    report({ path, severity: 'warning', code: 'low-bound', message, hint: low });
  }
  return value;
}

function gaugeBound(
  written: number | string,
  unit: string | undefined,
  path: DeclarationPath,
  report: Report,
): number | undefined {
  if (typeof written === 'number') return written;
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(written)) return Number(written);
  const ms = parseDuration(written);
  if (ms !== undefined && unit === 'seconds') return ms / 1000;
  report({
    path,
    code: 'invalid-bound',
    message:
      ms === undefined
        ? `expected a number${unit === 'seconds' ? ' or a duration' : ''}, got ${show(written)}`
        : `a duration bounds a gauge whose unit is seconds, not ${unit === undefined ? 'one without a unit' : unit}`,
    hint:
      ms === undefined
        ? 'a gauge is bounded by a plain number in its own unit'
        : 'write a plain number, or unit: seconds',
  });
  return undefined;
}
