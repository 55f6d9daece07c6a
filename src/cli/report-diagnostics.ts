import type { Diagnostic } from '../domain/text/diagnostic.ts';
import { githubAnnotation } from './github-annotation.ts';
import { renderDiagnostic, renderSummary } from './render-diagnostic.ts';

export type OutputFormat = 'text' | 'json' | 'github';

export interface CheckReport {
  readonly diagnostics: readonly Diagnostic[];
  readonly files: number;
  readonly services: number;
  readonly rules: number;
}

/** The whole report in one format. */
export function reportDiagnostics(report: CheckReport, format: OutputFormat, colors: boolean): string {
  const { diagnostics, files, services, rules } = report;
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const facts = { errors, warnings: diagnostics.length - errors, files, services, rules };
  switch (format) {
    case 'json':
      return `${JSON.stringify({ diagnostics, ...facts }, null, 2)}\n`;
    case 'github':
      return `${diagnostics.map(githubAnnotation).join('')}${renderSummary(facts)}`;
    case 'text':
      return `${diagnostics.map((each) => `${renderDiagnostic(each, { colors })}\n`).join('')}${renderSummary(facts)}`;
  }
}
