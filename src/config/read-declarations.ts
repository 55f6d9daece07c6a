import type { DeclarationPath, Diagnostic, Position } from '../domain/text/diagnostic.ts';
import { openDeclaration, type Declaration } from './declaration.ts';
import { plainDocuments } from './plain-yaml.ts';
import { partOf, type SourceText } from './source-text.ts';
import { documentsOf, maxDocuments } from './yaml-documents.ts';

/**
 * Opens the documents of a file one by one, and returns what their syntax is guilty of. Nearly all documents are plain and
 * without a problem, so nobody asks where their parts stand: they are read without places, and parsed anew when somebody does.
 * From the last before one that is not plain, the rest of the file is parsed in full.
 */
export function* readDeclarations(source: SourceText): Generator<Declaration, readonly Diagnostic[]> {
  let count = 0;
  let done = 0;
  for (const { value, from, end } of plainDocuments(source.text)) {
    if (count === maxDocuments) break;
    done = end;
    if (value === undefined) continue;
    count += 1;
    yield openPlain(partOf(source, from, end), value);
  }
  const rest = partOf(source, done);
  const documents = documentsOf(rest, count);
  for (let next = documents.next(); ; next = documents.next()) {
    if (next.done === true) return next.value;
    yield openDeclaration(rest, next.value);
  }
}

/** A document whose data is known, and whose places are not. */
function openPlain(part: SourceText, value: unknown): Declaration {
  let parsed: Declaration | undefined;
  const full = (): Declaration => (parsed ??= parsePlain(part));
  return {
    value,
    complete: true,
    faults: [],
    locate: (path, at) => full().locate(path, at),
    locateLater: (path) => laterIn(part, path),
    diagnose: (problem) => full().diagnose(problem),
  };
}

function parsePlain(part: SourceText): Declaration {
  const { value: document } = documentsOf(part).next();
  if (document === undefined || !('contents' in document))
    throw new Error(`${part.path}: no document where there was one`);
  return openDeclaration(part, document);
}

/** A function of its own, so that what it returns holds the text only. */
function laterIn(part: SourceText, path: DeclarationPath): () => Position {
  return () => parsePlain(part).locate(path);
}
