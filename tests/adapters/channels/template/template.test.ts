import { describe, expect, test } from '@jest/globals';
import { sampleFactSheets } from '../../../../src/adapters/channels/facts/sample-fact-sheets.ts';
import { checkTemplate, compileTemplate, formatOf } from '../../../../src/adapters/channels/template/template.ts';

const [firing, resolved] = sampleFactSheets();

function render(text: string, format: 'json' | 'html' | 'text' = 'text', body = resolved): string {
  if (body === undefined) throw new Error('there are two samples');
  return compileTemplate(text, format).render(body);
}

describe('rendering', () => {
  test.each([
    ['{{service}} {{severity}} {{type}}', 'checkout page incident.resolved'],
    ['{{labels.tier}}{{labels.absent}}!', '1!'],
    ['{{#each off}}{{@index}} {{signal}} {{percent value}};{{/each}}', '0 success_rate 91.2%;1 replication_lag ;'],
    ['{{#off}}{{signal}} {{/off}}', 'success_rate replication_lag '],
    [
      '{{#each off as |target|}}{{target.signal}} of {{../service}} {{/each}}',
      'success_rate of checkout replication_lag of checkout ',
    ],
    ['{{#if (eq type "incident.resolved")}}back{{else}}off{{/if}}', 'back'],
    ['{{#unless owner}}nobody{{else}}{{owner}}{{/unless}}', 'team-payments'],
    ['{{#with onset}}{{utc at}}{{/with}} {{duration timeToRecoverSeconds}}', '2026-08-22 02:07:12 UTC 23m53s'],
    ['{{json rules}} {{json timeToDetectSeconds}}', '["payments-failing"] 30'],
    ['{{! said to nobody }}{{@root.service}}', 'checkout'],
  ])('%s', (template, text) => {
    expect(render(template)).toBe(text);
  });

  test('writes into JSON so that no value can break out of its text', () => {
    const result = render('{"text": "{{endState}} {{labels.quote}} {{{labels.quote}}}", "off": {{json off}} }', 'json');
    expect(JSON.parse(result)).toMatchObject({
      text: 'Customers can pay, and "no" order\nis lost \\ ever "\\\n "\\\n',
      off: [{ signal: 'success_rate' }, { signal: 'replication_lag' }],
    });
  });

  test('writes into HTML so that no value can become a tag', () => {
    const [body] = sampleFactSheets();
    if (body === undefined) throw new Error('there are two samples');
    const wild = { ...body, data: { ...body.data, title: '<script>"' } };
    expect(render('<p title="{{title}}">', 'html', wild)).toBe('<p title="&lt;script&gt;&quot;">');
  });

  test('a fact that an incident lacks is an empty text, not a lost page', () => {
    expect(
      render('[{{owner}}|{{runbook}}|{{utc recoveredAt}}|{{duration timeToRecoverSeconds}}]', 'text', firing),
    ).toBe('[|||]');
  });

  test('writes what was spent of each error budget', () => {
    const text = '{{#each budgetsSpent}}{{budget}}: {{percent spent}} spent, {{percent remaining}} left{{/each}}';
    expect(render(text, 'text', resolved)).toBe('success_rate: 2.78% spent, 87.2% left');
    expect(render(text, 'text', firing)).toBe('');
  });

  test('what JavaScript hangs on every object is out of reach', () => {
    expect(render('{{labels.constructor}}{{group.__proto__}}{{labels.toString}}')).toBe('');
  });
});

describe('checking', () => {
  test.each([
    ['{"text": "{{title}}"}', undefined],
    ['{"text": "{{#with closedByHand}}{{by}}: {{because}}{{/with}}"}', undefined],
    ['{"text": "{{titel}}"}', 'line 1, column 13: unknown field "titel"; docs/webhook.md lists the fields'],
    ['{}\n{{#if ownr}}x{{/if}}', 'line 2, column 7: unknown field "ownr"; docs/webhook.md lists the fields'],
    ['{{#each off}}{{sginal}}{{/each}}', 'line 1, column 16: unknown field "sginal"; docs/webhook.md lists the fields'],
    [
      '{{upper title}}',
      'line 1, column 1: unknown helper "upper"; there are if, unless, each, with, json, percent, round, duration, utc, eq',
    ],
    ['{{lookup labels "tier"}}', /unknown helper "lookup"/],
    ['{{#upper title}}{{/upper}}', /unknown helper "upper"/],
    ['{{json (upper title)}}', /unknown helper "upper"/],
    ['{{log "x"}}', /unknown helper "log"/],
    ['{{constructor}}', /unknown field "constructor"/],
    ['{{off.constructor}}', /unknown field/],
    ['{{round title}}', /round takes a number \(a count\), not string/],
    ['{{percent}}', 'line 1, column 1: percent needs a value'],
    ['{{#json off}}{{/json}}', 'line 1, column 1: json cannot stand here'],
    ['{{> header}}', 'line 1, column 1: partials and decorators are not available here'],
    ['{{* inline}}', /not available/],
    [
      '{"text": "{{#if owner}}"}',
      'line 1, column 26: the template cannot be read: it ends where a {{/…}} or a }} is missing',
    ],
    ['{\n"text": {{{title}}\n}', 'line 2, column 17: the template cannot be read'],
    ['{"text": {{title}}}', /^line 1, column 17: .*write a space between }} and a } that follows it$/],
    ['{{bad', 'line 1, column 3: the template cannot be read: what stands after {{ is no field, or has no }} after it'],
    ['a\n{{#if owner}}x{{/each}}', 'line 2, column 4: the template cannot be read: if is ended by each'],
    ['{"text": {{title}} }', /^the result is no JSON: .*write texts as "{{title}}"/],
    ['{"text": "{{off}}"}', /lists and objects are written with {{json …}}/],
    ['{"text": "{{percent title}}"}', /percent takes a number \(a share from 0 to 1\), not string/],
    ['{"text": "{{utc service}}"}', /utc takes a time/],
  ])('%s', (template, problem) => {
    const found = checkTemplate(template);
    if (problem instanceof RegExp) expect(found).toMatch(problem);
    else expect(found).toBe(problem);
  });

  test('a template beyond all measure is refused before it is read', () => {
    expect(checkTemplate('x'.repeat(70_000))).toMatch(/longer than 65536 characters/);
  });

  test('a result that need not be JSON is not held against JSON', () => {
    expect(checkTemplate('{{title}}', 'text')).toBeUndefined();
  });
});

test.each([
  ['application/json', 'json'],
  ['application/vnd.api+json; charset=utf-8', 'json'],
  ['text/html', 'html'],
  ['text/plain', 'text'],
])('%s is written as %s', (contentType, format) => {
  expect(formatOf(contentType)).toBe(format);
});
