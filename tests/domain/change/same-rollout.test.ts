import { describe, expect, test } from '@jest/globals';
import { mergeRollouts } from '../../../src/domain/change/same-rollout.ts';
import type { Change } from '../../../src/domain/change/change.ts';
import { aChange } from '../../support/changes.ts';

const minute = 60_000;
const byArgo = aChange('argo:42', 5 * minute, {
  origin: 'argocd',
  version: 'v42',
  link: 'https://argo/42',
  finishedAt: 9 * minute,
});
const byGithub = aChange('1234', 0, {
  origin: 'github',
  version: 'v42',
  rollback: 'gh run rerun 1',
  finishedAt: minute,
});

describe('a rollout that two tools tell of', () => {
  test('is one change, under the id of the earliest, with what both know', () => {
    const merged = mergeRollouts([byArgo, byGithub]);
    expect(merged).toHaveLength(1);
    expect(merged[0]).toMatchObject({
      id: '1234',
      startedAt: 0,
      finishedAt: 9 * minute,
      rollback: 'gh run rerun 1',
      link: 'https://argo/42',
    });
    expect(mergeRollouts([byGithub, byArgo])).toEqual(merged);
  });

  test('was rolled back where one of them says so', () => {
    const gone = { ...byArgo, outcome: 'rolled-back', told: { saidAt: {}, rolledBackAt: 10 * minute } } as const;
    const [merged] = mergeRollouts([{ ...byGithub, outcome: 'succeeded' }, gone]);
    expect(merged).toMatchObject({ id: '1234', outcome: 'rolled-back', told: { rolledBackAt: 10 * minute } });
  });

  test.each<[string, Partial<Change>]>([
    ['another version', { version: 'v43' }],
    ['two reports of one tool', { origin: 'github' }],
    ['a change of configuration', { kind: 'configuration' }],
    ['hours later', { startedAt: 120 * minute }],
  ])('is two changes when it is %s', (_name, facts) => {
    expect(mergeRollouts([byGithub, { ...byArgo, ...facts }])).toHaveLength(2);
  });

  test('is two changes when nobody knows a version', () => {
    const { version: _one, ...first } = byGithub;
    const { version: _other, ...second } = byArgo;
    expect(mergeRollouts([first, second])).toHaveLength(2);
  });
});
