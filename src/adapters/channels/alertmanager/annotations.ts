import type { Log } from '../../../app/ports/log.ts';
import { shortenEnd } from '../../../domain/text/visible-text.ts';
import type { FactSheet } from '../facts/fact-sheet.ts';
import { OwnText } from '../template/own-text.ts';

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
    '{{#if impact.badEvents}}{{#if impact.about}}about {{/if}}{{round impact.badEvents}} bad events beyond the targets, of {{round impact.totalEvents}}; at worst {{percent impact.peakBadRatio}}{{/if}}',
};

/** Longer annotations are cut, in characters: chat and mail receivers refuse far longer ones. */
const textLimit = 2_000;
/** Half a link leads nowhere. */
const linkLimit = 2_048;

/** Renders the annotations of an alert; the same facts always give the same texts. */
export class Annotations {
  readonly #texts: ReadonlyMap<string, OwnText>;

  /** Throws an Error for people that names the annotation whose template is wrong. */
  constructor(channel: string, templates: Readonly<Record<string, string>>, log: Log) {
    const wanted = Object.entries({ ...usualAnnotations, ...templates }).filter(([, text]) => text !== '');
    this.#texts = new Map(
      wanted.map(([name, text]) => [name, new OwnText(text, { channel, what: `annotation ${name}`, log })]),
    );
  }

  render(facts: FactSheet): Readonly<Record<string, string>> {
    const rendered = Array.from(this.#texts, ([name, text]) => [name, cut(text.render(facts) ?? '')] as const);
    return Object.fromEntries(rendered.filter(([, text]) => text !== ''));
  }
}

function cut(text: string): string {
  const whole = text.toWellFormed();
  if (/^https?:\/\/\S+$/.test(whole)) return whole.length <= linkLimit ? whole : '';
  return shortenEnd(whole, textLimit);
}
