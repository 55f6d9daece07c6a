import type { DeclarationPath } from '../../domain/text/diagnostic.ts';
import { formatRatio, parseRatio } from '../../domain/text/ratio.ts';
import { show } from '../fields.ts';
import type { Report } from '../problem.ts';

/** A written share as a number between 0 and 1; undefined when it is none, which is reported with what was meant. */
export function readShare(
  written: number | string,
  path: DeclarationPath,
  report: Report,
  example = '99.9% or 0.999',
): number | undefined {
  const value = typeof written === 'number' ? written : parseRatio(written);
  if (value === undefined) {
    report({ path, code: 'invalid-ratio', message: `expected a share such as ${example}, got ${show(written)}` });
    return undefined;
  }
  if (value <= 1 && value >= 0) return value;
  const percent = value > 1 && value <= 100 && !String(written).includes('%') ? Number(`${value}e-2`) : undefined;
  report({
    path,
    code: 'ratio-out-of-range',
    message: `a share lies between 0% and 100%, which ${show(written)} does not`,
    ...(percent === undefined ? {} : { hint: `did you mean ${formatRatio(percent)}?` }),
  });
  return undefined;
}

/** What its author may have meant by a share of good events that is lower than anybody promises; undefined when it is not. */
export function lowShareHint(written: number | string, value: number): string | undefined {
  if (value >= 0.5 || !String(written).includes('%')) return undefined;
  const hundredfold = value * 100;
  if (hundredfold >= 0.5 && hundredfold < 1) return `did you mean ${formatRatio(Number(hundredfold.toPrecision(12)))}?`;
  return `a share counts what is good: did you mean ${formatRatio(Number((1 - value).toPrecision(12)))}?`;
}
