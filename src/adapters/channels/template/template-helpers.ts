import Handlebars from 'handlebars';
import { formatDuration } from '../../../domain/text/duration.ts';

/** How values are written into the text, by what the text is. */
export type TemplateFormat = 'json' | 'html' | 'text' | { readonly escape: (value: string) => string };

type Helper = Handlebars.HelperDelegate;

/** The block helpers of Handlebars that templates may use. */
export const blockHelpers = ['if', 'unless', 'each', 'with'] as const;
/** What templates may call on a value. */
export const valueHelpers = ['json', 'percent', 'round', 'duration', 'utc', 'eq'] as const;
/** Wrapped round every value by the syntax check; not for authors. */
export const writeHelper = 'write';

const instant = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)/;

/** The whole helper table of a template. */
export function templateHelpers(format: TemplateFormat): Readonly<Record<string, Helper>> {
  const { blockHelperMissing, ...builtIn } = Handlebars.helpers;
  const kept = Object.fromEntries(blockHelpers.map((name) => [name, builtIn[name]]));
  return {
    ...(kept as Record<(typeof blockHelpers)[number], Helper>),
    ...(blockHelperMissing === undefined ? {} : { blockHelperMissing }),
    json: (value: unknown) => new Handlebars.SafeString(JSON.stringify(value ?? null)),
    percent: (value: unknown) => {
      const number = numberOf('percent', 'a share from 0 to 1', value);
      return number === undefined ? '' : `${Number((number * 100).toFixed(3))}%`;
    },
    round: (value: unknown) => {
      const number = numberOf('round', 'a count', value);
      return number === undefined ? '' : String(Math.round(number));
    },
    duration: (value: unknown) => {
      const number = numberOf('duration', 'seconds', value);
      return number === undefined ? '' : formatDuration(Math.round(number) * 1000);
    },
    utc: (value: unknown) => {
      if (value === undefined || value === null) return '';
      const match = typeof value === 'string' ? instant.exec(value) : null;
      if (match === null) throw new TypeError('utc takes a time, such as detectedAt');
      return `${match[1]} ${match[2]} UTC`;
    },
    eq: (left: unknown, right: unknown) => left === right,
    [writeHelper]: (value: unknown) => write(value, format),
  };
}

/** Facts may be absent: that is an empty text. Anything but a number is a mistake of the template's author. */
function numberOf(helper: string, takes: string, value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') return value;
  throw new TypeError(`${helper} takes a number (${takes}), not ${typeof value}`);
}

function write(value: unknown, format: TemplateFormat): string {
  if (value instanceof Handlebars.SafeString) {
    return typeof format === 'string' ? value.toString() : format.escape(value.toString());
  }
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    throw new TypeError('lists and objects are written with {{json …}} or {{#each …}}');
  }
  const text = String(value);
  if (typeof format !== 'string') return format.escape(text);
  switch (format) {
    case 'json':
      return JSON.stringify(text).slice(1, -1);
    case 'html':
      return Handlebars.escapeExpression(text);
    case 'text':
      return text;
  }
}
