import type { z } from 'zod';
import type { ProtectionRequest } from '../../../app/gate/protection-desk.ts';
import type { ChangeOrigin, ChangeReport } from '../../../domain/change/change-event.ts';
import type { HookNaming, Inbound } from './inbound.ts';

/** What a message of a tool says: of a change, or nothing that Andon keeps; or it is none of that tool's. */
export type HookReading =
  | { readonly kind: 'report'; readonly report: ChangeReport }
  /** It asks a gate, and waits. */
  | { readonly kind: 'protection'; readonly request: ProtectionRequest }
  | { readonly kind: 'ignored'; readonly words: string }
  | { readonly kind: 'malformed'; readonly problem: string };

export interface HookMessage<B> {
  readonly body: B;
  readonly header: (name: string) => string | undefined;
  /** ms since the epoch. */
  readonly now: number;
}

/** A tool whose messages tell of changes. */
export interface Hook<B = unknown> {
  readonly origin: ChangeOrigin;
  /** Its key under `inbound` in the settings, and what to write there to switch it on. */
  readonly key: keyof Inbound;
  readonly example: string;
  readonly path: string;
  readonly name: string;
  readonly summary: string;
  /** How its requests prove where they come from. */
  readonly proof: 'github-signature' | 'bearer' | 'bearer-or-query' | 'routing-key';
  readonly bodyLimitBytes: number;
  readonly body: z.ZodType<B>;
  /** Status for what was taken; whoever reports everything is told the same when it is not about a service of ours. */
  readonly takenStatus: 200 | 202;
  read(message: HookMessage<B>, naming: HookNaming): HookReading;
}

export const kib = 1024;

export function ignored(words: string): HookReading {
  return { kind: 'ignored', words };
}
