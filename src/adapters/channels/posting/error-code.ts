/** The code of a system error, such as `ECONNREFUSED`; never its message, which may hold what is secret. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
