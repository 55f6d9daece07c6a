import { expect, test } from '@jest/globals';
import { aWholeStory } from '../../support/incident-story.ts';
import { aWorld } from './http-world.ts';

test.each(['/incidents/inc-1/', '/incidents/inc-1//', '/api/v1/incidents/inc-1/'])(
  '%s leads to where it would be without the slash',
  async (path) => {
    await using world = await aWorld({ events: aWholeStory() });
    const response = await world.get(path);
    expect(response.status).toBe(200);
    expect(new URL(response.url).pathname).toBe(path.replace(/\/+$/, ''));
  },
);

test('a path that names another host after its slashes stays on this one', async () => {
  await using world = await aWorld();
  const response = await fetch(`${world.address.url}//evil.example/`, { redirect: 'manual' });
  expect(new URL(response.headers.get('location') ?? '', `${world.address.url}//evil.example/`).origin).toBe(
    world.address.url,
  );
});
