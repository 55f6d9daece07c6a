import Handlebars from 'handlebars';
import type { FactSheet } from '../facts/fact-sheet.ts';
import { sampleFactSheets } from '../facts/sample-fact-sheets.ts';
import type { TemplateFormat } from './template-helpers.ts';
import { templateHelpers } from './template-helpers.ts';
import { checkedProgram, TemplateError } from './template-syntax.ts';

/** A template that was checked; rendering it twice from the same body gives the same text. */
export interface BodyTemplate {
  /** Throws a TemplateError when the result is no JSON though it should be, or is far too long. */
  render(body: FactSheet): string;
}

const templateLimit = 65_536;
const resultLimit = 262_144;

/** Compiles a template. Throws a TemplateError that says what is wrong and where. */
export function compileTemplate(text: string, format: TemplateFormat = 'json'): BodyTemplate {
  if (text.length > templateLimit) throw new TemplateError(`it is longer than ${templateLimit} characters`);
  // An instance of its own: nothing that others register can be reached from a template, and no partials exist.
  const handlebars = Handlebars.create();
  for (const name of Object.keys(handlebars.helpers)) handlebars.unregisterHelper(name);
  for (const [name, helper] of Object.entries(templateHelpers(format))) handlebars.registerHelper(name, helper);
  const program = checkedProgram(text);
  // Escaping is done by the helper that the check wrapped round every value; knownHelpersOnly keeps the table closed.
  const knownHelpers = Object.fromEntries(Object.keys(handlebars.helpers).map((name) => [name, true]));
  const compiled = handlebars.compile<object>(program, {
    knownHelpersOnly: true,
    knownHelpers: { ...builtIns, ...knownHelpers },
    noEscape: true,
  });
  return {
    render(body) {
      const { type, timestamp, data } = body;
      const result = compiled({ type, timestamp, ...data }, { data: {}, ...ownPropertiesOnly });
      if (result.length > resultLimit) throw new TemplateError(`the result is longer than ${resultLimit} characters`);
      if (format === 'json') mustBeJson(result);
      return result;
    },
  };
}

/** Says what is wrong with a template, by compiling it and rendering it from sample incidents; undefined when nothing is. */
export function checkTemplate(text: string, format: TemplateFormat = 'json'): string | undefined {
  try {
    const template = compileTemplate(text, format);
    for (const body of sampleFactSheets()) template.render(body);
    return undefined;
  } catch (error) {
    if (error instanceof TemplateError) return error.message;
    return `it cannot be rendered: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Which format a content type asks for. */
export function formatOf(contentType: string): TemplateFormat {
  if (/[/+]json\b/i.test(contentType)) return 'json';
  return /\b(html|xml)\b/i.test(contentType) ? 'html' : 'text';
}

/** Handlebars' defaults, said aloud: unsaid, it warns on the console. */
const ownPropertiesOnly = { allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false };

const builtIns = {
  helperMissing: false,
  blockHelperMissing: true,
  each: true,
  if: true,
  unless: true,
  with: true,
  log: false,
  lookup: false,
};

function mustBeJson(result: string): void {
  try {
    JSON.parse(result);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new TemplateError(
      `the result is no JSON: ${why}; write texts as "{{title}}" and whole values as {{json off}}`,
    );
  }
}
