import { formatUtc } from '../../domain/text/utc.ts';

/** A moment as ISO 8601 in UTC, when there is one. */
export function timeOf(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : formatUtc(ms);
}

/** A duration in seconds, when there is one. */
export function secondsOf(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}

type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** The same fields without those that are undefined: what is not known is absent from JSON and from its type. */
export function present<T extends object>(fields: T): Present<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>;
}
