const unitMs = { w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;

const grammar = /^(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$/;
const order = ['w', 'd', 'h', 'm', 's', 'ms'] as const;

/** Reads `300ms`, `30s`, `5m`, `1h30m`, `30d`, `2w` as ms; undefined when the text is no duration. Units go from large to small, once each. */
export function parseDuration(text: string): number | undefined {
  const match = grammar.exec(text);
  if (text === '' || match === null) return undefined;
  const ms = order.reduce((sum, unit, index) => sum + Number(match[index + 1] ?? 0) * unitMs[unit], 0);
  return Number.isSafeInteger(ms) ? ms : undefined;
}

/** Writes whole ms, 0 or more, as `1h30m`; the largest unit is the day, because 30d reads better than 4w2d. */
export function formatDuration(ms: number): string {
  let rest = Math.round(ms);
  if (rest <= 0) return '0s';
  let text = '';
  for (const unit of ['d', 'h', 'm', 's', 'ms'] as const) {
    const count = Math.floor(rest / unitMs[unit]);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * unitMs[unit];
  }
  return text;
}

/** What is left of a time, rounded up: a freeze of two hours that has just begun has `2h` left, and not 1h 59m. */
export function formatLeft(ms: number): string {
  const unit = ms >= unitMs.d ? unitMs.h : ms >= unitMs.h ? unitMs.m : unitMs.s;
  return formatSpan(Math.ceil(Math.max(0, ms) / unit) * unit);
}

/** A time between two moments that were measured, to the nearest second, as people say it: one number wherever it stands. */
export function formatMeasured(ms: number): string {
  return formatSpan(Math.round(Math.max(0, ms) / unitMs.s) * unitMs.s);
}

/** A duration as people say it, with the two units that matter: `45s`, `12m 5s`, `3h 20m`, `2d 4h`. */
export function formatSpan(ms: number): string {
  const unit = ms >= unitMs.d ? unitMs.h : ms >= unitMs.h ? unitMs.m : unitMs.s;
  return formatDuration(Math.floor(ms / unit) * unit).replaceAll(/(\D)(\d)/g, '$1 $2');
}
