import type { DeclarationPath, Diagnostic } from '../domain/diagnostic.ts';

/** What a live check found about one signal; the path starts at the signal. */
export interface Finding {
  readonly path: DeclarationPath;
  readonly said: Pick<Diagnostic, 'severity' | 'code' | 'message' | 'hint'>;
}

export function sourceFailed(path: DeclarationPath, detail: string): Finding {
  return { path, said: { severity: 'warning', code: 'live-not-checked', message: `could not be checked: ${detail}` } };
}
