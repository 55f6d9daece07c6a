/** What a proxy that could not be used answered, or what kept it from answering. */
export type ProxyFault =
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'network'; readonly code: string }
  | { readonly kind: 'cut-off' }
  | { readonly kind: 'late'; readonly afterMs: number };

const prefix = 'EPROXY:';

/**
 * A request got no further than its proxy. All that is known stands in `code`: node-fetch hands on nothing else of an error
 * but its message.
 */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
  readonly code: string;

  constructor(fault: ProxyFault, options: ErrorOptions = {}) {
    super('the proxy cannot be used', options);
    this.code = `${prefix}${JSON.stringify(fault)}`;
  }
}

/** The fault that an error is about, as node-fetch hands it on; undefined when it is not about the proxy. */
export function proxyFaultOf(error: unknown): ProxyFault | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  const { code } = error;
  if (typeof code !== 'string' || !code.startsWith(prefix)) return undefined;
  return JSON.parse(code.slice(prefix.length)) as ProxyFault;
}
