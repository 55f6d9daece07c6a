import { describe, test } from '@jest/globals';
import { expectSaid, exprOf, type Samples } from './promtool.ts';

const gone = 'stale';
const nothingYet = 'Inf Inf Inf Inf';

const recovered = exprOf('service.json: annotation Recovered');
const bands = exprOf('service.json: Incidents: onset, detection, recovery A');
const lastAnswer = exprOf('andon.json: Since the last answer A');

describe('a pod of Andon that was replaced', () => {
  const told = (moment: string, instance: string): string =>
    `andon_incident_timestamp_seconds{service="shop",incident="i",severity="page",rule="r",moment="${moment}",instance="${instance}"}`;
  const labels = '{incident="i", severity="page", rule="r"}';

  test.each([
    ['the new one saw the recovery', `${nothingYet} ${gone}`, '_x8 77x20', '77000'],
    ['the new one saw it, and the incident was closed since', `${nothingYet} ${gone}`, `_x8 77x4 ${gone}`, '77000'],
    [
      'the new one saw a relapse',
      `55 55 55 55 ${gone}`,
      '_x8 Inf Inf Inf Inf Inf Inf Inf Inf Inf Inf Inf Inf',
      undefined,
    ],
    ['the new one saw a relapse and another recovery', `55 55 55 55 ${gone}`, '_x8 77x20', '77000'],
    ['the new one found an earlier moment', `55 55 55 55 ${gone}`, '_x8 44x20', '44000'],
  ])('leaves nothing behind that hides when service was back: %s', async (_, before, after, expected) => {
    const samples = { [told('recovered', 'old')]: before, [told('recovered', 'new')]: after };
    await expectSaid(recovered, samples, expected === undefined ? undefined : { labels, value: expected });
  });

  test('ends the band of an incident that closed after it', async () => {
    const moments = ['onset', 'detected', 'recovered', 'closed'];
    const old = moments.map((moment, index) => [told(moment, 'old'), `${index < 2 ? '10x4' : nothingYet} ${gone}`]);
    const fresh = moments.map((moment, index) => [told(moment, 'new'), `_x8 ${10 + index}x20`]);
    const samples = Object.fromEntries([...old, ...fresh]) as Samples;
    await expectSaid(bands, samples, { labels: '{incident="i", rule="r"}', value: '0' });
  });
});

test('of two Andons the one that its source does not answer is seen', async () => {
  const answered = (instance: string): string =>
    `andon_source_last_answer_timestamp_seconds{source="default",instance="${instance}"}`;
  const samples = { [answered('a')]: '290x20', [answered('b')]: '100x20' };
  await expectSaid(lastAnswer, samples, { labels: '{source="default"}', value: '200' });
});
