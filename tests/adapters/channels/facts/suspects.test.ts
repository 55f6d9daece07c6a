import { describe, expect, test } from '@jest/globals';
import { chatMessageOf } from '../../../../src/adapters/channels/facts/chat-message.ts';
import { FactSheet } from '../../../../src/adapters/channels/facts/fact-sheet.ts';
import { factSheetOf } from '../../../../src/adapters/channels/facts/render-fact-sheet.ts';
import { shorten } from '../../../../src/adapters/channels/facts/shorten.ts';
import type { Suspect } from '../../../../src/domain/change/suspect.ts';
import { aNotification } from '../../../support/a-notification.ts';
import { aSuspect } from '../../../support/incident-story.ts';

function sheetOf(suspects: readonly Suspect[]) {
  return factSheetOf({ notification: aNotification({ page: { suspects } }), collapsed: [], attempt: 1 });
}

function lineOf(suspects: readonly Suspect[]): string | undefined {
  return chatMessageOf(sheetOf(suspects)).facts.find(({ name }) => name === 'Suspect')?.text;
}

describe('suspects', () => {
  test('stand in the fact sheet with times as people write them', () => {
    const { data } = FactSheet.parse(sheetOf([aSuspect()]));
    expect(data.suspects).toMatchObject([
      {
        change: 'deploy-42',
        version: 'v42',
        startedAt: '2026-08-22T01:56:00.000Z',
        finishedAt: '2026-08-22T01:57:00.000Z',
        onsetAfterSeconds: 240,
        rollback: 'kubectl rollout undo deployment/checkout',
        text: expect.stringMatching(/^deploy v42, by ada, 4m before the onset \(likely: .*; way back: kubectl/),
      },
    ]);
  });

  test.each<[string, readonly Suspect[], string | undefined]>([
    [
      'one',
      [aSuspect()],
      'deploy v42, by ada, 4m before it began (likely), way back: kubectl rollout undo deployment/checkout',
    ],
    ['none', [], undefined],
    [
      'two, and no way back',
      [withoutWayBack(aSuspect({ standing: 'confounded', sureness: 'possible', others: 1 })), aSuspect()],
      'deploy v42, by ada, 4m before it began (confounded with 1 more), way back: not known',
    ],
  ])('are one line in a chat: %s', (_name, suspects, line) => {
    expect(lineOf(suspects)).toBe(line);
  });

  test('keep their way back whole or not at all when the rest is cut', () => {
    const [short, long] = [aSuspect({ rollback: 'x'.repeat(400) }), aSuspect({ rollback: 'x'.repeat(600) })];
    const notification = aNotification({ page: { suspects: [short, long] } });
    const cut = shorten(factSheetOf({ notification, collapsed: [], attempt: 1 }).data, { text: 40, entries: 2 });
    expect(cut.suspects?.map(({ rollback }) => rollback?.length)).toEqual([400, undefined]);
  });
});

function withoutWayBack({ rollback: _rollback, ...suspect }: Suspect): Suspect {
  return suspect;
}
