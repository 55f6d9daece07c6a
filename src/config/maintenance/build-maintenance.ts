import { countedStretches, type Exclusion } from '../../domain/budget/exclusions.ts';
import { dayMs, dayOf } from '../../domain/budget/zone.ts';
import { longestSilenceMs } from '../../domain/silence/silence.ts';
import type { DeclarationPath } from '../../domain/text/diagnostic.ts';
import { formatDuration } from '../../domain/text/duration.ts';
import { buildExclusion } from '../budget/build-exclusion.ts';
import type { Report } from '../problem.ts';
import type { MaintenanceFile } from './maintenance-file.ts';

/** A week without a change of clocks in nearly every zone: Monday, 6 July 2026. */
const anyMonday = dayOf(2026, 7, 6) * dayMs;

/** The stretches in which a service pages nobody; what is wrong with them is reported. `now` (ms): where it is known. */
export function buildMaintenance(
  files: readonly MaintenanceFile[],
  path: DeclarationPath,
  report: Report,
  now?: number,
): readonly Exclusion[] {
  const windows = files.flatMap((value, index) => {
    const at = [...path, index];
    const window = buildExclusion({ value, path: at }, report);
    if (window?.kind === 'once') checkOnce(window, at, report, now);
    return window ?? [];
  });
  const weekly = windows.filter(({ kind }) => kind === 'weekly');
  if (weekly.length > 0 && countedStretches(weekly, anyMonday, anyMonday + 14 * dayMs).length === 0) {
    const message = 'these stretches are every hour of the week, so this service would never page anybody';
    report({ path, code: 'maintenance-never-ends', message, hint: 'leave the time in which it is to page' });
  }
  return windows;
}

function checkOnce(
  { from, to }: { readonly from: number; readonly to: number },
  path: DeclarationPath,
  report: Report,
  now: number | undefined,
): void {
  if (to - from > longestSilenceMs) {
    const message = `nobody would be paged for more than ${formatDuration(longestSilenceMs)}`;
    report({ path: [...path, 'to'], code: 'maintenance-too-long', message, hint: 'check the year and the month' });
  } else if (now !== undefined && to <= now) {
    const message = 'this stretch is over, so it keeps back nothing';
    const hint = 'leave it out, or check the year';
    report({ path, severity: 'warning', code: 'maintenance-over', message, hint });
  }
}
