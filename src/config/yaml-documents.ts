import { Composer, Parser, type CST, type Document } from 'yaml';
import type { Diagnostic } from '../domain/text/diagnostic.ts';
import type { SourceText } from './source-text.ts';

export const maxDepth = 64;
export const maxDocuments = 1000;
/** Most problems that are shown for one document; whoever has more has another problem. */
export const maxProblems = 100;

/** Hands over the YAML documents of a file, and returns what their syntax is guilty of. Never throws, however odd the text. */
export function parseDocuments(source: SourceText, visit: (document: Document.Parsed) => void): readonly Diagnostic[] {
  const documents = documentsOf(source);
  for (let next = documents.next(); ; next = documents.next()) {
    if (next.done === true) return next.value;
    visit(next.value);
  }
}

/**
 * Parses one document at a time, so that a large file need not be held as one tree nor be read in one go.
 * `before` is how many documents of the file were read already.
 */
export function* documentsOf(source: SourceText, before = 0): Generator<Document.Parsed, readonly Diagnostic[]> {
  const diagnostics: Diagnostic[] = [];
  let count = before;
  // Keys are compared in toValue: the library's own check takes quadratic time in the number of keys.
  const composer = new Composer({ version: '1.2', strict: true, uniqueKeys: false, merge: false });
  const isSound = (document: Document.Parsed): boolean => {
    if (document.errors.length === 0 && isBlank(document)) return false;
    count += 1;
    if (count > maxDocuments) {
      diagnostics.push({
        ...source.position(document.range[0]),
        severity: 'error',
        code: 'too-many-documents',
        message: `this file holds more than ${maxDocuments} documents; the rest of it was not read`,
        hint: 'split it into several files',
      });
      return false;
    }
    const problems = [...document.errors, ...document.warnings];
    for (const problem of problems.slice(0, maxProblems)) diagnostics.push(syntaxDiagnostic(source, problem));
    return problems.length === 0;
  };
  for (const token of new Parser().parse(source.text)) {
    const deep = token.type === 'document' ? tooDeep(token) : undefined;
    if (deep !== undefined) {
      diagnostics.push({
        ...source.position(deep),
        severity: 'error',
        code: 'yaml-too-deep',
        message: `this file nests deeper than ${maxDepth} levels; the rest of it was not read`,
      });
      return diagnostics;
    }
    for (const document of composer.next(token)) if (isSound(document)) yield document;
    if (count > maxDocuments) return diagnostics;
  }
  for (const document of composer.end(false, source.text.length)) if (isSound(document)) yield document;
  return diagnostics;
}

/** A document without content, as between two `---` or after the last one. */
function isBlank(document: Document.Parsed): boolean {
  const { contents } = document;
  return (
    contents === null || (contents.range[0] === contents.range[1] && 'value' in contents && contents.value === null)
  );
}

/** Where the syntax tree gets too deep; looked up before anything walks the tree recursively. */
function tooDeep(document: CST.Document): number | undefined {
  const open: { token: CST.Token; depth: number }[] = [];
  if (document.value !== undefined) open.push({ token: document.value, depth: 1 });
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (!('items' in token)) continue;
    if (depth > maxDepth) return token.offset;
    for (const item of token.items) {
      if (item.key !== null && item.key !== undefined && 'items' in item.key)
        open.push({ token: item.key, depth: depth + 1 });
      if (item.value !== undefined && 'items' in item.value) open.push({ token: item.value, depth: depth + 1 });
    }
  }
  return undefined;
}

const hints: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'indent with spaces',
  BAD_INDENT: 'keys of one mapping start in the same column',
  MULTILINE_IMPLICIT_KEY: 'is a colon missing in the line above, or is a value that holds `: ` not in quotes?',
  BLOCK_AS_IMPLICIT_KEY: 'put a value that holds `: ` in quotes',
  BAD_SCALAR_START: 'put the value in quotes',
  TAG_RESOLVE_FAILED: 'leave the tag out',
  MISSING_CHAR: 'a bracket, a comma or a quote is missing here or just before',
};

function syntaxDiagnostic(
  source: SourceText,
  problem: { readonly code: string; readonly message: string; readonly pos: readonly [number, number] },
): Diagnostic {
  const tab = problem.code === 'TAB_AS_INDENT' || source.text.slice(...problem.pos).startsWith('\t');
  const unclosed = problem.code === 'BAD_INDENT' && problem.message.startsWith('Flow');
  const hint = hints[tab ? 'TAB_AS_INDENT' : unclosed ? 'MISSING_CHAR' : problem.code];
  return {
    ...source.position(...problem.pos),
    severity: 'error',
    code: tab ? 'yaml-tab' : 'yaml-syntax',
    message: lowerFirst(problem.message.split('\n')[0] ?? ''),
    ...(hint === undefined ? {} : { hint }),
  };
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
