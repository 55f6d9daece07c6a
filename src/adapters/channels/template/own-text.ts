import type { Log } from '../../../app/ports/log.ts';
import type { FactSheet } from '../facts/fact-sheet.ts';
import { checkTemplate, compileTemplate, type BodyTemplate } from './template.ts';
import type { TemplateFormat } from './template-helpers.ts';

/** Whose text it is, for the log. */
export interface TextPlace {
  readonly channel: string;
  /** What of a message it is: `summary`, `annotation runbook_url`. */
  readonly what: string;
  readonly log: Log;
}

/** A text of a message, rendered from the facts; the same facts always give the same text. */
export class OwnText {
  readonly #place: TextPlace;
  readonly #template: BodyTemplate;

  /** Throws an Error for people that says what is wrong with the template. */
  constructor(template: string, place: TextPlace, format: TemplateFormat = 'text') {
    const problem = checkTemplate(template, format);
    if (problem !== undefined) throw new Error(`${place.what}: ${problem}`);
    this.#template = compileTemplate(template, format);
    this.#place = place;
  }

  /** The text of a template that settings may leave out. Throws as the constructor does. */
  static of(template: string | undefined, place: TextPlace, format?: TemplateFormat): OwnText | undefined {
    return template === undefined ? undefined : new OwnText(template, place, format);
  }

  /** Undefined where the template fails on these facts: that costs the text, not the page. */
  render(facts: FactSheet): string | undefined {
    const { channel, what, log } = this.#place;
    try {
      return this.#template.render(facts).trim();
    } catch (error) {
      log.error('a template failed; the message goes without its text', {
        channel,
        template: what,
        incident: facts.data.incidentId,
        detail: error instanceof Error ? error.message : String(error),
      });
      return undefined;
    }
  }
}
