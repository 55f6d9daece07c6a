/** What stands where a secret was. */
export const redacted = '[redacted]';

const deepest = 6;
const secretKey =
  /(?:^|[_-])(?:password|passwd|passphrase|token|secret|authorization|cookie|credentials?|api[_-]?key|private[_-]?key)$/;
const userInfo = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi;

/**
 * A copy of a log field that holds no secret: values under keys that name one are replaced, however deep,
 * and user names and passwords are cut out of URLs. Errors become plain data, with the stack only if asked for.
 */
export function redact(value: unknown, withStack: boolean, depth = 0): unknown {
  if (typeof value === 'string') return value.replace(userInfo, `$1${redacted}@`);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (depth >= deepest) return '[too deep]';
  if (Array.isArray(value)) return value.map((each) => redact(each, withStack, depth + 1));
  const entries = Object.entries(value instanceof Error ? factsOf(value, withStack) : value);
  return Object.fromEntries(
    entries.map(([key, each]) => [key, isSecret(key) ? redacted : redact(each, withStack, depth + 1)]),
  );
}

/** `accessToken`, `access_token` and `X-Api-Key` name secrets; `tokenFile` and `tokens` do not. */
function isSecret(key: string): boolean {
  return secretKey.test(key.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase());
}

/** An error's own fields carry its facts; name, message, stack and cause are not among the enumerable ones. */
function factsOf(error: Error, withStack: boolean): Readonly<Record<string, unknown>> {
  const { name, message, stack, cause } = error;
  return {
    ...Object.fromEntries(Object.entries(error)),
    name,
    message,
    ...(withStack ? { stack } : {}),
    ...(cause === undefined ? {} : { cause }),
  };
}
