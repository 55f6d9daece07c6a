import Handlebars from 'handlebars';
import { z } from 'zod';
import { FactSheet } from '../facts/fact-sheet.ts';
import { blockHelpers, valueHelpers, writeHelper } from './template-helpers.ts';

/** What is wrong with a template, for its author. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

type Node = hbs.AST.Node;
type Path = hbs.AST.PathExpression;
type Call = hbs.AST.MustacheStatement | hbs.AST.BlockStatement | hbs.AST.SubExpression;

const helpers: ReadonlySet<string> = new Set([...blockHelpers, ...valueHelpers]);
/** Every name that stands anywhere in the body. */
const fields: ReadonlySet<string> = new Set(namesIn(FactSheet));
/** Below these the names are the user's own. */
const open: ReadonlySet<string> = new Set(['labels', 'group']);
const loopData: ReadonlySet<string> = new Set(['index', 'key', 'first', 'last', 'root']);

/**
 * Parses a template, refuses what is not in the closed tables of fields and helpers, and wraps every value in the
 * helper that escapes it. This is stricter than Handlebars' strict mode, and earlier: a misspelt field is found when
 * the file is checked, inside #if and #each too, and a fact that an incident lacks never costs the page.
 */
export function checkedProgram(text: string): hbs.AST.Program {
  const program = parse(text);
  checkProgram(program, new Set());
  return program;
}

function namesIn(schema: unknown): readonly string[] {
  if (schema instanceof z.ZodObject)
    return Object.entries(schema.shape).flatMap(([name, inner]) => [name, ...namesIn(inner)]);
  if (schema instanceof z.ZodArray) return namesIn(schema.element);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return namesIn(schema.unwrap());
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(namesIn);
  return [];
}

function parse(text: string): hbs.AST.Program {
  try {
    return Handlebars.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // The trap of writing JSON with Handlebars: {"a": {{json b}}} ends in what reads as the end of {{{ }}}.
    const hint = message.includes("got 'CLOSE_UNESCAPED'") ? '; write a space between }} and a } that follows it' : '';
    throw new TemplateError(`${placeOf(message, text)}: the template cannot be read${whyOf(message)}${hint}`, {
      cause: error,
    });
  }
}

/** Where Handlebars stopped, of whose messages some draw an arrow under the last characters that they read. */
function placeOf(message: string, text: string): string {
  const [line, column] = / - (\d+):(\d+)$/.exec(message)?.slice(1) ?? [];
  if (column !== undefined) return `line ${line}, column ${Number(column) + 1}`;
  const [first = '', picture = '', arrow = ''] = message.split('\n');
  const number = Number(/line (\d+)/.exec(first)?.[1] ?? 1);
  // The picture leaves line breaks out and begins anywhere: what stands before the arrow's head ends where it points.
  const read = picture.slice(0, arrow.indexOf('^')).replace(/^\.\.\./, '');
  const onLine = text.split('\n')[number - 1] ?? '';
  for (let from = 0; from < read.length; from += 1) {
    const index = onLine.indexOf(read.slice(from));
    if (index !== -1) return `line ${number}, column ${index + read.length - from + 1}`;
  }
  return `line ${number}`;
}

/** What it says of why, as far as that is in plain words. */
function whyOf(message: string): string {
  const unlike = /^(.*) doesn't match (.*) - \d+:\d+$/.exec(message);
  if (unlike !== null) return `: ${unlike[1]} is ended by ${unlike[2]}`;
  if (message.includes("got 'EOF'")) return ': it ends where a {{/…}} or a }} is missing';
  if (message.includes("got 'INVALID'")) return ': what stands after {{ is no field, or has no }} after it';
  return '';
}

function checkProgram(program: hbs.AST.Program, outer: ReadonlySet<string>): void {
  const names = new Set([...outer, ...(program.blockParams ?? [])]);
  program.body = program.body.map((statement) => checkStatement(statement, names));
}

function checkStatement(node: Node, names: ReadonlySet<string>): Node {
  switch (node.type) {
    case 'ContentStatement':
    case 'CommentStatement':
      return node;
    case 'MustacheStatement':
      return checkMustache(node as hbs.AST.MustacheStatement, names);
    case 'BlockStatement': {
      const block = node as hbs.AST.BlockStatement;
      checkCall(block, names, new Set(blockHelpers));
      // A grammar that has no `else` leaves the inverse out, whatever the type says.
      for (const inner of [block.program, block.inverse] as (hbs.AST.Program | undefined)[]) {
        if (inner !== undefined && inner !== null) checkProgram(inner, names);
      }
      return node;
    }
    default:
      throw at(node, 'partials and decorators are not available here');
  }
}

function checkMustache(mustache: hbs.AST.MustacheStatement, names: ReadonlySet<string>): Node {
  checkCall(mustache, names, new Set(valueHelpers));
  const { path, params, hash, loc } = mustache;
  const isCall = path.type === 'PathExpression' && helpers.has((path as Path).original);
  const value: Node = isCall ? ({ type: 'SubExpression', path, params, hash, loc } as Node) : path;
  return { ...mustache, path: pathTo(writeHelper, mustache), params: [value], hash: noHash(mustache) } as Node;
}

function checkCall(call: Call, names: ReadonlySet<string>, callable: ReadonlySet<string>): void {
  const { path } = call;
  const values = [...call.params, ...(call.hash?.pairs ?? []).map(({ value }) => value)];
  if (path.type === 'PathExpression' && helpers.has((path as Path).original)) {
    if (!callable.has((path as Path).original)) throw at(call, `${(path as Path).original} cannot stand here`);
    if (values.length === 0) throw at(call, `${(path as Path).original} needs a value`);
  } else if (values.length > 0) {
    const name = path.type === 'PathExpression' ? (path as Path).original : path.type;
    throw at(call, `unknown helper ${JSON.stringify(name)}; there are ${[...helpers].join(', ')}`);
  } else {
    checkExpression(path, names);
  }
  for (const each of values) checkExpression(each, names);
}

function checkExpression(node: Node, names: ReadonlySet<string>): void {
  if (node.type === 'SubExpression') checkCall(node as hbs.AST.SubExpression, names, new Set(valueHelpers));
  if (node.type === 'PathExpression') checkPath(node as Path, names);
}

function checkPath(path: Path, names: ReadonlySet<string>): void {
  const { parts } = path;
  if (path.data) {
    if (!loopData.has(String(parts[0]))) throw at(path, `unknown field ${JSON.stringify(path.original)}`);
    checkFields(path, parts.slice(1));
  } else checkFields(path, names.has(String(parts[0])) ? parts.slice(1) : parts);
}

function checkFields(path: Path, parts: readonly string[]): void {
  for (const part of parts) {
    if (!fields.has(part)) {
      throw at(path, `unknown field ${JSON.stringify(path.original)}; docs/webhook.md lists the fields`);
    }
    if (open.has(part)) return;
  }
}

function at(node: Node, what: string): TemplateError {
  return new TemplateError(`line ${node.loc.start.line}, column ${node.loc.start.column + 1}: ${what}`);
}

function pathTo(name: string, { loc }: Node): Node {
  const path: Omit<Path, 'strip'> = {
    type: 'PathExpression',
    data: false,
    depth: 0,
    parts: [name],
    original: name,
    loc,
  };
  return path;
}

function noHash({ loc }: Node): Node & { pairs: [] } {
  return { type: 'Hash', pairs: [], loc };
}
