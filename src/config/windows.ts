const second = 1000;
const day = 86_400_000;

/** The longest window a signal may be read over, ms. */
export const maxWindowMs = 30 * day;
/** The shortest window a signal may be read over, ms. */
export const minWindowMs = second;
/** The longest `for`, whatever the windows of its condition, ms. */
export const maxForMs = day;
/** The shortest and the longest period of an error budget, ms. */
export const minPeriodMs = day / 24;
export const maxPeriodMs = 366 * day;
/** The shortest and the longest slice of time that a budget may count, ms. */
export const minSliceMs = 10 * second;
export const maxSliceMs = day;
/** A `for` may last this many times the longest window of its condition. */
export const maxForWindows = 10;
/** Windows and holds shorter than this rarely see two scrapes, ms. */
export const shortMs = 30 * second;
