const unitsMs = [
  { unit: 'y', ms: 365 * 86_400_000, whole: true },
  { unit: 'w', ms: 7 * 86_400_000, whole: true },
  { unit: 'd', ms: 86_400_000, whole: false },
  { unit: 'h', ms: 3_600_000, whole: false },
  { unit: 'm', ms: 60_000, whole: false },
  { unit: 's', ms: 1000, whole: false },
  { unit: 'ms', ms: 1, whole: false },
] as const;

/**
 * Writes whole ms above 0 as Prometheus' own code does, which Sloth names metrics with: 24h is `1d`, 28d is `4w`, 30d stays.
 * Weeks and years are used only where nothing remains.
 */
export function prometheusDuration(ms: number): string {
  let rest = Math.round(ms);
  let text = '';
  for (const { unit, ms: unitMs, whole } of unitsMs) {
    if (whole && rest % unitMs !== 0) continue;
    const count = Math.floor(rest / unitMs);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * unitMs;
  }
  return text === '' ? '0s' : text;
}
