import type { ImportedSlo } from './imported-slo.ts';
import type { InputPart } from './input-part.ts';

/** What the files of one dialect say. */
export interface ImportResult {
  readonly slos: readonly ImportedSlo[];
  readonly services: readonly ImportedService[];
}

/** What is said about a service beside its objectives. */
export interface ImportedService {
  /** As written. */
  readonly name: string;
  readonly part: InputPart;
  readonly labels: Readonly<Record<string, string>>;
  readonly description?: string;
}
