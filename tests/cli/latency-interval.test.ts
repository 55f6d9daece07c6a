import { expect, test } from '@jest/globals';
import { statusPage } from '../../src/adapters/http/status-page.ts';
import { ServicesWire } from '../../src/adapters/http/wire/service.ts';
import { verdictJson } from '../../src/app/views/service-json.ts';
import { renderViews } from '../../src/cli/evaluate-table.ts';
import { TimelineEventWire } from '../../src/cli/incident-wire.ts';
import { describeVerdict } from '../../src/domain/reading/verdict-text.ts';
import { anIntervalVerdict } from '../support/interval-verdict.ts';
import { aStatus, searchView } from '../support/service-views.ts';

const why = 'the threshold 300ms lies between the buckets 0.25 and 0.5';

const view = {
  ...searchView,
  scopes: [{ group: {}, line: 'moving' as const, targets: [anIntervalVerdict(0.5)], rules: [] }],
};

test('andon evaluate shows both ends of an interval, and why it is one', () => {
  const lines = renderViews([view], 'text', { colors: false }).split('\n');
  expect(lines[1]?.split(/ {2,}/)).toEqual([
    'search',
    '-',
    'latency',
    '1m',
    'between 98.2% and 99.7%',
    'at least 99%',
    'missed',
    why,
  ]);
});

test('the API gives both ends, and the buckets', () => {
  const { services } = ServicesWire.parse(JSON.parse(renderViews([view], 'json', { colors: false })));
  expect(services[0]?.scopes[0]?.targets[0]?.reading).toMatchObject({
    value: 0.982,
    interval: { atMost: 0.997, thresholdSeconds: 0.3, lowerBucket: 0.25, upperBucket: 0.5 },
  });
});

test('the status page shows both ends, and why', () => {
  const page = statusPage({
    services: [view],
    incidents: [],
    status: aStatus,
    readiness: { ready: true, reasons: [] },
    now: Date.UTC(2026, 7, 22),
  });
  expect(page).toContain(`<td data-head="now">between 98.2% and 99.7%<div class="dim">${why}</div></td>`);
});

test.each([[0.5], [undefined]])('a terminal describes it as the daemon does, with %s as the upper bucket', (upper) => {
  const verdict = anIntervalVerdict(upper);
  const json: unknown = JSON.parse(JSON.stringify(verdictJson(verdict)));
  const stop = { rule: 'slow', severity: 'page', because: 'condition-true', verdicts: [json] };
  const told = TimelineEventWire.parse({ type: 'opened', at: '2026-08-22T00:00:00Z', stop }).stop?.verdicts[0];
  expect(told === undefined ? undefined : describeVerdict(told)).toBe(describeVerdict(verdict));
});
