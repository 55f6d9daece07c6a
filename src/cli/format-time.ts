import { formatDuration } from '../domain/duration.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const minuteMs = 60_000;

/** A duration as people say it, with the two units that matter: `45s`, `12m 5s`, `3h 20m`, `2d 4h`. */
export function formatSpan(ms: number): string {
  const unit = ms >= dayMs ? hourMs : ms >= hourMs ? minuteMs : 1000;
  return formatDuration(Math.floor(ms / unit) * unit).replaceAll(/(\D)(\d)/g, '$1 $2');
}

/** How long ago a moment was: `12m 5s ago`; moments to come, by a clock that is behind, are `now`. */
export function formatAge(iso: string, now: number): string {
  const age = now - Date.parse(iso);
  return age < 1000 ? 'now' : `${formatSpan(age)} ago`;
}

/** `2026-08-22 02:07:11Z`, from ISO 8601 with milliseconds. */
export function formatMoment(iso: string): string {
  return iso.replace('T', ' ').replace(/\.\d+Z$/, 'Z');
}
