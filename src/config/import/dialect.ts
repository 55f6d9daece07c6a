/** Tools that other objectives come from; apart from the importers, so that a command line can be read without them. */
export const dialects = ['sloth', 'pyrra', 'openslo'] as const;
/** A tool whose objectives can be imported. */
export type Dialect = (typeof dialects)[number];
