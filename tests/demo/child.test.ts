import { describe, expect, test } from '@jest/globals';
import { startChild } from '../../demo/child.ts';

const node = process.execPath;

describe('a program the demo started', () => {
  test('that ends by itself is reported with the end of what it printed', async () => {
    const child = startChild('Prometheus', node, [
      '-e',
      'for (let i = 0; i < 30; i++) console.log("line " + i); console.error("address in use"); process.exitCode = 3',
    ]);
    await expect(child.crashed).rejects.toMatchObject({
      message: 'Prometheus ended by itself (exit code 3).',
      log: expect.stringMatching(/line 29[^]*address in use$|address in use[^]*line 29$/),
    });
    expect(child.tail().split('\n')).toHaveLength(20);
    await child.stop();
  });

  test('that cannot be started is reported', async () => {
    const child = startChild('Prometheus', '/nowhere/prometheus', []);
    await expect(child.crashed).rejects.toThrow('Prometheus could not be started: spawn /nowhere/prometheus ENOENT');
    await child.stop();
  });

  test('ends when it is told to, which is no crash, and may be told twice', async () => {
    const child = startChild('Andon', node, ['-e', 'setTimeout(() => {}, 60000)']);
    const ended = Promise.race([child.crashed, child.stop().then(() => 'stopped')]);
    expect(await ended).toBe('stopped');
    await child.stop();
  });
});
