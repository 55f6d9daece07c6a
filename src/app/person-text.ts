/** Longest note and longest name of a person, characters. */
export const noteLimit = 4000;
export const byLimit = 200;

/** Where a person's words stand in what was asked. */
export type TextField = 'by' | 'note' | 'because' | 'reason';

/** A text that may be kept, or what is wrong with it. */
export type Checked =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'invalid'; readonly field: TextField; readonly problem: string };

/** Control characters, and those that reorder text on a screen, could make a name or note pass for something else. */
const forbiddenInNote = /(?![\n\t])\p{Cc}|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const forbiddenInName = /\p{Cc}|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** The name of whoever acts. */
export function personOf(by: string): Checked {
  const text = by.replaceAll(forbiddenInName, '').trim();
  if (text === '') return { kind: 'invalid', field: 'by', problem: 'say who acts: `by` is empty' };
  if (text.length > byLimit) {
    return {
      kind: 'invalid',
      field: 'by',
      problem: `\`by\` has ${text.length} characters; at most ${byLimit} are kept`,
    };
  }
  return { kind: 'text', text };
}

const textName = { by: 'name', note: 'note', because: 'reason', reason: 'reason' } as const satisfies Record<
  TextField,
  string
>;

/** What a person writes. */
export function noteOf(note: string, field: TextField = 'note'): Checked {
  const text = note.replaceAll('\r\n', '\n').replaceAll(forbiddenInNote, '').trim();
  if (text === '') return { kind: 'invalid', field, problem: `the ${textName[field]} is empty` };
  if (text.length > noteLimit) {
    return {
      kind: 'invalid',
      field,
      problem: `the ${textName[field]} has ${text.length} characters; at most ${noteLimit} are kept, so link to the long text instead`,
    };
  }
  return { kind: 'text', text };
}
