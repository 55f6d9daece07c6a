import { describe, expect, test } from '@jest/globals';
import { incidentsCommand } from '../../src/cli/incidents.ts';
import { formatMeasured } from '../../src/domain/text/duration.ts';
import type { StoredEvent } from '../../src/domain/incident/event.ts';
import { aWorld } from '../adapters/http/http-world.ts';
import { textOf } from '../adapters/http/page-text.ts';
import { anEvent, storyStart } from '../support/incident-story.ts';
import { apiBench, ran } from './api-bench.ts';

/** What pages, API and command line say of one incident, in words. */
async function everywhere(events: readonly StoredEvent[]) {
  await using world = await aWorld({ events });
  const cli = async (...args: readonly string[]): Promise<string> => {
    const bench = apiBench({ now: () => storyStart + 3_600_000 });
    const { out } = await ran(incidentsCommand, [...args, '--url', world.address.url], bench);
    return out.replaceAll(/[ \n]+/g, ' ');
  };
  const text = async (path: string): Promise<string> => textOf(await (await world.get(path)).text());
  const { incident } = (await (await world.get('/api/v1/incidents/inc-1')).json()) as {
    incident: Readonly<Record<string, unknown>>;
  };
  return {
    incident,
    list: await cli('list'),
    show: await cli('show', 'inc-1'),
    status: await text('/'),
    page: await text('/incidents/inc-1'),
  };
}

const relapseAt = storyStart + 1_488_000;
const onset = { at: relapseAt, earliest: relapseAt, latest: relapseAt, method: 'change-point' as const };
const relapsed = [
  anEvent('opened', 1, 100),
  anEvent('acknowledged', 2, 220, { by: 'Ada' }),
  anEvent('resolved', 3, 1300, { recoveredAt: storyStart + 49_400 }),
  anEvent('relapsed', 4, 1500, { onset }),
];

describe('an acknowledgement that a relapse has voided', () => {
  test('is shown as the first one, and nowhere as the one that counts', async () => {
    const { incident, list, show, status, page } = await everywhere(relapsed);
    expect(incident).toMatchObject({ firstAcknowledgedBy: 'Ada', timeToAcknowledgeSeconds: 120 });
    expect(incident['acknowledgedBy']).toBeUndefined();
    expect(list).toMatch(/ - - Payments fail $/);
    const words = 'by nobody since it came back or got worse; first by Ada, 2m after the incident was opened';
    expect(show).toContain(`acknowledged ${words}`);
    expect(page).toContain(`Acknowledged ${words}`);
    expect(status).toMatch(/nobody first Ada/);
  });

  test('is followed by one that counts', async () => {
    const again = [...relapsed, anEvent('acknowledged', 5, 1600, { by: 'Grace' })];
    const { incident, list, show, status, page } = await everywhere(again);
    expect(incident).toMatchObject({ acknowledgedBy: 'Grace', firstAcknowledgedBy: 'Ada' });
    expect(list).toContain(' Grace Payments fail');
    for (const text of [show, page]) expect(text).toContain('by Grace; first by Ada, 2m after the incident was opened');
    expect(status).toMatch(/Grace first Ada/);
  });

  test('is the only one where nothing voided it', async () => {
    const { list, show, status, page } = await everywhere(relapsed.slice(0, 2));
    expect(list).toContain(' Ada Payments fail');
    for (const text of [show, page]) expect(text).toContain('by Ada, 2m after the incident was opened');
    expect(status).not.toContain('first Ada');
  });
});

describe('how long it was off', () => {
  test('is one number everywhere: in all, and from first to last', async () => {
    const over = [...relapsed, anEvent('resolved', 5, 1700, { recoveredAt: storyStart + 1_503_600 })];
    const { incident, list, show, status, page } = await everywhere(over);
    expect(incident).toMatchObject({ offSeconds: 65, timeToRecoverSeconds: 1503.6 });
    for (const text of [list, show, status, page]) expect(text).toContain('1m 5s in all, over 25m 4s');
  });

  test('is said once of one that did not come back, and rounded alike', async () => {
    const recoveredAt = storyStart + 49_600;
    const recovery = { at: recoveredAt, earliest: recoveredAt, latest: recoveredAt };
    const over = [...relapsed.slice(0, 2), anEvent('resolved', 3, 1300, { recoveredAt, recovery })];
    const { incident, list, show, status, page } = await everywhere(over);
    expect(incident).toMatchObject({ offSeconds: 49.6, timeToRecoverSeconds: 49.6 });
    for (const text of [list, show, status, page]) expect(text).toContain('50s');
    for (const text of [list, show, status, page]) expect(text).not.toContain('in all');
  });
});

test('one that joined another one’s page is said to be told by that, and not yet to wait for it', async () => {
  const groupedUnder = { incidentId: 'cart-1', channels: ['on-call'] };
  const { incident, show, page } = await everywhere([anEvent('opened', 1, 100, { groupedUnder })]);
  expect(incident).toMatchObject({ toldFirstBy: 'cart-1', groupedUnder: 'cart-1' });
  expect(show).toContain('notified by the page of cart-1');
  expect(page).toContain('Notified by the page of cart-1');
});

test('who acknowledges one of a group is told that its page goes on', async () => {
  const groupedUnder = { incidentId: 'cart-1', channels: ['on-call'] };
  await using world = await aWorld({ events: [anEvent('opened', 1, 100, { groupedUnder })] });
  const { out } = await ran(incidentsCommand, ['acknowledge', 'inc-1', '--url', world.address.url], apiBench());
  expect(out).toBe(
    'inc-1 is acknowledged by ada\n  The page is that of cart-1, which this does not acknowledge: andon incidents acknowledge cart-1\n',
  );
});

test.each([
  [0, '0s'],
  [499, '0s'],
  [34_600, '35s'],
  [59_600, '1m'],
  [-3_000, '0s'],
  [219_000, '3m 39s'],
])('a measured time of %d ms is %s', (ms, text) => {
  expect(formatMeasured(ms)).toBe(text);
});
