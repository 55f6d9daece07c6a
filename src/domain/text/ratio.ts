const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)$/;

/** Reads `99.9%` or `0.999` as 0.999; undefined when the text is neither. Whether it lies between 0 and 1 is the caller's to say. */
export function parseRatio(text: string): number | undefined {
  const trimmed = text.trim();
  const percent = trimmed.endsWith('%');
  const number = percent ? trimmed.slice(0, -1).trimEnd() : trimmed;
  if (!decimal.test(number)) return undefined;
  // The decimal point moves in the text: dividing by 100 would turn 99.9% into 0.9990000000000001.
  return Number(percent ? `${number}e-2` : number);
}

/** Writes a finite ratio as a percentage, `99.9%`, with every digit it has. */
export function formatRatio(ratio: number): string {
  const [mantissa = '0', exponent = '0'] = Math.abs(ratio).toExponential().split('e');
  const digits = mantissa.replace('.', '');
  const point = 1 + Number(exponent) + 2;
  const sign = ratio < 0 ? '-' : '';
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}%`.replace(/\.0+%$/, '%');
  if (point >= digits.length)
    return `${sign}${digits}${'0'.repeat(point - digits.length)}%`.replace(/^(-?)0+(?=\d)/, '$1');
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}%`;
}
