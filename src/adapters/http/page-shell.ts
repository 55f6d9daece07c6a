import { createHash } from 'node:crypto';
import Handlebars from 'handlebars';
import { visibleText } from '../../domain/text/visible-text.ts';

const pageStyle = `
:root { color-scheme: light dark; --good: light-dark(#14713d, #5fd68f); --bad: light-dark(#b3261e, #ff8a80);
  --dim: light-dark(#5c6370, #9aa3b2); --edge: light-dark(#d9dde3, #353b45); --card: light-dark(#fff, #1b1f26);
  --warn: light-dark(#8a5300, #ffc067); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem; font: 16px/1.5 system-ui, sans-serif;
  background: light-dark(#f5f6f8, #111419); color: light-dark(#1c2128, #e4e8ee); }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 1rem; }
h1 { margin: 0; font-size: 1.5rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; } h3 { font-size: 1.05rem; margin: 0; }
td > div { min-width: 10rem; }
a { color: inherit; } .dim, th { color: var(--dim); } .dim { font-size: .875rem; }
section.card, .warnings { background: var(--card); border: 1px solid var(--edge); border-radius: .5rem; padding: 1rem; margin: .75rem 0; }
.warnings { border-left: .3rem solid var(--warn); }
.head { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: baseline; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; } th, td { text-align: left; padding: .25rem .75rem .25rem 0; vertical-align: top; }
th { font-weight: 500; } td { border-top: 1px solid var(--edge); font-variant-numeric: tabular-nums; }
.tag { display: inline-block; padding: 0 .5rem; border-radius: 1rem; border: 1px solid currentColor; font-size: .8125rem; font-weight: 600; white-space: nowrap; }
.moving, .held { color: var(--good); } .stopped, .missed, .page, .firing { color: var(--bad); } .unknown, .pending, .ticket { color: var(--warn); }
code { overflow-wrap: anywhere; } .text { overflow-wrap: anywhere; white-space: pre-line; } .when, time, tbody th { white-space: nowrap; } .head + .scroll { margin-top: .25rem; }
td.narrow { width: 1%; white-space: nowrap; }
tbody th { border-top: 1px solid var(--edge); }
.card > table > tbody:first-child > tr:first-child > td { border-top: 0; }
@media (max-width: 40rem) { body { padding: 1rem; }
  .timeline, .timeline tbody { display: block; } .timeline thead { display: none; }
  .timeline tr { display: flex; flex-wrap: wrap; gap: 0 .75rem; border-top: 1px solid var(--edge); padding: .25rem 0; }
  .timeline td { border: 0; padding: 0; } .timeline td.text { flex-basis: 100%; }
  .rows, .rows tbody { display: block; } .rows thead { display: none; } .rows td:empty { display: none; }
  .rows tr { display: flex; flex-wrap: wrap; gap: 0 .75rem; align-items: baseline; border-top: 1px solid var(--edge); padding: .35rem 0; }
  .card > .rows tr:first-child { border: 0; padding-top: 0; }
  .rows td { border: 0; padding: 0; overflow-wrap: anywhere; } .rows td.main { flex: 1 1 60%; } td > div { min-width: 0; }
  .rows td[data-head]::before { content: attr(data-head) ' '; color: var(--dim); font-size: .875rem; } }
.scope { margin-top: .75rem; } p { margin: .25rem 0; } ul { margin: .25rem 0; padding-left: 1.25rem; }
`;

/** What the browser may load with a page: its one style sheet, by its digest, and nothing else. */
export const pagePolicy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(pageStyle).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

const handlebars = Handlebars.create();

const instant = /(?<!\w)(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d{1,3})?Z(?!\w)/g;

/** Escapes a text, and shows the instants in it as people read them, in one piece; to the millisecond they stand in their titles. */
function withTimes(text: unknown): Handlebars.SafeString {
  // Handlebars is strict with what stands alone, and not with what a helper is given.
  if (typeof text !== 'string') throw new TypeError(`a page is given ${typeof text} where it shows a text`);
  const escaped = handlebars.escapeExpression(text);
  return new Handlebars.SafeString(escaped.replaceAll(instant, '<time datetime="$&" title="$&">$1 $2Z</time>'));
}
handlebars.registerHelper('times', withTimes);

/** A page from its template, which puts `{{style}}` into its head; all facts are escaped, and a missing one is an error. */
export function compilePage(template: string): (facts: object) => string {
  const render = handlebars.compile(template, { strict: true, knownHelpersOnly: true, knownHelpers: { times: true } });
  return (facts) => visibleText(render({ ...facts, style: new Handlebars.SafeString(pageStyle) }));
}

/** Only web addresses become links: `javascript:` in a rule file must not run in a reader's browser. */
export function webLink(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  return ['http:', 'https:'].includes(new URL(url).protocol) ? url : undefined;
}
