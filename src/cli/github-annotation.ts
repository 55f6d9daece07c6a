import type { Diagnostic } from '../domain/text/diagnostic.ts';

/** A diagnostic as a workflow command, which GitHub shows at the line in the pull request. */
export function githubAnnotation(diagnostic: Diagnostic): string {
  const { file, line, column, endColumn, severity, code, message, hint } = diagnostic;
  // What stands in no file, such as a flag, is named in brackets.
  const place = file.startsWith('(')
    ? []
    : [
        `file=${property(file)}`,
        `line=${line}`,
        ...(endColumn === undefined ? [] : [`endLine=${line}`]),
        `col=${column}`,
        ...(endColumn === undefined ? [] : [`endColumn=${endColumn}`]),
      ];
  const properties = [...place, `title=${property(code)}`];
  return `::${severity} ${properties.join(',')}::${data(hint === undefined ? message : `${message}\n${hint}`)}\n`;
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
