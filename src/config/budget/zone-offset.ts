import type { OffsetAt } from '../../domain/budget/zone.ts';

const minuteMs = 60_000;
const quarterMs = 15 * minuteMs;
/** More answers than this are not remembered; a year's calendar periods and weekly exclusions ask for a few hundred. */
const mostRemembered = 4_096;

/** One for each zone: making a format is slow, and budgets of one zone then share what they learnt. */
const known = new Map<string, OffsetAt>();

/** How far a time zone is east of UTC at an instant; undefined when the platform knows no zone of that name. */
export function offsetIn(timeZone: string): OffsetAt | undefined {
  const before = known.get(timeZone);
  if (before !== undefined) return before;
  const format = formatFor(timeZone);
  if (format === undefined) return undefined;
  const offsets = new Map<number, number>();
  const offsetAt: OffsetAt = (utcMs) => {
    const quarter = Math.floor(utcMs / quarterMs);
    let offset = offsets.get(quarter);
    if (offset === undefined) {
      if (offsets.size >= mostRemembered) offsets.clear();
      offset = readOffset(format, quarter * quarterMs);
      offsets.set(quarter, offset);
    }
    return offset;
  };
  known.set(timeZone, offsetAt);
  return offsetAt;
}

/** Names of the zones that there are, for a suggestion. */
export function zoneNames(): readonly string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone')];
}

/** What the platform takes a name for; the name itself when it knows no such zone. */
export function canonicalZone(timeZone: string): string {
  return formatFor(timeZone)?.resolvedOptions().timeZone ?? timeZone;
}

function formatFor(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** From `GMT`, `GMT+05:30` or, long ago, `GMT-00:44:30`. */
function readOffset(format: Intl.DateTimeFormat, at: number): number {
  const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign, hours = '0', minutes = '0', seconds = '0'] =
    /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?/.exec(name) ?? [];
  return (sign === '-' ? -1 : 1) * ((Number(hours) * 60 + Number(minutes)) * minuteMs + Number(seconds) * 1000);
}
