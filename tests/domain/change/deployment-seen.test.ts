import { describe, expect, test } from '@jest/globals';
import {
  seeDeployment,
  type DeploymentLook,
  type DeploymentSeen,
  type SeenReport,
} from '../../../src/domain/change/deployment-seen.ts';

const place = { namespace: 'shop', deployment: 'checkout', labels: {} };

/** What looks at every ten seconds tell. */
function told(looks: readonly Omit<DeploymentLook, 'at'>[], known?: DeploymentSeen): readonly SeenReport[] {
  let seen = known;
  const reports: SeenReport[] = [];
  for (const [index, look] of looks.entries()) {
    const next = seeDeployment(seen, { ...look, at: (index + 1) * 10 }, place);
    ({ seen } = next);
    reports.push(...next.reports);
  }
  return reports;
}

const v1 = { generation: 1, running: ['checkout-aaa'], isComplete: true };
const rolling = { generation: 2, running: ['checkout-aaa', 'checkout-bbb'], isComplete: false };
const v2 = { generation: 2, running: ['checkout-bbb'], isComplete: true };

describe('a deployment', () => {
  test('that is seen first is what there is, and no change', () => {
    expect(told([v1, v1])).toEqual([]);
    expect(told([{ ...v1, revision: 7 }])).toEqual([]);
  });

  test('that gets another pod template is a change until every pod is of it', () => {
    expect(told([v1, rolling, rolling, v2, v2])).toEqual([
      { change: 'shop/checkout@bbb-2', version: 'checkout-bbb', before: 'checkout-aaa', startedAt: 20 },
      { change: 'shop/checkout@bbb-2', finishedAt: 40, outcome: 'succeeded' },
    ]);
  });

  test('is named by its revision where that is told', () => {
    expect(
      told([
        { ...v1, revision: 7 },
        { ...rolling, revision: 8 },
        { ...v2, revision: 8 },
      ]),
    ).toEqual([
      { change: 'shop/checkout@8', version: 'revision 8', before: 'revision 7', startedAt: 20 },
      { change: 'shop/checkout@8', finishedAt: 30, outcome: 'succeeded' },
    ]);
  });

  test.each<[string, readonly Omit<DeploymentLook, 'at'>[]]>([
    ['is scaled', [v1, { ...v1, generation: 2, isComplete: false }, { ...v1, generation: 2 }]],
    ['is paused', [v1, { ...v1, generation: 2 }]],
    ['is scaled to nothing and back', [v1, { ...v1, generation: 2, running: [] }, { ...v1, generation: 3 }]],
    [
      'is scaled, and its revision told',
      [
        { ...v1, revision: 7 },
        { ...v1, generation: 2, revision: 7 },
      ],
    ],
    ['is not to be seen for a while', [v1, { running: [] }, v1]],
    ['has its revision not told for a while', [{ ...v1, revision: 7 }, rolling, { ...v1, revision: 7 }]],
    ['has its revision told from now on', [v1, { ...v1, revision: 7 }, { ...v1, revision: 7 }]],
    ['is seen first amid a change', [rolling, v2]],
  ])('that %s is not changed', (_, looks) => {
    expect(told(looks)).toEqual([]);
  });

  test('that is taken back is changed again, under another name', () => {
    const back = { generation: 3, running: ['checkout-aaa', 'checkout-bbb'], isComplete: false };
    const reports = told([v1, rolling, v2, back, { ...v1, generation: 3 }]);
    expect(reports.map(({ change, outcome }) => [change, outcome])).toEqual([
      ['shop/checkout@bbb-2', undefined],
      ['shop/checkout@bbb-2', 'succeeded'],
      ['shop/checkout@aaa-3', undefined],
      ['shop/checkout@aaa-3', 'succeeded'],
      // The pods are where the first change found them. When it ended stays as it was.
      ['shop/checkout@bbb-2', 'rolled-back'],
    ]);
    expect(reports.at(-1)).toEqual({ change: 'shop/checkout@bbb-2', outcome: 'rolled-back' });
  });

  test.each<[string, readonly Omit<DeploymentLook, 'at'>[], readonly string[]]>([
    [
      'is undone and has its revision told',
      [
        { ...v1, revision: 7 },
        { ...rolling, revision: 8 },
        { ...v2, revision: 8 },
        { ...v2, generation: 3, revision: 8 },
        { ...rolling, generation: 4, revision: 9 },
        { ...v1, generation: 4, revision: 9 },
      ],
      ['shop/checkout@8'],
    ],
    [
      'is undone amid the rollout',
      [
        { ...v1, revision: 7 },
        { ...rolling, revision: 8 },
        { ...rolling, generation: 3, revision: 9 },
        { ...v1, generation: 3, revision: 9 },
      ],
      ['shop/checkout@8'],
    ],
    [
      'is undone, look by look',
      [v1, rolling, v2, { ...rolling, generation: 3 }, { ...rolling, generation: 3 }, { ...v1, generation: 3 }],
      ['shop/checkout@bbb-2'],
    ],
    [
      'is undone, and the change comes again',
      [v1, rolling, v2, { ...v1, generation: 3 }, { ...v2, generation: 4 }],
      ['shop/checkout@bbb-2'],
    ],
    [
      'goes on to a third template while pods of the first are left',
      [
        { ...v1, revision: 7 },
        { ...rolling, revision: 8 },
        { ...rolling, generation: 3, revision: 9 },
        { generation: 3, revision: 9, running: ['checkout-aaa', 'checkout-bbb', 'checkout-ccc'], isComplete: false },
        { generation: 3, revision: 9, running: ['checkout-ccc'], isComplete: true },
      ],
      [],
    ],
    ['is scaled after its change', [v1, rolling, v2, { ...v2, generation: 3 }], []],
  ])('that %s has these changes rolled back', (_, looks, expected) => {
    const back = told(looks).filter(({ outcome }) => outcome === 'rolled-back');
    expect(back.map(({ change }) => change)).toEqual(expected);
  });

  test('that is made anew counts its revisions from 1 again, and they are changes of their own', () => {
    const first = Date.UTC(2026, 0, 1);
    const second = Date.UTC(2026, 7, 22, 2);
    const ids = told([
      { ...v1, revision: 1, createdAt: first },
      { ...v2, revision: 2, createdAt: first },
      { ...v1, generation: 1, revision: 1, createdAt: second },
      { ...v1, generation: 1, revision: 1, createdAt: second },
      { ...v2, revision: 2, createdAt: second },
      // Made anew again, by the same template.
      { ...v2, revision: 2, createdAt: second + 60_000 },
      { ...v2, revision: 2 },
    ]).flatMap(({ change, startedAt }) => (startedAt === undefined ? [] : [change]));
    expect(ids).toEqual([
      'shop/checkout@2-20260101T000000Z',
      'shop/checkout@1-20260822T020000Z',
      'shop/checkout@2-20260822T020000Z',
      'shop/checkout@2-20260822T020100Z',
    ]);
  });

  test('whose change is taken back before it is through is back at what was before', () => {
    expect(told([v1, rolling, { ...v1, generation: 3 }])).toEqual([
      { change: 'shop/checkout@bbb-2', version: 'checkout-bbb', before: 'checkout-aaa', startedAt: 20 },
      { change: 'shop/checkout@bbb-2', finishedAt: 30 },
      {
        change: 'shop/checkout@aaa-3',
        version: 'checkout-aaa',
        before: 'checkout-bbb',
        startedAt: 30,
        finishedAt: 30,
        outcome: 'succeeded',
      },
      { change: 'shop/checkout@bbb-2', outcome: 'rolled-back' },
    ]);
  });

  test('of which Andon knows that a change is under way goes on from there', () => {
    const known = { template: 'checkout-bbb', underWay: 'shop/checkout@bbb-2' };
    expect(told([rolling, v2], known)).toEqual([
      { change: 'shop/checkout@bbb-2', finishedAt: 20, outcome: 'succeeded' },
    ]);
  });

  test('whose change is overtaken by the next is not said to have succeeded', () => {
    expect(
      told([
        { ...v1, revision: 7 },
        { ...rolling, revision: 8 },
        { ...rolling, generation: 3, revision: 9 },
      ]),
    ).toEqual([
      { change: 'shop/checkout@8', version: 'revision 8', before: 'revision 7', startedAt: 20 },
      { change: 'shop/checkout@8', finishedAt: 30 },
      { change: 'shop/checkout@9', version: 'revision 9', before: 'revision 8', startedAt: 30 },
    ]);
  });

  test('of which something is known goes on from there', () => {
    const known = { template: 'revision 7', underWay: 'shop/checkout@7' };
    expect(told([{ ...v2, revision: 7 }], known)).toEqual([
      { change: 'shop/checkout@7', finishedAt: 10, outcome: 'succeeded' },
    ]);
    expect(told([{ ...v2, revision: 8 }], { template: 'revision 7' })).toEqual([
      {
        change: 'shop/checkout@8',
        version: 'revision 8',
        before: 'revision 7',
        startedAt: 10,
        finishedAt: 10,
        outcome: 'succeeded',
      },
    ]);
  });
});
