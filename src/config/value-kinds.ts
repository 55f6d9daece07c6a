import * as z from 'zod';

/** What a value is to people where JSON Schema only has a text or a number, with limits that it cannot state. */
export interface ValueKind {
  /** One of them, in words: `duration`. */
  readonly word: string;
  /** From where to where it may go, as it is written: `1h to 366d`. */
  readonly limits?: string;
}

/** Kinds by the schemas that read them, for the pages that are made from schemas. */
export const valueKinds = z.registry<ValueKind>();
