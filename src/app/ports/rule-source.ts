import type { Service } from '../../domain/service.ts';

/** What the rule files say now. */
export type LoadedRules =
  | { readonly kind: 'loaded'; readonly services: readonly Service[]; readonly warnings: readonly string[] }
  /** One line a problem: file, line, column, what is wrong and what to write instead. */
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

/** Where declared services come from. */
export interface RuleSource {
  /** Reads and checks everything anew. Does not reject: what cannot be read is a problem too. */
  load(signal: AbortSignal): Promise<LoadedRules>;
  /** Calls back after the files changed, until the signal aborts. */
  watch(onChange: () => void, signal: AbortSignal): Promise<void>;
}
