/** A form body. */
export function encodeForm(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
}

/** A time or duration as the API takes it. */
export function seconds(ms: number): string {
  return (Math.round(ms) / 1_000).toString();
}
