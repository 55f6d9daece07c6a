/** What is shorter is part of many words, and too short to keep anybody out. */
const shortestSecret = 4;
const shortestPath = 8;
/** One part of a path is a word more often than the whole is. */
const shortestPart = 16;

/** What must not be told of a post: the values of its secret headers, also without their scheme, and its URL's own path and query. */
export function secretsIn(url: URL, headerValues: readonly string[]): readonly string[] {
  const values = headerValues.flatMap((value) => [value, ...value.split(/\s+/).slice(1)]);
  const query = url.search.slice(1);
  return [
    ...[...values, query, ...url.searchParams.values()].filter(({ length }) => length >= shortestSecret),
    ...(url.pathname.length >= shortestPath ? [url.pathname] : []),
    ...url.pathname.split('/').filter(({ length }) => length >= shortestPart),
    // What stands within another must not be cut out of it first.
  ].sort((a, b) => b.length - a.length);
}

/** A receiver may repeat what it was sent; secrets are cut out of that. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) clean = clean.replaceAll(secret, '[redacted]');
  return clean;
}
