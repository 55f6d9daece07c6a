import {
  COLLECTION_STYLE,
  constructFromEvents,
  CORE_SCHEMA,
  defineMappingTag,
  EVENT_ID,
  mapTag,
  parseEvents,
  SCALAR_STYLE,
  type Event,
  type ScalarEvent,
} from 'js-yaml';
import { maxValues } from './yaml-value.ts';

/** One document of a file, as data without places. */
export interface PlainDocument {
  /** Absent where there is nothing but blank lines and comments. */
  readonly value?: unknown;
  readonly from: number;
  /** Where the next document begins with `---`, or the end of the text. */
  readonly end: number;
}

/** Characters, such as tabs and odd spaces, whose meaning depends on where they stand. */
const oddCharacter =
  /[^\n\x20-\x7e\u00a1-\u167f\u1681-\u180d\u180f-\u1fff\u2010-\u2027\u2030-\u205e\u2070-\u2fff\u3001-\ufdff\ufe30-\ufefe\uff00-\uffef]/;
/** Spaces at the very start or end, the end of a document, a `{…}` or `[…]` that goes on in a further line, and a long gap. */
const oddLine = /^ |(?:^|\n)(?:\.\.\.| *[\]},]| +$)| {100}/;
/** What stands in the line before a key, an item or a value. */
const beforeNode = /^[ -]*$|[^ ]: +$/;
/** Rare spellings of nothing and of numbers. */
const oddPlain = /^(?:[~+.:?]|-?\.|-?0[\dox]|-?[\d.]+[eE]|-?\d{16})/;
const simpleQuoted = /^(?:[^\\\n]|\\["\\/nt])*$/;
const blockHeader = /(?: [|>]|[|>]-)\n$/;
const lineOfSpaces = /^ *\n|\n +(?:\n|$)/;

/** The library would turn any key into a text. */
const schema = CORE_SCHEMA.withTags(
  defineMappingTag<Record<string, unknown>>(mapTag.tagName, {
    ...mapTag,
    addPair: (mapping, key, value) =>
      typeof key !== 'string' || key === '__proto__' || key.length > 100
        ? 'not a plain key'
        : mapTag.addPair(mapping, key, value),
  }),
);

/**
 * The plain documents at the start of a file, read with js-yaml: it makes data only, many times faster than the parser that
 * keeps the place of every token. Whatever the two might read differently, faulty files above all, is left to that parser.
 * So is a document before one that is not plain: an odd beginning can be the parser's complaint about the one before.
 */
export function* plainDocuments(text: string): Generator<PlainDocument> {
  let held: PlainDocument | undefined;
  for (let from = 0; from < text.length; from = held.end) {
    const document = readPlainDocument(text, from);
    if (document === undefined) return;
    if (held !== undefined) yield held;
    held = document;
  }
  if (held !== undefined) yield held;
}

/** Reads the document that begins at an offset: the start of the text, or of a line `---`. Undefined when it is not plain. */
function readPlainDocument(text: string, from: number): PlainDocument | undefined {
  const next = text.indexOf('\n---', from);
  const end = next === -1 ? text.length : next + 1;
  const source = text.slice(from, end);
  if (oddCharacter.test(source) || oddLine.test(source) || /^---[^\n]/.test(source)) return undefined;
  try {
    const events = parseEvents(source, { maxDepth: 24 });
    const [, root] = events;
    // A lone `---` makes an empty scalar, and all that is empty has no place.
    if (root === undefined || (root.type === EVENT_ID.SCALAR && isBare(root) && root.valueStart === -1))
      return { from, end };
    if (!isPlain(source, events)) return undefined;
    return { value: constructFromEvents(events, { source, schema })[0], from, end };
  } catch {
    return undefined;
  }
}

function isPlain(source: string, events: readonly Event[]): boolean {
  let flowDepth = 0;
  let last = 0;
  for (const event of events) {
    if (event.type === EVENT_ID.POP) flowDepth = Math.max(flowDepth - 1, 0);
    if (event.type === EVENT_ID.POP || event.type === EVENT_ID.DOCUMENT) continue;
    if (event.type === EVENT_ID.ALIAS || !isBare(event)) return false;
    const isScalar = event.type === EVENT_ID.SCALAR;
    if (isScalar && !isPlainScalar(source, event)) return false;
    const at = isScalar ? event.valueStart - (isQuoted(event) ? 1 : 0) : event.start;
    const before = source.slice(flowDepth > 0 ? last : source.lastIndexOf('\n', at - 1) + 1, at);
    if (flowDepth > 0 ? before.includes('\n') : !beforeNode.test(before)) return false;
    if (!isScalar && (flowDepth > 0 || event.style === COLLECTION_STYLE.FLOW)) flowDepth += 1;
    last = at;
  }
  return events.length <= maxValues;
}

function isBare({ anchorStart, tagStart }: { readonly anchorStart: number; readonly tagStart: number }): boolean {
  return anchorStart === -1 && tagStart === -1;
}

function isPlainScalar(source: string, event: ScalarEvent): boolean {
  const { valueStart, valueEnd, style, fast } = event;
  if (valueStart === -1) return false;
  const raw = source.slice(valueStart, valueEnd);
  if (style === SCALAR_STYLE.PLAIN) return fast && !oddPlain.test(raw);
  if (style === SCALAR_STYLE.SINGLE_QUOTED) return !raw.includes('\n');
  if (style === SCALAR_STYLE.DOUBLE_QUOTED) return fast || simpleQuoted.test(raw);
  return raw !== '' && blockHeader.test(source.slice(valueStart - 3, valueStart)) && !lineOfSpaces.test(raw);
}

function isQuoted({ style }: ScalarEvent): boolean {
  return style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED;
}
