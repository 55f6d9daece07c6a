import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { FactSheet, webhookSchema } from '../../../../src/adapters/channels/facts/fact-sheet.ts';
import { bodyLimitBytes, factSheetOf } from '../../../../src/adapters/channels/facts/render-fact-sheet.ts';
import { shorten } from '../../../../src/adapters/channels/facts/shorten.ts';
import { sampleFactSheets } from '../../../../src/adapters/channels/facts/sample-fact-sheets.ts';
import type { TargetVerdict } from '../../../../src/domain/reading/verdict.ts';
import { aNotification, aPage } from '../../../support/a-notification.ts';

const docs = new URL('../../../../docs/', import.meta.url);

function attempt(page: Parameters<typeof aPage>[0] = {}, kind: 'firing' | 'resolved' = 'firing') {
  return { notification: aNotification({ kind, page }), collapsed: [], attempt: 1 };
}

describe('the body', () => {
  test('says what is off against which target, since when, how fast it worsens and what is still fine', () => {
    const body = factSheetOf(attempt());
    expect(body).toMatchObject({
      type: 'incident.firing',
      timestamp: '2026-08-22T02:07:42.100Z',
      data: {
        version: 1,
        service: 'checkout',
        owner: 'team-payments',
        runbook: 'https://runbooks.example.com/checkout',
        labels: { tier: '1' },
        onset: {
          at: '2026-08-22T02:07:12.000Z',
          earliest: '2026-08-22T02:07:10.000Z',
          latest: '2026-08-22T02:07:15.000Z',
          method: 'change-point',
        },
        detectedAt: '2026-08-22T02:07:42.000Z',
        timeToDetectSeconds: 30,
        off: [
          {
            signal: 'success_rate',
            text: 'success rate 91.2% over 1m, target at least 99.9%',
            value: 0.912,
            target: 0.999,
            overSeconds: 60,
            perMinute: -0.021,
            trend: 'worsening',
          },
        ],
        fine: [{ signal: 'replication_lag', text: 'replication lag 0.4 seconds, target at most 10 seconds' }],
        truncated: false,
      },
    });
    expect(FactSheet.parse(body)).toEqual(body);
  });

  test('names the other incidents of an outage, and counts those that it has to leave out', () => {
    const together = Array.from({ length: 50 }, (_, index) => ({
      incidentId: `s${index}-20260822T020742Z`,
      service: `s${index}`,
      group: { region: 'eu' },
      title: 'x'.repeat(400),
      since: Date.UTC(2026, 7, 22, 2, 7, 12),
      severity: 'page' as const,
      phase: 'open' as const,
    }));
    const small = factSheetOf(attempt({ together: together.slice(0, 3), furtherCount: 4 })).data;
    expect(small).toMatchObject({ furtherCount: 4, truncated: false });
    expect(small.together?.[2]).toMatchObject({ service: 's2', since: '2026-08-22T02:07:12.000Z' });
    const large = factSheetOf(attempt({ together, furtherCount: 4 })).data;
    expect(large.truncated).toBe(true);
    expect((large.together?.length ?? 0) + (large.furtherCount ?? 0)).toBe(54);
  });

  test('those that a chat has to leave out besides are counted too', () => {
    const together = Array.from({ length: 15 }, (_, index) => ({
      incidentId: `s${index}`,
      service: `s${index}`,
      group: {},
      title: 'x',
      since: Date.UTC(2026, 7, 22, 2, 7, 12),
      severity: 'page' as const,
      phase: 'open' as const,
    }));
    const { data } = factSheetOf(attempt({ together, furtherCount: 4 }));
    const cut = shorten(data, { text: 300, entries: 10 });
    expect([cut.together?.length, cut.furtherCount, cut.truncated]).toEqual([10, 9, true]);
  });

  test('names why a target cannot be told', () => {
    const off: TargetVerdict[] = [
      {
        target: { signal: 'success_rate', bound: 'atLeast', value: 0.999 },
        reading: { kind: 'unknown', reason: 'stale', detail: 'newest sample is 5m old' },
        verdict: 'unknown',
      },
    ];
    expect(factSheetOf(attempt({ off })).data.off).toMatchObject([
      { verdict: 'unknown', unknown: { reason: 'stale', detail: 'newest sample is 5m old' } },
    ]);
  });

  test('tells recovery and impact once resolved, and whom it stands for', () => {
    const { onset } = aPage();
    const impact = { badEvents: 1820, totalEvents: 20_500, peakBadRatio: 0.31, signal: 'success_rate' };
    const budgetsSpent = [
      { budget: 'success_rate', spent: 0.0278, remaining: 0.872 },
      { budget: 'latency', spent: 1.2, remaining: -0.2, about: true },
    ];
    const resolved = attempt(
      { recoveredAt: onset.at + 1_433_000, resolvedAt: onset.at + 2_033_000, impact, budgetsSpent },
      'resolved',
    );
    const body = factSheetOf({ ...resolved, collapsed: [aNotification({ sequence: 0 })] });
    expect(body).toMatchObject({
      type: 'incident.resolved',
      data: {
        recoveredAt: '2026-08-22T02:31:05.000Z',
        timeToRecoverSeconds: 1433,
        impact,
        budgetsSpent,
        collapsed: [
          { id: 'checkout-20260822T020742Z:0:oncall', kind: 'firing', createdAt: '2026-08-22T02:07:42.100Z' },
        ],
      },
    });
  });

  test('has no field for budgets that nothing was spent of', () => {
    expect(factSheetOf(attempt({}, 'resolved')).data).not.toHaveProperty('budgetsSpent');
  });

  test('stays under 20 kB whatever the facts, always cut the same way, and stays what the schema says', () => {
    const text = fc.string({ unit: 'binary', maxLength: 5_000 });
    const labels = fc.dictionary(text, text, { maxKeys: 60 });
    fc.assert(
      fc.property(
        text,
        text,
        labels,
        fc.integer({ min: 0, max: 300 }),
        fc.webUrl({ size: 'large' }),
        (one, other, map, count, url) => {
          const [missed] = aPage().off;
          if (missed === undefined) throw new Error('the page has something off');
          const off = Array.from({ length: count }, () => ({
            ...missed,
            target: { ...missed.target, signal: one },
            group: map,
          }));
          const page = {
            title: one,
            summary: other,
            endState: other,
            condition: one,
            labels: map,
            group: map,
            off,
            fine: off,
            runbook: url,
          };
          const wild = {
            ...attempt(page),
            collapsed: Array.from({ length: count }, (_, sequence) => aNotification({ sequence })),
          };
          const body = factSheetOf(wild);
          const size = Buffer.byteLength(JSON.stringify(body));
          expect(size).toBeLessThan(bodyLimitBytes);
          expect(factSheetOf(wild)).toEqual(body);
          expect(FactSheet.safeParse(body).success).toBe(true);
          if (count > 100) expect(body.data.truncated).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('keeps links whole or leaves them out', () => {
    const long = `https://runbooks.example.com/${'x'.repeat(600)}`;
    const { data } = factSheetOf(attempt({ runbook: long, summary: 'y'.repeat(30_000) }));
    expect(data.truncated).toBe(true);
    expect(data.runbook).toBeUndefined();
    expect(data.link).toBe('https://andon.example.com/incidents/checkout-20260822T020742Z');
    expect(data.summary).toHaveLength(1_000);
  });
});

describe('the schema', () => {
  test('in docs/webhook.schema.json is that of the body; run this with UPDATE_SCHEMA=1 after a change', () => {
    const text = `${JSON.stringify(webhookSchema(), null, 2)}\n`;
    const file = new URL('webhook.schema.json', docs);
    if (process.env['UPDATE_SCHEMA'] === '1') writeFileSync(file, text);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(webhookSchema());
  });

  test('takes every sample, and fields to come', () => {
    const validate = new Ajv2020({ strict: false }).compile(webhookSchema());
    for (const sample of [...sampleFactSheets(), factSheetOf(attempt())]) {
      expect(validate({ ...sample, data: { ...sample.data, newField: 1 } })).toBe(true);
      expect(validate.errors).toBeNull();
    }
    expect(validate({ type: 'incident.firing' })).toBe(false);
  });

  test('samples have every field between them, so that a template is tried on each', () => {
    const known = new Set(sampleFactSheets().flatMap(({ data }) => Object.keys(data)));
    expect(Object.keys(FactSheet.shape.data.shape).filter((field) => !known.has(field))).toEqual([]);
  });

  test('has every field of the body in docs/webhook.md', () => {
    const page = readFileSync(new URL('webhook.md', docs), 'utf8');
    for (const field of Object.keys(FactSheet.shape.data.shape)) expect(page).toContain(`\`${field}\``);
  });
});
