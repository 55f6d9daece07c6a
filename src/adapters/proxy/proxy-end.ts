/** How agents reach a proxy, as it stands at each new connection. */
export interface ProxyEnd {
  readonly url: string;
  /** For the proxy alone; none of it reaches a target behind a tunnel. */
  headers(): Record<string, string>;
  /** How to trust the proxy itself, where its URL is https. */
  tls(): { readonly ca?: string };
}

/** How one user of a proxy wants its connections. */
export interface ConnectionWishes {
  /** How long the proxy may take until a connection stands, ms. */
  readonly openWithinMs: number;
  /** How long an idle connection is kept, ms; until the other side closes it when left out. */
  readonly idleMs?: number;
}
