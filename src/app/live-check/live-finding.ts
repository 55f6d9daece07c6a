import type { DeclarationPath, Diagnostic } from '../../domain/text/diagnostic.ts';

/** What a live check found about one signal; the path starts at the signal. */
export interface Finding {
  readonly path: DeclarationPath;
  readonly said: Pick<Diagnostic, 'severity' | 'code' | 'message' | 'hint'>;
}

/** A check that was asked for and did not happen is an error: who relies on it must not take silence for a yes. */
export function sourceFailed(path: DeclarationPath, detail: string): Finding {
  return { path, said: { severity: 'error', code: 'live-not-checked', message: `could not be checked: ${detail}` } };
}
