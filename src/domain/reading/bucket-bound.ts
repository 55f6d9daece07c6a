/**
 * A PromQL matcher on `le` for one bucket, however the client library spells its bound: clients write the same bucket as
 * `1`, `1.0` or `1e+00`, and Prometheus 3 rewrites some spellings on the way in.
 */
export function bucketBoundMatcher(boundSeconds: number): string {
  return `le=~"${boundSpellings(boundSeconds)}"`;
}

/** A regular expression (RE2, no escapes) for every decimal spelling of a number above 0. */
export function boundSpellings(bound: number): string {
  const [mantissa = '0', exponentText = '0'] = bound.toExponential().split('e');
  const exponent = Number(exponentText);
  const digits = mantissa.replace('.', '');
  const [first, rest] = [digits.slice(0, 1), digits.slice(1)];
  const scientific = `${first}${fraction(rest)}[eE]${power(exponent)}`;
  return `${plain(digits, exponent)}|${scientific}`;
}

function plain(digits: string, exponent: number): string {
  if (exponent < 0) return `0?${fraction('0'.repeat(-exponent - 1) + digits)}`;
  if (digits.length <= exponent + 1) return `${digits}${'0'.repeat(exponent + 1 - digits.length)}${fraction('')}`;
  return `${digits.slice(0, exponent + 1)}${fraction(digits.slice(exponent + 1))}`;
}

function fraction(digits: string): string {
  return digits === '' ? '([.]0*)?' : `[.]${digits}0*`;
}

function power(exponent: number): string {
  if (exponent === 0) return '[+-]?0+';
  return exponent > 0 ? `[+]?0*${exponent}` : `-0*${-exponent}`;
}
