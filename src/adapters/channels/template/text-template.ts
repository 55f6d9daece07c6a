import Handlebars from 'handlebars';

/** Renders a text of a message from its view. */
export type TextTemplate = (view: object) => string;

const helpers = ['if', 'unless', 'each'] as const;

/**
 * Compiles one of our own texts. Nothing is escaped while it renders, because what that takes differs from chat to chat:
 * give it a view that `escapeTexts` has been over.
 */
export function compileText(text: string): TextTemplate {
  const handlebars = Handlebars.create();
  for (const name of Object.keys(handlebars.helpers)) {
    if (!(helpers as readonly string[]).includes(name)) handlebars.unregisterHelper(name);
  }
  const compiled = handlebars.compile<object>(text, { strict: true, knownHelpersOnly: true, noEscape: true });
  return (view) => compiled(view, { allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false });
}

/** A copy with every text inside it escaped, but for the URLs of links, which have rules of their own. */
export function escapeTexts<T>(view: T, escape: (text: string) => string): T {
  return escaped(view, escape) as T;
}

function escaped(value: unknown, escape: (text: string) => string): unknown {
  if (typeof value === 'string') return escape(value);
  if (Array.isArray(value)) return value.map((each) => escaped(each, escape));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, key === 'url' ? inner : escaped(inner, escape)]),
  );
}
