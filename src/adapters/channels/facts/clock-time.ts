const instant = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)/;

interface Bounded {
  readonly at: string;
  readonly earliest: string;
  readonly latest: string;
}

/** `02:07:12 UTC` of an RFC 3339 instant, with the date when it is not the day of `now`. */
export function clockTime(at: string, now: string): string {
  return `${withoutZone(at, now)} UTC`;
}

/** ` (02:07:10 to 02:07:15)`: how uncertain an estimate is; empty when it is certain to the second. */
export function betweenTimes({ earliest, latest }: Bounded, now: string): string {
  const [from, to] = [withoutZone(earliest, now), withoutZone(latest, now)];
  return from === to ? '' : ` (${from} to ${to})`;
}

function withoutZone(at: string, now: string): string {
  const [, day, time] = instant.exec(at) ?? [];
  if (time === undefined) return at;
  return now.startsWith(`${day}T`) ? time : `${day} ${time}`;
}
