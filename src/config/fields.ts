import * as z from 'zod';
import { formatDuration, parseDuration } from '../domain/text/duration.ts';
import { valueKinds, type ValueKind } from './value-kinds.ts';

/*
 * Messages of fields have two lines at most: what is wrong, then what to write instead.
 */

/** Most characters of a text for which nothing else is said. */
export const maxTextLength = 1000;

interface TextOptions {
  /** Completes "expected …". */
  readonly expected: string;
  readonly pattern?: RegExp;
  readonly maxLength?: number;
  readonly hint?: string;
}

/** A text with a shape; numbers and the like are refused rather than converted, because `1.10` and `1.1` differ as texts only. */
export function text({ expected, pattern, maxLength = maxTextLength, hint }: TextOptions) {
  const remedy = hint === undefined ? '' : `\n${hint}`;
  const refuse = (input: unknown): string => `expected ${expected}, got ${show(input)}${remedy}`;
  const base = z
    .string({
      error: ({ input }) =>
        typeof input === 'number' || typeof input === 'boolean'
          ? `expected ${expected}, got ${show(input)}\n${hint ?? `put it in quotes: "${input}"`}`
          : refuse(input),
    })
    .min(1, { error: ({ input }) => refuse(input) })
    .max(maxLength, { error: `expected ${expected} of at most ${maxLength} characters` });
  return pattern === undefined ? base : base.regex(pattern, { error: ({ input }) => refuse(input) });
}

/** A name that is also a DNS label, so that it fits URLs, metric labels and Kubernetes names. */
export const dnsLabel = () =>
  text({ expected: dnsLabelShape, pattern: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/ }).register(valueKinds, {
    word: 'name',
  });
export const dnsLabelShape =
  'a name of at most 63 lower-case letters, digits and dashes that starts and ends with a letter or digit';

/** A Prometheus label name. */
export const labelName = () =>
  text({
    expected: 'a label name: letters, digits and underscores',
    pattern: /^[A-Za-z_][A-Za-z0-9_]*$/,
    maxLength: maxLabelNameLength,
  }).register(valueKinds, { word: 'label name' });
export const maxLabelNameLength = 128;

export const labels = () => z.record(labelName(), text({ expected: 'a text' }));

/** An absolute http or https URL without a user name or password in it. What was written is not repeated: it may hold a secret. */
export const httpUrl = () =>
  z
    .string({ error: 'expected a URL that starts with http:// or https://' })
    .max(2048, 'expected a URL of at most 2048 characters')
    // No flag for upper case fits into a JSON Schema.
    .meta({ pattern: '^[Hh][Tt][Tt][Pp][Ss]?://\\S+$' })
    .superRefine((value, context) => {
      const url = /^https?:\/\/\S+$/i.test(value) ? URL.parse(value) : null;
      const message =
        url === null
          ? 'expected a URL that starts with http:// or https://'
          : url.username !== '' || url.password !== ''
            ? 'a URL holds no user name or password here'
            : undefined;
      if (message !== undefined) context.addIssue({ code: 'custom', message, params: { code: 'invalid-url' } });
    })
    .register(valueKinds, { word: 'URL' });

/** A duration in text, ms in the result. */
export function duration({
  min = 0,
  max,
  what,
}: {
  readonly min?: number;
  readonly max: number;
  readonly what: string;
}) {
  return z
    .string({
      error: ({ input }) =>
        `expected a duration such as 30s, 5m or 1h30m, got ${show(input)}${typeof input === 'number' ? `\nwrite ${input}s or ${input}m` : ''}`,
    })
    .meta({
      pattern: '^(\\d+w)?(\\d+d)?(\\d+h)?(\\d+m)?(\\d+s)?(\\d+ms)?$',
      minLength: 2,
    })
    .transform((value, context) => {
      const ms = parseDuration(value);
      const fault =
        ms === undefined
          ? ['invalid-duration', `expected a duration such as 30s, 5m or 1h30m, got ${show(value)}`]
          : ms < min
            ? ['duration-out-of-range', `${what} is at least ${formatDuration(min)}`]
            : ms > max
              ? ['duration-out-of-range', `${what} is at most ${formatDuration(max)}`]
              : undefined;
      if (fault === undefined && ms !== undefined) return ms;
      context.issues.push({ code: 'custom', input: value, message: fault?.[1] ?? '', params: { code: fault?.[0] } });
      return z.NEVER;
    })
    .register(valueKinds, durationKind(min, max));
}

/** How the pages name a duration between two bounds, ms. */
export function durationKind(min: number, max: number): ValueKind {
  return { word: 'duration', limits: `${min === 0 ? 'up' : formatDuration(min)} to ${formatDuration(max)}` };
}

/** A value as its author would recognise it, shortened. */
export function show(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'object':
      return 'a mapping';
    case 'string':
      return value === '' ? 'an empty text' : `\`${onOneLine(value.length > 60 ? `${value.slice(0, 57)}…` : value)}\``;
    case 'number':
    case 'boolean':
    case 'bigint':
      return `\`${value}\``;
    case 'undefined':
    case 'symbol':
    case 'function':
      return typeof value;
    default:
      return 'a value';
  }
}

/** A line break in a value would part the message, whose second line is its hint. */
function onOneLine(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
}
