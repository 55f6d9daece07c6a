import type { z } from 'zod';
import type { Problem } from './problem.ts';

export type Answer =
  | { readonly kind: 'json'; readonly status: number; readonly body: unknown }
  | { readonly kind: 'text'; readonly status: number; readonly contentType: string; readonly body: string }
  | Problem;

/** How an answer of an endpoint looks, for the description that others build clients from. */
export interface Described {
  readonly description: string;
  readonly schema?: z.ZodType;
  readonly contentType?: string;
}

export interface EndpointSpec<P, Q, B> {
  readonly method: 'get' | 'post';
  /** With parameters in braces, as OpenAPI writes them. */
  readonly path: string;
  readonly name: string;
  readonly summary: string;
  readonly params?: z.ZodType<P>;
  readonly query?: z.ZodType<Q>;
  readonly body?: z.ZodType<B>;
  /** Whose requests a POST takes; `token` unless told otherwise. */
  readonly admits?: Admits;
  /** Largest body, bytes; 64 KiB unless told otherwise. */
  readonly bodyLimitBytes?: number;
  readonly answers: Readonly<Record<number, Described>>;
  answer(input: Input<P, Q, B>): Answer | Promise<Answer>;
}

/**
 * `token`: those of who may change something by the API. `anybody`: those that only ask, though by POST. `signed`: the
 * endpoint itself holds the signature against the body as it was sent; it must do so before anything else.
 */
export type Admits = 'token' | 'anybody' | 'signed';

export interface Input<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** The body as it was sent: of endpoints that check a signature. */
  readonly raw: Buffer;
  /** A header of the request; undefined where there is none, or several. */
  readonly header: (name: string) => string | undefined;
}

/** One method on one path. Those that change something are POST, and only they are guarded and limited. */
export type Endpoint = EndpointSpec<unknown, unknown, unknown>;

/** Lets the compiler hold an endpoint's answer to its own schemas, and then forgets them so that all fit one list. */
export function endpoint<P = undefined, Q = undefined, B = undefined>(spec: EndpointSpec<P, Q, B>): Endpoint {
  return spec as unknown as Endpoint;
}

export function json(body: unknown, status = 200): Answer {
  return { kind: 'json', status, body };
}

export function text(body: string, contentType = 'text/plain; charset=utf-8', status = 200): Answer {
  return { kind: 'text', status, contentType, body };
}
