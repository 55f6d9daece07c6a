import * as fc from 'fast-check';
import type { Attempt } from '../../../../src/app/ports/channel.ts';
import type { TargetVerdict } from '../../../../src/domain/reading/verdict.ts';
import { aSuspect } from '../../../support/incident-story.ts';
import { aNotification, aPage } from '../../../support/a-notification.ts';

const markup = fc.constantFrom(
  '<!channel>',
  '<@U1>',
  '<https://x.example|y>',
  '&lt;',
  '&',
  '<',
  '>',
  '|',
  '*',
  '_',
  '~',
  '`',
  '```',
  '\\',
  '[a](b)',
  '{{DATE(2026-01-01T00:00:00Z)}}',
  '{{',
  '<at>all</at>',
  '# ',
  '- ',
  '1. ',
  '\n',
  '\u2028',
  '\u202e',
  'a_b',
  ' ',
  'x',
);
const text = (maxLength: number) =>
  fc.oneof(
    fc.string({ unit: 'binary', maxLength }),
    fc
      .array(fc.oneof(markup, fc.string({ maxLength: 3 })), { maxLength: Math.ceil(maxLength / 10) })
      .map((all) => all.join('')),
  );

/** Notifications of every kind with anything at all in their texts, and too much of it. */
export const wildAttempts: fc.Arbitrary<Attempt> = fc
  .record({
    kind: fc.constantFrom('firing', 'escalated', 'relapsed', 'resolved', 'repeated', 'unacknowledged', 'acknowledged'),
    title: text(300),
    summary: text(4_000),
    endState: text(4_000),
    condition: text(2_000),
    owner: text(300),
    labels: fc.dictionary(text(30), text(300), { maxKeys: 40 }),
    runbook: fc.oneof(fc.webUrl({ size: 'large', withQueryParameters: true, withFragments: true }), text(300)),
    link: fc.oneof(fc.webUrl({ withQueryParameters: true }), fc.constant('https://andon.example.com/<!here>|x>&amp;')),
    count: fc.integer({ min: 0, max: 60 }),
    detail: text(500),
    suspects: fc.option(
      fc.array(
        fc
          .record({
            change: text(200),
            version: text(200),
            before: text(200),
            summary: text(1_000),
            by: text(200),
            rollback: text(2_000),
          })
          .map((told) => aSuspect({ ...told, standing: 'confounded', others: 9 })),
        { minLength: 1, maxLength: 5 },
      ),
      { nil: undefined },
    ),
    together: fc.option(
      fc.array(
        fc.record({ service: text(60), title: text(300), group: fc.dictionary(text(20), text(300), { maxKeys: 3 }) }),
        { minLength: 1, maxLength: 50 },
      ),
      { nil: undefined },
    ),
    closed: fc.option(fc.record({ by: text(100), because: text(1_000) }), { nil: undefined }),
  })
  .map(({ kind, count, detail, closed, suspects, together, ...page }) => {
    const [missed] = aPage().off;
    if (missed === undefined) throw new Error('the page has something off');
    const one: TargetVerdict =
      count % 2 === 0
        ? { ...missed, group: page.labels }
        : { ...missed, reading: { kind: 'unknown', reason: 'stale', detail }, verdict: 'unknown' };
    const off = Array.from({ length: count }, () => one);
    const notification = aNotification({
      kind,
      page: {
        ...page,
        off,
        fine: off,
        rules: [page.condition],
        ...(suspects === undefined ? {} : { suspects }),
        ...(together === undefined
          ? {}
          : {
              together: together.map((each, index) => ({
                ...each,
                incidentId: `i${index}`,
                since: aPage().onset.at,
                severity: 'page',
                phase: 'open',
              })),
            }),
        ...(closed === undefined ? {} : { closedByHand: closed }),
      },
    });
    return { notification, collapsed: [], attempt: 1 };
  });
