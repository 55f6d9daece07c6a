import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AndonProcess } from '../support/andon-process.ts';
import { startPrometheus } from '../support/prometheus-server.ts';
import type { RealServer } from '../support/real-server.ts';
import { until } from '../support/until.ts';
import { shopRules } from './shop.ts';

const sound = shopRules({ summary: 'first' });
const bad = sound.replace('"hold":"3s"', '"hold":"soon"');
const cart = shopRules({ name: 'cart' });

const cleanUp = new AsyncDisposableStack();
let prometheus: RealServer;
beforeAll(async () => {
  prometheus = cleanUp.use(await startPrometheus());
});
afterAll(async () => cleanUp.disposeAsync(), 20_000);

const prepared = async (rules: Readonly<Record<string, string>>): Promise<AndonProcess> =>
  cleanUp.use(
    await AndonProcess.prepare({
      rules,
      settings: { sources: [{ url: prometheus.url }], startWithBadRules: true },
    }),
  );
const launch = async (andon: AndonProcess): Promise<void> => {
  await andon.launch();
  await andon.ready();
};
const names = async (andon: AndonProcess): Promise<readonly string[]> =>
  (await andon.api.services()).map(({ service }) => service);

describe('a start with rule files that have problems, where the settings allow it', () => {
  test('after a kill runs the rules that ran before, and takes the files once they are mended', async () => {
    const andon = await prepared({ 'shop.yaml': sound });
    await launch(andon);
    const kept = join(andon.dataFolder, 'rules-that-ran.json');
    await until(() => (existsSync(kept) ? true : undefined), { what: 'the rules to be kept', withinMs: 10_000 });
    await andon.writeRule('shop.yaml', bad);
    await andon.writeRule('cart.yaml', cart);
    expect(await andon.api.post('/-/reload')).toMatchObject({ status: 422 });
    await andon.end('SIGKILL');

    await launch(andon);

    expect(await names(andon)).toEqual(['shop']);
    const { reload } = await andon.api.status();
    expect(reload).toMatchObject({ ok: false, standIn: { kind: 'kept-rules', leftOut: ['cart'] } });
    expect(reload.problems.join('\n')).toMatch(/shop\.yaml:1:\d+: .*soon/);
    expect(await andon.api.metric('andon_rules_reload_success')).toBe(0);
    expect(andon.logLines()).toContainEqual(
      expect.objectContaining({
        level: 'error',
        message: 'the rule files have problems; the rules that ran before the restart run, and cart is not watched',
      }),
    );

    // A reload that is refused changes nothing of that, and a second start neither.
    expect(await andon.api.post('/-/reload')).toMatchObject({ status: 422 });
    expect((await andon.api.status()).reload.standIn?.kind).toBe('kept-rules');
    await andon.end('SIGKILL');
    await launch(andon);
    expect(await names(andon)).toEqual(['shop']);

    await andon.writeRule('shop.yaml', shopRules({ summary: 'mended' }));
    expect(await andon.api.post('/-/reload')).toMatchObject({ status: 200 });
    expect(await names(andon)).toEqual(['cart', 'shop']);
    const mended = await andon.api.status();
    expect(mended.reload).toMatchObject({ ok: true, problems: [] });
    expect(mended.reload).not.toHaveProperty('standIn');
    expect(await andon.api.metric('andon_rules_reload_success')).toBe(1);
  }, 90_000);

  test('on an empty volume runs what has no problem', async () => {
    const andon = await prepared({ 'shop.yaml': bad, 'cart.yaml': cart });
    await launch(andon);
    expect(await names(andon)).toEqual(['cart']);
    expect((await andon.api.status()).reload.standIn).toEqual({ kind: 'sound-rules', leftOut: ['shop'] });
    expect((await andon.api.get('/')).text).toContain(
      'The settings or rule files have problems; what is sound in them runs, and shop is not watched.',
    );
    // What runs now is what ran before at the next start, though it never was all of the files.
    await until(() => (existsSync(join(andon.dataFolder, 'rules-that-ran.json')) ? true : undefined), {
      what: 'the rules to be kept',
      withinMs: 10_000,
    });
    await andon.end('SIGKILL');
    await andon.writeRule('cart.yaml', cart.replace('"hold":"3s"', '"hold":"soon"'));
    await launch(andon);
    expect(await names(andon)).toEqual(['cart']);
    expect((await andon.api.status()).reload.standIn).toEqual({ kind: 'kept-rules', leftOut: ['shop'] });
  }, 60_000);

  test('of which nothing is sound is ready, watches nothing, and says so', async () => {
    const andon = await prepared({ 'shop.yaml': bad });
    await launch(andon);
    expect(await names(andon)).toEqual([]);
    expect(andon.logLines()).toContainEqual(
      expect.objectContaining({
        level: 'error',
        message: 'the rule files have problems; nothing is watched, and shop should be',
      }),
    );
    expect(await andon.api.get('/api/v1/gate/shop')).toMatchObject({
      text: expect.stringContaining('"state":"unknown","action":"wait","ok":false,"reason":"rules-refused"'),
    });
    await andon.writeRule('shop.yaml', sound);
    await until(async () => ((await names(andon)).length === 1 ? true : undefined), {
      what: 'the mended file to be taken over by itself',
      withinMs: 10_000,
    });
  }, 60_000);

  test('and with kept rules that cannot be read runs what has no problem', async () => {
    const andon = await prepared({ 'shop.yaml': sound });
    await launch(andon);
    await andon.end('SIGTERM');
    await andon.writeRule('shop.yaml', bad);
    await andon.writeRule('cart.yaml', cart);
    await writeFile(join(andon.dataFolder, 'rules-that-ran.json'), '{"version":1,"files":[{"path":"a.y');
    await launch(andon);
    expect((await andon.api.status()).reload.standIn).toEqual({ kind: 'sound-rules', leftOut: ['shop'] });
  }, 60_000);
});
