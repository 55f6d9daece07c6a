import { connect } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { HttpListenError } from '../../../src/adapters/http/http-server.ts';
import { aWorld } from './http-world.ts';

describe('starting', () => {
  test('on port 0 takes a free port and tells it', async () => {
    await using world = await aWorld();

    expect(world.address).toMatchObject({ host: '127.0.0.1', url: `http://127.0.0.1:${world.address.port}` });
    expect(world.address.port).toBeGreaterThan(0);
  });

  test('on a port that is taken is refused with what to do', async () => {
    await using world = await aWorld();
    const { port } = world.address;

    const second = aWorld({ listen: { host: '127.0.0.1', port } });

    await expect(second).rejects.toThrow(HttpListenError);
    await expect(second).rejects.toThrow(`cannot listen on 127.0.0.1:${port}: another process does`);
  });

  test('on every address is told by its port alone, and answers on both families where there are two', async () => {
    await using world = await aWorld({ listen: { port: 0 } });
    const { port } = world.address;
    expect((await fetch(`http://127.0.0.1:${port}/-/healthy`)).status).toBe(200);
    await expect(aWorld({ listen: { port } })).rejects.toThrow(`cannot listen on :${port}: another process does`);
  });

  test('on an address of another machine is refused with what to do', async () => {
    await expect(aWorld({ listen: { host: '192.0.2.1', port: 0 } })).rejects.toThrow(
      'this machine has no such address',
    );
  });
});

describe('stopping', () => {
  test('lets a request under way finish, takes no further one, and may be asked twice', async () => {
    await using world = await aWorld();
    const begun = Promise.withResolvers<void>();
    const scraped = Promise.withResolvers<string>();
    world.answers.scrape = async () => {
      begun.resolve();
      return await scraped.promise;
    };
    const underWay = world.get('/metrics');
    await begun.promise;

    const stopped = Promise.all([world.server.stop(), world.server.stop()]);
    await expect(world.get('/-/healthy')).rejects.toThrow('fetch failed');
    scraped.resolve('andon_up 1\n');

    expect(await (await underWay).text()).toBe('andon_up 1\n');
    await stopped;
  });

  test('does not wait for a connection that says nothing', async () => {
    const world = await aWorld();
    const silent = connect(world.address.port, '127.0.0.1');
    await new Promise((resolve) => {
      silent.once('connect', resolve);
    });
    silent.write('GET /-/healthy HTTP/1.1\r\n');
    const closed = new Promise((resolve) => {
      silent.once('close', resolve);
    });

    await world.server.stop();

    await closed;
  });

  test('before the start is harmless', async () => {
    const world = await aWorld();
    await world.server.stop();
    await world.server.stop();

    await expect(world.get('/-/healthy')).rejects.toThrow('fetch failed');
  });
});

test('a request whose headers are too large is refused', async () => {
  await using world = await aWorld();

  const response = await world.get('/-/healthy', { 'x-long': 'x'.repeat(20_000) });

  expect(response.status).toBe(431);
});
