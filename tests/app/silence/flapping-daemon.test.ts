import { describe, expect, test } from '@jest/globals';
import { aService } from '../../support/simulation.ts';
import { defaultFlapping } from '../../../src/domain/notification/flapping.ts';
import { aDaemon, badDuring, minute, onlyIncident, restarted, told } from './silence-story.ts';

const flapping = defaultFlapping;
/** Off for two minutes of each six, `times` times. */
const offAndOn = (times: number) =>
  badDuring(
    ...Array.from({ length: times }, (_, index) => [31 + 6 * index, 33 + 6 * index] as const).map(
      ([from, to]) => [from * minute, to * minute] as const,
    ),
  );
const service = aService({ endState: { ...aService().endState, watchMs: 30 * minute } });

describe('an incident that is off and on', () => {
  test('is held from the third relapse on, said once, and its end is told once it is steady', async () => {
    await using andon = await aDaemon(offAndOn(6), [service], { flapping });
    await andon.advance(34 * minute);
    const before = ['firing', 'resolved', 'relapsed', 'resolved', 'relapsed', 'resolved', 'relapsed'];
    expect(andon.kinds()).toEqual(before);
    expect(andon.channel.sent.at(-1)?.page.title).toMatch(
      /flapping: off and on 4 times since 02:3\d.*; held until it is steady for 10m/,
    );
    expect(onlyIncident(andon).telling.flapping).toMatchObject({ times: 4 });
    await andon.advance(20 * minute);
    expect(andon.kinds()).toEqual([...before, 'resolved']);
    expect(andon.channel.sent.at(-1)?.page.title).toContain('steady after 5 relapses: back in its end state');
    expect(onlyIncident(andon).telling.flapping).toBeUndefined();
  });

  test('is told to be steadily off, and then back, when it stays off', async () => {
    const traffic = badDuring(
      [31 * minute, 33 * minute],
      [37 * minute, 39 * minute],
      [43 * minute, 45 * minute],
      [49 * minute, 51 * minute],
      [55 * minute, 75 * minute],
    );
    await using andon = await aDaemon(traffic, [service], { flapping });
    await andon.advance(60 * minute);
    expect(andon.kinds().slice(7)).toEqual(['relapsed', 'resolved']);
    expect(andon.channel.sent[7]?.page.title).toContain('steadily off after 4 relapses');
  });

  test('is never told to be steadily off while it is on its way back', async () => {
    const long = { ...service, endState: { ...service.endState, holdMs: 4 * minute } };
    const early = { ...flapping, steadyMs: 3 * minute };
    const cycles = [31, 40, 49, 58, 67].map((from) => [from * minute, (from + 2) * minute] as const);
    await using andon = await aDaemon(badDuring(...cycles), [long], { flapping: early });
    await andon.advance(80 * minute);
    expect(andon.channel.sent.map(({ page }) => page.title)).not.toContainEqual(
      expect.stringContaining('steadily off'),
    );
    expect(andon.channel.sent.at(-1)?.page.title).toContain('steady after 4 relapses: back in its end state');
  });

  test('is told as ever across a restart', async () => {
    const first = await aDaemon(offAndOn(6), [service], { flapping });
    await first.advance(27 * minute);
    const before = first.kinds();
    await using second = await restarted(first, [service], offAndOn(6));
    await second.advance(30 * minute);
    expect([...before, ...second.kinds()]).toEqual([
      'firing',
      'resolved',
      'relapsed',
      'resolved',
      'relapsed',
      'resolved',
      'relapsed',
      'resolved',
    ]);
  });

  test('is told each time where that is seldom', async () => {
    await using andon = await aDaemon(offAndOn(3), [service], { flapping });
    await andon.advance(30 * minute);
    expect(told(andon)).toHaveLength(6);
  });
});
