import { describe, expect, test } from '@jest/globals';
import { eventually } from '../../demo/eventually.ts';

const patience = { what: 'the sun to rise', withinMs: 5000, unless: [], signal: new AbortController().signal };

async function seeClouds(): Promise<undefined> {
  throw new Error('clouds');
}

describe('waiting for a fact', () => {
  test('looks until there is something, also past looks that fail', async () => {
    let looks = 0;
    const look = async (): Promise<string | undefined> => {
      looks += 1;
      if (looks === 1) throw new Error('clouds');
      return looks < 3 ? undefined : 'sun';
    };
    expect(await eventually(look, patience)).toBe('sun');
    expect(looks).toBe(3);
  });

  test('gives up with what it waited for and why the last look failed', async () => {
    await expect(eventually(seeClouds, { ...patience, withinMs: 0 })).rejects.toThrow(
      'Waited 0 s in vain for the sun to rise (clouds).',
    );
  });

  test('ends at once when there is no point any more', async () => {
    const unless = [Promise.reject(new Error('Prometheus ended by itself.'))];
    await expect(eventually(async () => undefined, { ...patience, unless })).rejects.toThrow(
      'Prometheus ended by itself.',
    );
  });

  test('ends with the reason of whoever stops it, even while a look hangs', async () => {
    const stopping = new AbortController();
    const waiting = eventually(() => new Promise<undefined>(() => {}), { ...patience, signal: stopping.signal });
    stopping.abort(new Error('Ended by SIGINT.'));
    await expect(waiting).rejects.toThrow('Ended by SIGINT.');
    await expect(eventually(async () => 'sun', { ...patience, signal: stopping.signal })).rejects.toThrow('SIGINT');
  });
});
