import type { Log } from '../../../app/ports/log.ts';
import { shortenEnd } from '../../../domain/text/visible-text.ts';
import type { FactSheet } from '../facts/fact-sheet.ts';
import { checkTemplate, compileTemplate, type BodyTemplate } from '../template/template.ts';

/** What an alert says unless the settings say otherwise; names as Prometheus users know them. */
export const usualAnnotations: Readonly<Record<string, string>> = {
  summary: '{{title}}',
  description: `{{#if summary}}{{summary}}
{{/if}}{{#each off}}off: {{text}}
{{/each}}{{#each fine}}fine: {{text}}
{{/each}}`,
  suspects: `{{#each suspects}}{{text}}
{{/each}}`,
  runbook_url: '{{runbook}}',
  end_state: '{{endState}}',
  condition: '{{condition}}',
  impact:
    '{{#if impact.badEvents}}{{round impact.badEvents}} bad events beyond the targets, of {{round impact.totalEvents}}; at worst {{percent impact.peakBadRatio}}{{/if}}',
};

/** Longer annotations are cut, in characters: chat and mail receivers refuse far longer ones. */
const textLimit = 2_000;
/** Half a link leads nowhere. */
const linkLimit = 2_048;

/** Renders the annotations of an alert; the same facts always give the same texts. */
export class Annotations {
  readonly #channel: string;
  readonly #log: Log;
  readonly #templates: ReadonlyMap<string, BodyTemplate>;

  /** Throws an Error for people that names the annotation whose template is wrong. */
  constructor(channel: string, templates: Readonly<Record<string, string>>, log: Log) {
    this.#channel = channel;
    this.#log = log;
    const wanted = Object.entries({ ...usualAnnotations, ...templates }).filter(([, text]) => text !== '');
    this.#templates = new Map(wanted.map(([name, text]) => [name, compiled(name, text)]));
  }

  render(facts: FactSheet): Readonly<Record<string, string>> {
    const rendered = Array.from(
      this.#templates,
      ([name, template]) => [name, this.#one(name, template, facts)] as const,
    );
    return Object.fromEntries(rendered.filter(([, text]) => text !== ''));
  }

  /** A template that fails on one incident's facts costs its annotation, not the alert. */
  #one(name: string, template: BodyTemplate, facts: FactSheet): string {
    try {
      return cut(template.render(facts).trim());
    } catch (error) {
      this.#log.error('an annotation template failed; the alert goes without that annotation', {
        channel: this.#channel,
        annotation: name,
        incident: facts.data.incidentId,
        detail: error instanceof Error ? error.message : String(error),
      });
      return '';
    }
  }
}

function compiled(name: string, text: string): BodyTemplate {
  const problem = checkTemplate(text, 'text');
  if (problem !== undefined) throw new Error(`annotation ${name}: ${problem}`);
  return compileTemplate(text, 'text');
}

function cut(text: string): string {
  const whole = text.toWellFormed();
  if (/^https?:\/\/\S+$/.test(whole)) return whole.length <= linkLimit ? whole : '';
  return shortenEnd(whole, textLimit);
}
