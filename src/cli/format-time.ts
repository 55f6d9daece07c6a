import { formatSpan } from '../domain/text/duration.ts';

/** How long ago a moment was: `12m 5s ago`; moments to come, by a clock that is behind, are `now`. */
export function formatAge(iso: string, now: number): string {
  const age = now - Date.parse(iso);
  return age < 1000 ? 'now' : `${formatSpan(age)} ago`;
}

/** `2026-08-22 02:07:11Z`, from ISO 8601 with milliseconds. */
export function formatMoment(iso: string): string {
  return iso.replace('T', ' ').replace(/\.\d+Z$/, 'Z');
}
